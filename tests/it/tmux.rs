//! The real binary inside a real multiplexer: job control of a shell, and what
//! the multiplexer makes of the frames. Both say that they skip without tmux.
#![cfg(unix)]

use std::process::Command;
use std::time::{Duration, Instant};

/// How long a text may take to appear on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server of its own with one window, gone with the value.
struct Tmux {
    socket: String,
    home: tempfile::TempDir,
}

impl Tmux {
    /// A shell at a size; `None` where there is no tmux.
    fn start(name: &str, width: u16, height: u16) -> Option<Self> {
        let found = Command::new("tmux").arg("-V").output();
        if !found.is_ok_and(|out| out.status.success()) {
            println!("skipped: there is no tmux here");
            return None;
        }
        let home = tempfile::tempdir().unwrap();
        let tmux = Self {
            socket: format!("stategen-{name}-{}", std::process::id()),
            home,
        };
        let (width, height) = (width.to_string(), height.to_string());
        let run = [
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-x",
            &width,
            "-y",
            &height,
            "sh -i",
        ];
        assert!(tmux.run(&run).status.success());
        Some(tmux)
    }

    fn run(&self, args: &[&str]) -> std::process::Output {
        Command::new("tmux")
            .args(["-L", &self.socket])
            .args(args)
            .env("TERM", "xterm-256color")
            .env("PS1", "ready> ")
            .env("STATEGEN_CONFIG_DIR", self.home.path().join("config"))
            .env("STATEGEN_DATA_DIR", self.home.path().join("data"))
            .env_remove("NO_COLOR")
            .env_remove("TMUX")
            .current_dir(self.home.path())
            .output()
            .unwrap()
    }

    fn keys(&self, keys: &[&str]) -> &Self {
        let mut args = vec!["send-keys"];
        args.extend_from_slice(keys);
        assert!(self.run(&args).status.success());
        self
    }

    fn screen(&self) -> String {
        String::from_utf8_lossy(&self.run(&["capture-pane", "-p"]).stdout).into_owned()
    }

    fn until(&self, what: &str, done: impl Fn(&str) -> bool) -> String {
        let began = Instant::now();
        loop {
            let screen = self.screen();
            if done(&screen) {
                return screen;
            }
            assert!(
                began.elapsed() < PATIENCE,
                "waited for {what}; the screen is:\n{screen}"
            );
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    fn sees(&self, text: &str) -> String {
        self.until(text, |screen| screen.contains(text))
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = self.run(&["kill-server"]);
    }
}

#[test]
fn a_shell_stops_the_workbench_and_has_it_back() {
    let Some(tmux) = Tmux::start("jobs", 90, 26) else {
        return;
    };
    let open = format!("{} open returns_desk", env!("CARGO_BIN_EXE_stategen"));
    tmux.keys(&[&open, "Enter"]).sees("before the first step");
    tmux.keys(&["s"]).sees("1 saved");
    tmux.keys(&["C-z"]);
    tmux.until("the shell", |screen| !screen.contains("gc conversation"));
    // What is typed now goes to the shell and not to the workbench.
    tmux.keys(&["echo is $((6*7))", "Enter"]).sees("is 42");
    tmux.keys(&["fg", "Enter"]).sees("gc conversation");
    tmux.keys(&["s"]).sees("2 saved");
    tmux.keys(&["q"]);
    tmux.until("the shell", |screen| !screen.contains("gc conversation"));
    tmux.keys(&["echo left $?", "Enter"]).sees("left 0");
}

#[test]
fn frames_stand_as_they_were_drawn_when_the_window_changes() {
    let Some(tmux) = Tmux::start("frames", 120, 40) else {
        return;
    };
    let open = format!(
        "{} open travel_desk --seed 3",
        env!("CARGO_BIN_EXE_stategen")
    );
    tmux.keys(&[&open, "Enter"]).sees("before the first step");
    tmux.keys(&["s"]).sees("1 saved");
    tmux.keys(&["s"]).sees("2 saved");
    for (width, height) in [("80", "24"), ("44", "12"), ("120", "40")] {
        let resized = tmux.run(&["resize-window", "-x", width, "-y", height]);
        assert!(resized.status.success());
        let columns: usize = width.parse().unwrap();
        let rows: usize = height.parse().unwrap();
        tmux.until("whole frames at the new size", |screen| {
            let lines: Vec<&str> = screen.lines().collect();
            // Every border of a row stands at the right edge.
            let framed: Vec<usize> = lines
                .iter()
                .filter(|l| l.ends_with(['┃', '│', '┓', '┐', '┛', '┘']))
                .map(|l| stategen::surface::text::width(l))
                .collect();
            lines.len() == rows && framed.len() + 4 >= rows && framed.iter().all(|w| *w == columns)
        });
    }
    tmux.keys(&["q"]);
    tmux.until("the shell", |screen| !screen.contains("gc conversation"));
}
