//! The lines of a file or of the standard input, one at a time: unpacked where
//! they are gzipped, each bounded, whatever their bytes. A file is never held
//! whole.

use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// Bytes of a line at most: a conversation of many thousand turns.
pub const LINE: usize = 64 << 20;

/// Lines of an input, from 1. Empty lines are counted and left out.
pub struct Lines {
    input: Box<dyn BufRead + Send>,
    name: PathBuf,
    at: usize,
    over: bool,
}

/// A line that could not be read. What follows it still can, unless the input
/// itself ended badly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Which, from 1; 0 where the input cannot be opened.
    pub at: usize,
    /// What is wrong with it.
    pub why: String,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl Lines {
    /// Those of a file; `-` is the standard input.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn open(path: &Path) -> std::io::Result<Self> {
        if path == Path::new("-") {
            return Self::of(
                Box::new(BufReader::new(std::io::stdin())),
                Path::new("stdin"),
            );
        }
        let file = std::fs::File::open(path)?;
        Self::of(Box::new(BufReader::with_capacity(1 << 16, file)), path)
    }

    /// Those of any input.
    ///
    /// # Errors
    /// Its first bytes cannot be read.
    pub fn of(mut input: Box<dyn BufRead + Send>, name: &Path) -> std::io::Result<Self> {
        let packed = input.fill_buf()?.starts_with(&[0x1f, 0x8b]);
        let input: Box<dyn BufRead + Send> = if packed {
            let inner = flate2::bufread::MultiGzDecoder::new(input);
            Box::new(BufReader::with_capacity(1 << 16, inner))
        } else {
            input
        };
        Ok(Self {
            input,
            name: name.to_owned(),
            at: 0,
            over: false,
        })
    }

    /// What it reads from.
    #[must_use]
    pub fn name(&self) -> &Path {
        &self.name
    }

    /// All that is left, unpacked, for a format that is no list of lines.
    #[must_use]
    pub fn rest(self) -> Box<dyn BufRead + Send> {
        self.input
    }

    /// The first letter that is no space, without taking it; at most as far as
    /// one read goes.
    ///
    /// # Errors
    /// The input cannot be read.
    pub fn first_letter(&mut self) -> std::io::Result<Option<u8>> {
        let seen = self.input.fill_buf()?;
        Ok(seen.iter().copied().find(|b| !b.is_ascii_whitespace()))
    }

    /// The bytes of the next line without its end; `None` after the last. A line
    /// beyond [`LINE`] is read over, and is its length alone.
    fn line(&mut self) -> std::io::Result<Option<Result<Vec<u8>, usize>>> {
        let mut line = Vec::new();
        let most = (LINE as u64).saturating_add(1);
        let read = (&mut self.input).take(most).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(None);
        }
        if line.last() == Some(&b'\n') {
            line.pop();
            return Ok(Some(Ok(line)));
        }
        if line.len() <= LINE {
            return Ok(Some(Ok(line)));
        }
        let mut length = line.len();
        loop {
            let seen = self.input.fill_buf()?;
            if seen.is_empty() {
                return Ok(Some(Err(length)));
            }
            let end = seen.iter().position(|b| *b == b'\n');
            let taken = end.map_or(seen.len(), |at| at + 1);
            length = length.saturating_add(end.unwrap_or(taken));
            self.input.consume(taken);
            if end.is_some() {
                return Ok(Some(Err(length)));
            }
        }
    }
}

impl Iterator for Lines {
    type Item = Result<(usize, String), BadLine>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.over {
            let at = self.at.saturating_add(1);
            let bad = |why: String| Some(Err(BadLine { at, why }));
            match self.line() {
                Ok(None) => self.over = true,
                Err(why) => {
                    // What comes after damage in a packed file is not known.
                    self.over = true;
                    return bad(format!("cannot be read: {why}"));
                }
                Ok(Some(Err(length))) => {
                    self.at = at;
                    return bad(format!(
                        "has {length} bytes, and a line may have {LINE} at most"
                    ));
                }
                Ok(Some(Ok(bytes))) => {
                    self.at = at;
                    match String::from_utf8(bytes) {
                        Ok(line) if line.trim().is_empty() => {}
                        // A mark of the byte order may stand before the first line.
                        Ok(line) if at == 1 => {
                            let line = line.strip_prefix('\u{feff}').unwrap_or(&line);
                            return Some(Ok((at, line.to_owned())));
                        }
                        Ok(line) => return Some(Ok((at, line))),
                        Err(_) => return bad(String::from("is no UTF-8")),
                    }
                }
            }
        }
        None
    }
}

/// The lines of a file, all at once. For files that are known to be small.
///
/// # Errors
/// The file cannot be read; the line where that happened is named.
pub fn lines(path: &Path) -> Result<Vec<(usize, String)>, String> {
    let all = Lines::open(path).map_err(|e| format!("{}: {e}", path.display()))?;
    all.map(|line| line.map_err(|bad| format!("{}:{} {bad}", path.display(), bad.at)))
        .collect()
}

/// A whole file, unpacked where it is gzipped.
///
/// # Errors
/// The file cannot be read.
pub fn text(path: &Path) -> Result<String, String> {
    let at = |e: std::io::Error| format!("{}: {e}", path.display());
    let mut out = String::new();
    let input = Lines::open(path).map_err(at)?.rest();
    input
        .take(WHOLE)
        .read_to_string(&mut out)
        .map_err(at)
        .map(|_| out)
}

/// Bytes of a whole file at most.
const WHOLE: u64 = 512 << 20;
