//! The terminal's modes: one list, on in order, off in reverse, and every way
//! out of the program goes through it: quitting, an error, a panic, a signal,
//! the shell's `fg` and back. Unix-only code of the workbench stays here.

use super::model::Model;
use super::theme::{Depth, Theme};
use super::view::view;
use crate::surface::text;
use crossterm::{clipboard, cursor, event, execute, terminal};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use std::io::{self, Stdout, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Bytes that terminals take on their clipboard at once: several stop at 100,000
/// bytes of the whole sequence, which holds the text in base 64.
pub const COPY_MOST: usize = 74_994;

/// Something that is switched on for the workbench and off again.
struct Mode {
    on: fn(&mut Stdout) -> io::Result<()>,
    off: fn(&mut Stdout) -> io::Result<()>,
}

/// All of them. What is missing here is never undone.
const MODES: &[Mode] = &[
    Mode {
        on: |_| terminal::enable_raw_mode(),
        off: |_| terminal::disable_raw_mode(),
    },
    Mode {
        on: |out| execute!(out, terminal::EnterAlternateScreen),
        off: |out| execute!(out, terminal::LeaveAlternateScreen),
    },
    Mode {
        on: |out| execute!(out, event::EnableBracketedPaste),
        off: |out| execute!(out, event::DisableBracketedPaste),
    },
    Mode {
        on: |out| execute!(out, cursor::Hide),
        off: |out| execute!(out, cursor::Show),
    },
    Mode {
        on: |out| mouse_on(out, MOUSE.load(Ordering::SeqCst)),
        off: |out| mouse_off(out, MOUSE.load(Ordering::SeqCst)),
    },
];

/// Whether the modes are on, so that undoing them twice does no harm.
static ON: AtomicBool = AtomicBool::new(false);

/// Whether the mouse is ours while the modes are on.
static MOUSE: AtomicBool = AtomicBool::new(false);

/// Presses, drags and the wheel, with columns above 223; no movement without a
/// button, so that a resting hand wakes nothing. Where the mouse is the
/// terminal's own, its wheel is made arrows; what was so before is kept for the
/// end.
fn mouse_on(out: &mut Stdout, ours: bool) -> io::Result<()> {
    let on: &[u8] = if ours {
        b"\x1b[?1000h\x1b[?1002h\x1b[?1006h"
    } else {
        b"\x1b[?1007s\x1b[?1007h"
    };
    out.write_all(on)?;
    out.flush()
}

fn mouse_off(out: &mut Stdout, ours: bool) -> io::Result<()> {
    let off: &[u8] = if ours {
        b"\x1b[?1006l\x1b[?1002l\x1b[?1000l"
    } else {
        b"\x1b[?1007r"
    };
    out.write_all(off)?;
    out.flush()
}

/// Takes the mouse from the terminal, or gives it back.
///
/// # Errors
/// The terminal is gone.
pub fn mouse(ours: bool) -> io::Result<()> {
    let before = MOUSE.swap(ours, Ordering::SeqCst);
    if before == ours || !ON.load(Ordering::SeqCst) {
        return Ok(());
    }
    let mut out = io::stdout();
    mouse_off(&mut out, before)?;
    mouse_on(&mut out, ours)
}

/// Switches all modes on.
///
/// # Errors
/// The terminal does not take one; those before it are off again.
pub fn enter() -> io::Result<()> {
    ON.store(true, Ordering::SeqCst);
    let mut out = io::stdout();
    for mode in MODES {
        if let Err(why) = (mode.on)(&mut out) {
            let _ = leave();
            return Err(why);
        }
    }
    Ok(())
}

/// Switches all modes off, whatever fails on the way.
///
/// # Errors
/// The first thing that failed; the others were tried all the same.
pub fn leave() -> io::Result<()> {
    if !ON.swap(false, Ordering::SeqCst) {
        return Ok(());
    }
    let mut out = io::stdout();
    let mut result = Ok(());
    for mode in MODES.iter().rev() {
        result = result.and((mode.off)(&mut out));
    }
    result.and(out.flush())
}

/// Gives the terminal back before a panic is told, so that the message is on
/// the person's own screen. A panic off the main thread ends the program too:
/// what it was doing is lost, and the log is on disk.
pub fn hook() {
    let main = std::thread::current().id();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let was_on = ON.load(Ordering::SeqCst);
        let _ = leave();
        before(info);
        if was_on {
            eprintln!("stategen stopped; every finished step is saved.");
            if std::thread::current().id() != main {
                std::process::exit(101);
            }
        }
    }));
}

/// The screen while the modes are on.
pub struct Screen {
    terminal: Terminal<CrosstermBackend<Stdout>>,
}

