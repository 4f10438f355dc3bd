//! Faults put in by hand: the list, what fits and why not, from the past.

use super::desk::paused;
use super::harness::App;
use stategen::driver::Order;
use stategen::engine::fault::Fault;
use stategen::engine::input::{Command, Onto};
use stategen::tui::msg::Cmd;

fn sent(app: &App) -> Option<(Onto, Fault)> {
    app.commands.iter().rev().find_map(|cmd| match cmd {
        Cmd::Send(Order::Command(Command::Inject { onto, fault })) => Some((*onto, *fault)),
        _ => None,
    })
}

#[test]
fn the_list_says_what_fits_and_why_the_rest_does_not() {
    for (width, height) in [(80, 24), (120, 40), (44, 12)] {
        let mut app = paused(2, width, height);
        app.keys("!").frame("faults__list");
    }
    let mut app = paused(1, 120, 40);
    app.keys("!").sees("put a fault in").sees("not now: ");
    // Nothing of it can be done where it does not fit.
    app.keys(&"down ".repeat(30)).keys("enter").sees("not now");
    assert_eq!(sent(&app), None);
    app.keys("esc").lacks("put a fault in");
}

#[test]
fn a_fault_is_put_into_the_next_step_and_stands_in_the_conversation() {
    let mut app = App::at("returns_desk", 120, 40);
    // To the first call of a tool.
    for _ in 0..12 {
        app.keys("!");
        let fits = app
            .text()
            .lines()
            .any(|l| l.contains("  timeout") && !l.contains("not now"));
        if fits {
            break;
        }
        app.keys("esc s");
    }
    app.sees("timeout").keys("enter");
    assert_eq!(sent(&app), Some((Onto::Head, Fault::Timeout)));
    app.sees("injected fault: timeout");
    // Tried again it has it still, until it is dropped.
    let steps = |app: &App| app.model.run.as_ref().unwrap().seen.path.len();
    let before = steps(&app);
    app.keys("r").sees("injected fault: timeout");
    assert_eq!(steps(&app), before);
    app.keys("<c-r>").lacks("injected fault: timeout");
    assert_eq!(steps(&app), before);
    app.keys("<c-r>")
        .sees("nobody put a fault into the last step by hand");
}

#[test]
fn the_line_takes_a_fault_and_says_why_one_does_not_fit() {
    let mut app = paused(1, 120, 40);
    app.keys(":").types("fault lost_reply").keys("enter");
    app.sees("`lost_reply` does not fit here");
    let mut app = paused(1, 120, 40);
    app.keys(":").types("fault tmieout").keys("enter");
    app.sees("`timeout` is near it");
}
