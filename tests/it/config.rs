//! Configuration: who wins, what is wrong and where, and how a project begins.

use stategen::config::{
    Config, Found, InitError, Inputs, Models, NotFound, Origin, PROJECT_FILE, Project, SETTINGS,
    Source, USER_FILE, find_project, init, resolve, samples, user_dirs,
};
use stategen::engine::problem::Problem;
use std::path::{Path, PathBuf};

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// What one project file gives.
fn load(text: &str) -> (Config, Vec<Problem>) {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join(PROJECT_FILE), text);
    Config::load(&Inputs {
        project: Some(dir.path().into()),
        ..Inputs::default()
    })
}

/// Each problem as `line:column what | help`.
fn told(problems: &[Problem]) -> Vec<String> {
    problems
        .iter()
        .map(|p| format!("{}:{} {} | {}", p.line, p.column, p.what, p.help))
        .collect()
}

fn pair(a: &str, b: &str) -> (String, String) {
    (a.into(), b.into())
}

#[test]
fn the_nearer_source_wins() {
    let dir = tempfile::tempdir().unwrap();
    let (user, project) = (dir.path().join("user"), dir.path().join("project"));
    let (user_file, project_file) = (user.join(USER_FILE), project.join(PROJECT_FILE));
    write(&user_file, "seed = 2\n");
    write(&project_file, "# mine\n\nseed = 3\n");
    let all = Inputs {
        user_dir: Some(user),
        project: Some(project),
        env: vec![pair("STATEGEN_SEED", "4"), pair("SEED", "9")],
        flags: vec![("seed".into(), "5".into(), "--seed".into())],
    };
    let no_flag = Inputs {
        flags: Vec::new(),
        ..all.clone()
    };
    let no_env = Inputs {
        env: Vec::new(),
        ..no_flag.clone()
    };
    let no_project = Inputs {
        project: None,
        ..no_env.clone()
    };
    let table = [
        (all, 5, Source::Flag("--seed".into())),
        (no_flag, 4, Source::Environment("STATEGEN_SEED".into())),
        (
            no_env,
            3,
            Source::Project {
                file: project_file,
                line: 3,
            },
        ),
        (
            no_project,
            2,
            Source::User {
                file: user_file,
                line: 1,
            },
        ),
        (Inputs::default(), 1, Source::Default),
    ];
    for (inputs, value, source) in table {
        let (config, problems) = Config::load(&inputs);
        assert_eq!(problems, [], "{inputs:?}");
        assert_eq!((config.seed.value, config.seed.source), (value, source));
    }
}

#[test]
fn every_setting_has_a_row_a_default_that_fits_and_words() {
    let (config, problems) = Config::load(&Inputs::default());
    assert_eq!(problems, []);
    let rows = config.rows();
    assert_eq!(rows.len(), SETTINGS.len());
    for (setting, (name, value, source)) in SETTINGS.iter().zip(rows) {
        assert_eq!((setting.name, setting.default), (name, value.as_str()));
        assert_eq!(source, &Source::Default);
        assert_eq!(setting.check(&value), Ok(()));
        assert!(setting.help.ends_with('.'), "{name}");
    }
}

#[test]
fn all_problems_of_a_file_are_told_at_once() {
    let (config, problems) = load(
        "seed = \"seven\"\nthme = \"dark\"\nglyphs = \"emoji\"\nlive_delay_ms = 99999999\n\
         [roles.agnt]\nprovider = \"scripted\"\n[roles.judge]\nprovider = \"locl\"\n\
         [providers.local]\nkind = \"chat\"\nurls = \"x\"\n",
    );
    let told = told(&problems);
    let wanted = [
        "1:8 `seed` must be a whole number, not string | The next source is used instead.",
        "2:1 unknown setting `thme` | Did you mean `theme`?",
        "3:10 `emoji` is none of unicode, ascii, which `glyphs` can be | The next source is used \
         instead.",
        "4:17 `99999999` is no whole number from 0 to 60000, which `live_delay_ms` wants | The \
         next source is used instead.",
        "5:8 unknown role `agnt` | Did you mean `agent`?",
        "11:1 unknown key `urls` | Did you mean `url`?",
        "9:12 the provider `local` has no `url` | Write its base address: `url = \
         \"http://127.0.0.1:8080/v1\"`.",
        "8:12 role `judge` wants the provider `locl`, which is not declared | Did you mean \
         `local`?",
    ];
    for line in wanted {
        assert!(told.contains(&line.to_owned()), "{line}\nnot in {told:#?}");
    }
    assert_eq!(told.len(), wanted.len(), "{told:#?}");
    assert_eq!(config.seed.value, 1);
    assert_eq!(config.glyphs.value, "unicode");
}

#[test]
fn what_stands_after_a_broken_line_is_still_read() {
    let (config, problems) = load("theme = = \"x\"\nseed = 0x2a\nscenarios = 3\n");
    assert_eq!(config.seed.value, 42, "{:?}", told(&problems));
    assert!(problems.iter().any(|p| p.line == 1), "{problems:?}");
    assert!(problems.iter().any(|p| p.line == 3), "{problems:?}");
}