impl Screen {
    /// Switches the modes on and takes the screen.
    ///
    /// # Errors
    /// There is no terminal, or it does not take a mode.
    pub fn new() -> io::Result<Self> {
        enter()?;
        match Terminal::new(CrosstermBackend::new(io::stdout())) {
            Ok(terminal) => Ok(Self { terminal }),
            Err(why) => {
                let _ = leave();
                Err(why)
            }
        }
    }

    /// Columns and rows.
    ///
    /// # Errors
    /// The terminal does not say.
    pub fn size(&self) -> io::Result<(u16, u16)> {
        let size = self.terminal.size()?;
        Ok((size.width, size.height))
    }

    /// Draws a frame as one update, so that no half of it is seen.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn draw(&mut self, model: &Model, theme: &Theme) -> io::Result<()> {
        execute!(io::stdout(), terminal::BeginSynchronizedUpdate)?;
        let drawn = self
            .terminal
            .draw(|frame| {
                let area = frame.area();
                view(model, theme, area, frame.buffer_mut());
            })
            .map(|_| ());
        drawn.and(execute!(io::stdout(), terminal::EndSynchronizedUpdate))
    }

    /// Forgets what is on the screen, so that the next frame draws every cell.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn clear(&mut self) -> io::Result<()> {
        // Not `Terminal::clear`, which asks the terminal where its cursor is and
        // waits for an answer that some terminals never give.
        let size = self.terminal.size()?;
        self.terminal
            .resize(Rect::new(0, 0, size.width, size.height))
    }

    /// Hands the terminal to another program until the work with it is done.
    ///
    /// # Errors
    /// The terminal does not take its modes again.
    pub async fn hand_over<T>(&mut self, work: impl Future<Output = T>) -> io::Result<T> {
        leave()?;
        let done = work.await;
        enter()?;
        self.clear()?;
        Ok(done)
    }

    /// Hands the terminal to the shell until it continues the program.
    ///
    /// # Errors
    /// The terminal does not take its modes again.
    pub fn suspend(&mut self) -> io::Result<()> {
        leave()?;
        stop_group();
        enter()?;
        self.clear()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = leave();
    }
}

/// Stops the whole process group, as the shell's own ctrl-z does; returns when
/// it is continued. A group that no shell waits for is not stopped.
#[cfg(unix)]
fn stop_group() {
    let _ = std::process::Command::new("kill")
        .args(["-TSTP", "0"])
        .status();
}

#[cfg(not(unix))]
fn stop_group() {}

/// Hands a text to the clipboard of the terminal (OSC 52), which may be that of
/// another machine. A longer text than terminals take is not sent.
///
/// # Errors
/// The terminal is gone.
pub fn copy(text: &str) -> io::Result<()> {
    let text = text::clean(text);
    if text.len() > COPY_MOST {
        return Ok(());
    }
    let copy = clipboard::CopyToClipboard::to_clipboard_from(text.as_bytes());
    execute!(io::stdout(), copy)
}

/// From now on an interrupt of the terminal does not end the program: while the
/// workbench has it, `ctrl-c` is a key; while an editor has it, it is the editor's.
#[cfg(unix)]
pub fn hold_interrupts() {
    use tokio::signal::unix::{SignalKind, signal};
    // The handler stays when its stream is gone.
    let _ = signal(SignalKind::interrupt());
}

#[cfg(not(unix))]
pub fn hold_interrupts() {}

/// Makes a folder that only this person can look into.
///
/// # Errors
/// It is there already, or cannot be made.
#[cfg(unix)]
pub fn private_folder(path: &std::path::Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().mode(0o700).create(path)
}

/// Makes a folder.
///
/// # Errors
/// It is there already, or cannot be made.
#[cfg(not(unix))]
pub fn private_folder(path: &std::path::Path) -> io::Result<()> {
    std::fs::create_dir(path)
}

/// Resolves when the system asks the program to end.
#[cfg(unix)]
pub async fn ended() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut term), Ok(mut hup)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::hangup()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = hup.recv() => {}
    }
}

/// Resolves when the system asks the program to end.
#[cfg(not(unix))]
pub async fn ended() {
    std::future::pending().await
}

/// Whether colours are unwanted here.
#[must_use]
pub fn colourless() -> bool {
    let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty());
    set("NO_COLOR").is_some() || set("TERM").is_some_and(|t| t == "dumb")
}

/// How many colours the terminal says that it shows. Those that show any colour
/// set `COLORTERM`; tmux passes it on.
#[must_use]
pub fn depth() -> Depth {
    let is = |name: &str| std::env::var(name).unwrap_or_default();
    let colours = is("COLORTERM");
    if colours.contains("truecolor") || colours.contains("24bit") {
        Depth::True
    } else if is("TERM").contains("256") {
        Depth::Indexed
    } else {
        Depth::Sixteen
    }
}

/// Keeps bold, dim and reverse where colours are unwanted: without this an
/// empty colour sequence would undo them (crossterm 0.29 under `NO_COLOR`).
pub fn keep_attributes() {
    crossterm::style::force_color_output(true);
}
