//! The real binary in a real terminal: what is seen, and what is left behind.
#![cfg(unix)]

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long a text may take to appear on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

struct Pty {
    screen: Arc<Mutex<vt100::Parser>>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    _home: tempfile::TempDir,
}

fn size(width: u16, height: u16) -> PtySize {
    PtySize {
        rows: height,
        cols: width,
        pixel_width: 0,
        pixel_height: 0,
    }
}

impl Pty {
    fn start(args: &[&str], env: &[(&str, &str)], width: u16, height: u16) -> Self {
        let pair = native_pty_system().openpty(size(width, height)).unwrap();
        let home = tempfile::tempdir().unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_stategen"));
        command.args(args);
        command.cwd(home.path());
        command.env("TERM", "xterm-256color");
        command.env("STATEGEN_CONFIG_DIR", home.path().join("config"));
        command.env("STATEGEN_DATA_DIR", home.path().join("data"));
        command.env_remove("NO_COLOR");
        for (name, value) in env {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let size = |n| NonZeroU16::new(n).unwrap();
        let screen = Arc::new(Mutex::new(vt100::Parser::new(size(height), size(width), 0)));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keys = pair.master.take_writer().unwrap();
        let to = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut bytes = [0; 8192];
            while let Ok(n) = reader.read(&mut bytes) {
                if n == 0 {
                    break;
                }
                to.lock().unwrap().process(&bytes[..n]);
            }
        });
        Self {
            screen,
            master: pair.master,
            keys,
            child,
            _home: home,
        }
    }

    fn text(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    fn until(&self, what: &str, done: impl Fn(&vt100::Screen) -> bool) -> &Self {
        let began = Instant::now();
        while !done(self.screen.lock().unwrap().screen()) {
            assert!(
                began.elapsed() < PATIENCE,
                "waited for {what}; the screen is:\n{}",
                self.text()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
        self
    }

    fn sees(&self, text: &str) -> &Self {
        self.until(text, |screen| screen.contents().contains(text))
    }

    fn keys(&mut self, bytes: &str) -> &mut Self {
        self.keys.write_all(bytes.as_bytes()).unwrap();
        self.keys.flush().unwrap();
        self
    }

    fn resize(&self, width: u16, height: u16) -> &Self {
        // The parser first: what is drawn for the new size must find it.
        let size_of = |n| NonZeroU16::new(n).unwrap();
        self.screen
            .lock()
            .unwrap()
            .screen_mut()
            .set_size(size_of(height), size_of(width));
        self.master.resize(size(width, height)).unwrap();
        self
    }

    /// Waits until the program has ended, and gives its exit code.
    fn ends(&mut self) -> u32 {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(
                began.elapsed() < PATIENCE,
                "the program goes on; the screen is:\n{}",
                self.text()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Every mode that the workbench switched on is off again.
    fn restored(&self) -> &Self {
        self.until("the terminal as it was before", |screen| {
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && !screen.bracketed_paste()
                && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
        })
    }
}

#[test]
fn start_step_look_back_and_leave() {
    let mut pty = Pty::start(&["open", "returns_desk", "--seed", "7"], &[], 80, 24);
    pty.sees("before the first step");
    assert!(pty.screen.lock().unwrap().screen().alternate_screen());
    pty.keys("s").sees("1 U user").sees("1 saved");
    pty.keys("s").sees("2 saved");
    pty.keys("h").sees("PAST 1/2");
    pty.keys("s").sees("step from the past");
    pty.keys("\x1b").until("no question", |s| {
        !s.contents().contains("step from the past")
    });
    pty.keys("\x1b[C").sees("PAUSED");
    pty.keys("q");
    assert_eq!(pty.ends(), 0);
    pty.restored();
}

#[test]
fn without_a_scenario_there_is_a_list() {
    let mut pty = Pty::start(&[], &[], 100, 30);
    pty.sees("choose a task").sees("Returns desk");
    pty.keys("\r").sees("before the first step");
    pty.keys("q");
    assert_eq!(pty.ends(), 0);
    pty.restored();
}

#[test]
fn a_panic_restores_the_terminal_and_is_told() {
    let mut pty = Pty::start(
        &["open", "returns_desk"],
        &[("STATEGEN_TEST_PANIC", "1")],
        80,
        24,
    );
    pty.sees("before the first step");
    pty.keys("\x0c");
    pty.sees("a panic that a test asked for").restored();
    assert_ne!(pty.ends(), 0);
}

#[test]
fn the_systems_word_to_end_restores_the_terminal() {
    let mut pty = Pty::start(&["open", "returns_desk"], &[], 80, 24);
    pty.sees("before the first step");
    let pid = pty.child.process_id().unwrap().to_string();
    assert!(
        std::process::Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    pty.ends();
    pty.restored();
}

#[test]
fn interrupt_twice_leaves_while_a_call_is_in_flight() {
    let mut pty = Pty::start(
        &["open", "returns_desk", "--live-delay-ms", "60000"],
        &[],
        80,
        24,
    );
    pty.sees("before the first step");
    pty.keys("s").sees("user asked");
    pty.keys("\x03").sees("stopped; ctrl-c again quits");
    pty.keys("\x03");
    pty.ends();
    pty.restored();
}

#[test]
fn without_colours_the_chosen_line_is_still_reversed() {
    let mut pty = Pty::start(&[], &[("NO_COLOR", "1")], 100, 30);
    pty.sees("choose a task");
    pty.until("a reversed line without a colour", |screen| {
        let cells: Vec<_> = (0..30)
            .flat_map(|y| (0..100).filter_map(move |x| screen.cell(y, x)))
            .collect();
        let colourless = cells
            .iter()
            .all(|c| c.fgcolor() == vt100::Color::Default && c.bgcolor() == vt100::Color::Default);
        colourless && cells.iter().filter(|c| c.inverse()).count() > 50
    });
    pty.keys("q");
    pty.ends();
}

#[test]
fn a_size_that_nobody_has_and_back_again() {
    let mut pty = Pty::start(&["open", "returns_desk"], &[], 80, 24);
    pty.sees("before the first step");
    pty.resize(3, 2);
    pty.resize(44, 12).until("the small screen", |s| {
        let text = s.contents();
        text.contains("gc conversation") && !text.contains("gw world")
    });
    pty.resize(120, 40)
        .sees("gp persona")
        .sees("gj judge")
        .sees("gt timeline");
    pty.keys("q");
    assert_eq!(pty.ends(), 0);
    pty.restored();
}

#[test]
fn suspending_and_coming_back_leaves_a_whole_screen() {
    // No shell waits for this program, so it comes back at once.
    let mut pty = Pty::start(&["open", "returns_desk"], &[], 80, 24);
    pty.sees("before the first step");
    pty.keys("\x1a");
    pty.keys("s").sees("1 saved").sees("gc conversation");
    pty.until("the workbench's modes", |s| {
        s.alternate_screen() && s.bracketed_paste()
    });
    pty.keys("q");
    assert_eq!(pty.ends(), 0);
    pty.restored();
}

#[test]
fn an_error_at_the_start_is_printed_and_not_hidden() {
    let mut pty = Pty::start(&["open", "no_such_desk"], &[], 80, 24);
    pty.sees("there is no scenario `no_such_desk`");
    assert_ne!(pty.ends(), 0);
    assert!(!pty.screen.lock().unwrap().screen().alternate_screen());
}

#[test]
fn a_paste_of_lines_and_sequences_is_text_and_nothing_else() {
    let mut pty = Pty::start(&["open", "returns_desk"], &[], 100, 30);
    pty.sees("before the first step");
    // The line of the palette takes what is pasted; no letter of it is a key.
    pty.keys(":")
        .until("the line", |s| s.contents().contains("command"));
    pty.keys("\x1b[200~qq\r\x1b]52;c;Zm9v\x07\x1b[31mq\ttab\x1b[201~");
    pty.sees("qq");
    pty.until("no colour from a paste", |screen| {
        let red = vt100::Color::Idx(1);
        screen.alternate_screen()
            && !(0..30).any(|y| {
                (0..100).any(|x| {
                    screen
                        .cell(y, x)
                        .is_some_and(|c| c.contents() == "q" && c.fgcolor() == red)
                })
            })
    });
    // A key too soon after the escape would be one with alt.
    pty.keys("\x1b").until("no line", |s| {
        !s.contents().contains("nothing here is like")
    });
    pty.keys("q");
    assert_eq!(pty.ends(), 0);
    pty.restored();
}

#[test]
fn the_mouse_is_the_terminals_until_asked_for_and_again_after() {
    let mut pty = Pty::start(&["open", "returns_desk"], &[], 100, 30);
    pty.sees("before the first step");
    let mode = |s: &vt100::Screen| s.mouse_protocol_mode();
    assert_eq!(
        mode(pty.screen.lock().unwrap().screen()),
        vt100::MouseProtocolMode::None
    );
    pty.keys(":mouse on\r")
        .until("the mouse", |s| mode(s) != vt100::MouseProtocolMode::None);
    pty.keys("q");
    assert_eq!(pty.ends(), 0);
    pty.restored();
}

#[test]
fn a_text_goes_to_the_editor_with_the_terminal_and_both_come_back() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let editor = folder.path().join("editor");
    // It reads a line as any program does: with the terminal's own line editing,
    // and with the keys that are typed meanwhile.
    let script = "#!/bin/sh\nfor last; do :; done\nstty -a | grep -q ' icanon' || exit 3\n\
                  echo READY\nread line\nprintf '%s\\n' \"$line\" > \"$last\"\n";
    std::fs::write(&editor, script).unwrap();
    std::fs::set_permissions(&editor, std::fs::Permissions::from_mode(0o755)).unwrap();
    let env = [("EDITOR", editor.to_str().unwrap()), ("VISUAL", "")];
    let mut pty = Pty::start(&["open", "returns_desk"], &env, 100, 30);
    pty.sees("before the first step");
    pty.keys(":edit policy.md\r").sees("The returns desk");
    pty.keys("\x1be").sees("READY");
    assert!(!pty.screen.lock().unwrap().screen().alternate_screen());
    pty.keys("Be brief.\r").sees("Be brief.").sees("edited");
    assert!(pty.screen.lock().unwrap().screen().alternate_screen());
    pty.keys("x").sees("xBe brief.");
    pty.keys("\x1b").sees("what was typed is lost");
    pty.keys("d").sees("before the first step");
    pty.keys("q");
    assert_eq!(pty.ends(), 0);
    pty.restored();
}

#[test]
fn a_file_that_changes_elsewhere_is_checked_and_offered() {
    let folder = tempfile::tempdir().unwrap();
    let desk = folder.path().join("my_desk");
    std::fs::create_dir(&desk).unwrap();
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/sample_scenarios/returns_desk");
    for entry in std::fs::read_dir(sample).unwrap().flatten() {
        std::fs::copy(entry.path(), desk.join(entry.file_name())).unwrap();
    }
    let mut pty = Pty::start(&["open", desk.to_str().unwrap()], &[], 100, 30);
    pty.sees("before the first step");
    std::fs::write(desk.join("rubric.yaml"), "gate: [\n").unwrap();
    pty.sees("rubric.yaml changed on disk")
        .sees("cannot be used yet");
    std::fs::write(desk.join("rubric.yaml"), "gate: 7\n").unwrap();
    pty.sees("can be used: e offers it");
    pty.keys("e").sees("from disk");
    pty.keys("\r").sees("apply rubric.yaml").sees("in main");
    pty.keys("\r").sees("edited rubric.yaml");
    pty.keys("q");
    assert_eq!(pty.ends(), 0);
    pty.restored();
}