#[test]
fn the_environment_is_checked_too() {
    let (config, problems) = Config::load(&Inputs {
        env: vec![
            pair("STATEGEN_GLYPHS", "ascii"),
            pair("STATEGEN_SEED", "-1"),
            pair("STATEGEN_TEHME", "x"),
            pair("STATEGEN_DATA_DIR", "/x"),
        ],
        ..Inputs::default()
    });
    assert_eq!(config.glyphs.value, "ascii");
    assert_eq!(config.seed.source, Source::Default);
    let told = told(&problems);
    assert!(
        told[0].contains("$STATEGEN_SEED: `-1` is no whole number"),
        "{told:?}"
    );
    assert!(
        told[1].ends_with("| Did you mean `STATEGEN_THEME`?"),
        "{told:?}"
    );
    assert_eq!(told.len(), 2);
}

#[test]
fn a_project_begins_with_every_setting_in_words_and_reads_back_clean() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("mine");
    let made = init(&root).unwrap();
    assert_eq!(made.len(), 3);
    let text = std::fs::read_to_string(root.join(PROJECT_FILE)).unwrap();
    for setting in SETTINGS {
        assert!(text.contains(&format!("# {} = ", setting.name)), "{text}");
    }
    let uncommented: String = text
        .lines()
        .map(|l| match l.strip_prefix("# ") {
            Some(rest) if rest.contains(" = ") || rest.starts_with('[') => format!("{rest}\n"),
            _ => format!("{l}\n"),
        })
        .collect();
    for text in [text, uncommented] {
        assert_eq!(load(&text).1, [], "{text}");
    }
    assert!(matches!(init(&root), Err(InitError::Exists(_))));
}

#[test]
fn a_folder_that_has_an_ignore_file_keeps_it() {
    let dir = tempfile::tempdir().unwrap();
    let ignore = dir.path().join(".gitignore");
    std::fs::write(&ignore, "/target").unwrap();
    init(dir.path()).unwrap();
    assert_eq!(
        std::fs::read_to_string(&ignore).unwrap(),
        "/target\n.stategen/\n"
    );
    std::fs::remove_file(dir.path().join(PROJECT_FILE)).unwrap();
    init(dir.path()).unwrap();
    assert_eq!(
        std::fs::read_to_string(&ignore).unwrap(),
        "/target\n.stategen/\n"
    );
}

#[test]
fn a_project_is_found_from_anywhere_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("mine");
    init(&root).unwrap();
    let deep = root.join("scenarios/a/b");
    std::fs::create_dir_all(&deep).unwrap();
    assert_eq!(find_project(&deep), Some(root.clone()));
    assert_eq!(find_project(dir.path()), None);
    let data = PathBuf::from("/data");
    assert_eq!(
        Project::of(dir.path(), &data),
        Project {
            root: data.join("scratch"),
            scratch: true
        }
    );
    assert!(!Project::of(&deep, &data).scratch);
}

#[test]
fn folders_of_the_person_can_be_named() {
    let (config, data) = user_dirs(&[
        pair("STATEGEN_CONFIG_DIR", "/c"),
        pair("STATEGEN_DATA_DIR", "/d"),
    ]);
    assert_eq!((config, data), (Some("/c".into()), "/d".into()));
}

#[test]
fn nobody_is_asked_for_models_that_are_not_configured() {
    let (config, problems) = Config::load(&Inputs::default());
    assert_eq!((config.models, problems), (Models::default(), Vec::new()));
}

/// A project with one scenario, and what is found in it.
fn find(wanted: &str) -> Result<Found, NotFound> {
    let dir = tempfile::tempdir().unwrap();
    init(dir.path()).unwrap();
    let folder = dir.path().join("scenarios/toaster_desk");
    write(&folder.join("tasks.yaml"), "a: {goal: x}\n");
    write(&folder.join("data/world.json"), "{}\n");
    write(&folder.join(".hidden"), "no\n");
    let project = Project::of(dir.path(), Path::new("/nowhere"));
    let (config, _) = Config::load(&Inputs::default());
    let wanted = wanted.replace("ROOT", &dir.path().display().to_string());
    resolve(&wanted, &project, &config)
}

#[test]
fn a_scenario_is_found_by_path_and_by_name() {
    for wanted in ["ROOT/scenarios/toaster_desk", "toaster_desk"] {
        let found = find(wanted).unwrap();
        assert_eq!(found.name, "toaster_desk");
        let paths: Vec<&str> = found.files.keys().map(String::as_str).collect();
        assert_eq!(paths, ["data/world.json", "tasks.yaml"]);
        assert!(matches!(found.origin, Origin::Folder(_)));
    }
}

#[test]
fn a_name_that_is_no_scenario_has_its_neighbour_named() {
    let error = find("toaster_dsek").unwrap_err().to_string();
    assert!(error.contains("Did you mean `toaster_desk`?"), "{error}");
    let error = find("../toaster_desk").unwrap_err().to_string();
    assert!(error.contains("There are: toaster_desk"), "{error}");
}

#[test]
fn samples_are_in_the_program_as_they_are_on_disk() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_scenarios");
    for (name, files) in samples() {
        assert!(!files.is_empty(), "{name} is empty");
        for (path, bytes) in files {
            assert_eq!(
                std::fs::read(root.join(name).join(path)).unwrap(),
                &bytes[..]
            );
        }
        let found = find(name).unwrap();
        assert_eq!((found.name.as_str(), found.origin), (*name, Origin::Sample));
    }
}
