//! The `stategen` program: arguments in, exit code out.

#[cfg(feature = "cli")]
fn main() -> std::process::ExitCode {
    match stategen::cli::main() {
        stategen::cli::Next::Done(code) => code,
        stategen::cli::Next::Workbench(ctx, open) => workbench(&ctx, &open),
    }
}

#[cfg(feature = "cli")]
fn workbench(
    ctx: &stategen::cli::context::Context,
    open: &stategen::cli::Open,
) -> std::process::ExitCode {
    #[cfg(feature = "tui")]
    {
        use stategen::cli::context::Named;
        let (scenario, conversation) = match open.what.as_deref().map(|what| ctx.named(what)) {
            None => (None, None),
            Some(Ok(Named::Scenario(name))) => (Some(name), None),
            Some(Ok(Named::Conversation(id))) => (None, Some(id)),
            Some(Err(why)) => {
                eprintln!("stategen: {}", stategen::surface::text::clean(&why.message));
                return why.exit.code().into();
            }
        };
        let setup = match stategen::cli::setup::setup(ctx, &open.flags) {
            Ok(setup) => setup,
            Err(why) => {
                for problem in &ctx.problems {
                    eprintln!("{}", stategen::surface::text::clean(&problem.to_string()));
                }
                eprintln!("stategen: {}", stategen::surface::text::clean(&why.message));
                return why.exit.code().into();
            }
        };
        let options = stategen::tui::Options {
            project: ctx.project.clone(),
            config: ctx.config.clone(),
            problems: ctx.problems.clone(),
            scenario,
            conversation,
            task: open.task.clone(),
            seed: open.seed,
            persona: open.persona.clone(),
            faults: open.asked_faults(),
            setup,
            person: ctx.person(),
        };
        match stategen::tui::run(options) {
            Ok(()) => std::process::ExitCode::SUCCESS,
            Err(why) => {
                let text = format!("{why:#}");
                eprintln!("stategen: {}", stategen::surface::text::clean(&text));
                stategen::cli::exit::of(&why).code().into()
            }
        }
    }
    #[cfg(not(feature = "tui"))]
    {
        let _ = (ctx, open);
        eprintln!("stategen: this build has no workbench; `stategen --help` lists the commands.");
        std::process::ExitCode::from(2)
    }
}

#[cfg(not(feature = "cli"))]
fn main() {
    eprintln!("stategen: this build has no command line (feature `cli`).");
}
