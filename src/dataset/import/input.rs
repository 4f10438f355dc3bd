//! The bytes of a file or of the standard input: unpacked where they are gzipped,
//! and put back where somebody looked too far.

use std::io::{BufRead, BufReader, Error, Read, Result};
use std::path::Path;

/// Bytes of a whole file at most.
const WHOLE: u64 = 512 << 20;

/// Bytes that are read at once.
const PIECE: usize = 1 << 16;

/// What is left of an input.
pub(super) struct Input {
    /// Bytes that were put back, and how many of them were taken again.
    back: Vec<u8>,
    taken: usize,
    inner: Box<dyn BufRead + Send>,
}

impl Input {
    /// A file; `-` is the standard input.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn open(path: &Path) -> Result<Self> {
        if path == Path::new("-") {
            return Self::of(Box::new(BufReader::new(std::io::stdin())));
        }
        let file = std::fs::File::open(path)?;
        Self::of(Box::new(BufReader::with_capacity(PIECE, file)))
    }

    /// Any input.
    ///
    /// # Errors
    /// Its first bytes cannot be read.
    pub fn of(mut input: Box<dyn BufRead + Send>) -> Result<Self> {
        let packed = input.fill_buf()?.starts_with(&[0x1f, 0x8b]);
        let inner: Box<dyn BufRead + Send> = if packed {
            let inner = flate2::bufread::MultiGzDecoder::new(input);
            Box::new(BufReader::with_capacity(PIECE, inner))
        } else {
            input
        };
        Ok(Self {
            back: Vec::new(),
            taken: 0,
            inner,
        })
    }

    /// Puts the bytes back that were taken last.
    pub fn put_back(&mut self, bytes: Vec<u8>) {
        match self.taken.checked_sub(bytes.len()) {
            // They are there still: nothing is copied, however much there is.
            Some(taken) if !self.back.is_empty() => self.taken = taken,
            Some(_) | None => (self.back, self.taken) = (bytes, 0),
        }
    }

    /// Leaves out a mark of the byte order.
    ///
    /// # Errors
    /// The input cannot be read.
    pub fn skip_mark(&mut self) -> Result<()> {
        if self.fill_buf()?.starts_with("\u{feff}".as_bytes()) {
            self.consume(3);
        }
        Ok(())
    }

    /// A few of the next bytes, none at the end.
    ///
    /// # Errors
    /// The input cannot be read.
    pub fn piece(&mut self) -> Result<&[u8]> {
        loop {
            // Asked twice, for the borrow checker: the second time costs nothing.
            match self.fill_buf() {
                Ok(_) => break,
                Err(why) if why.kind() == std::io::ErrorKind::Interrupted => {}
                Err(why) => return Err(why),
            }
        }
        let all = self.fill_buf()?;
        Ok(all.get(..PIECE.min(all.len())).unwrap_or_default())
    }

    /// The next line with its end, if it has `most` bytes at most; else its length,
    /// and it is read over. `None` after the last.
    ///
    /// # Errors
    /// The input cannot be read.
    pub fn line(&mut self, most: usize) -> Result<Option<std::result::Result<Vec<u8>, usize>>> {
        let mut line = Vec::new();
        let limit = (most as u64).saturating_add(1);
        if self.by_ref().take(limit).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if line.last() == Some(&b'\n') || line.len() <= most {
            return Ok(Some(Ok(line)));
        }
        let rest = self.skip_line()?;
        Ok(Some(Err(line.len().saturating_add(rest))))
    }

    /// Reads over the rest of a line and its end; how many bytes the rest had.
    ///
    /// # Errors
    /// The input cannot be read.
    pub fn skip_line(&mut self) -> Result<usize> {
        let mut length = 0usize;
        loop {
            let seen = self.piece()?;
            if seen.is_empty() {
                return Ok(length);
            }
            let end = seen.iter().position(|b| *b == b'\n');
            let taken = end.map_or(seen.len(), |at| at + 1);
            length = length.saturating_add(end.unwrap_or(taken));
            self.consume(taken);
            if end.is_some() {
                return Ok(length);
            }
        }
    }
}

impl Read for Input {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        let mut from = self.fill_buf()?;
        let read = from.read(out)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Input {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        if self.taken < self.back.len() {
            return Ok(self.back.get(self.taken..).unwrap_or_default());
        }
        if self.taken > 0 {
            (self.back, self.taken) = (Vec::new(), 0);
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        if self.taken < self.back.len() {
            self.taken = self.taken.saturating_add(amount).min(self.back.len());
        } else {
            self.inner.consume(amount);
        }
    }
}

/// A whole file, unpacked where it is gzipped.
///
/// # Errors
/// The file cannot be read.
pub fn text(path: &Path) -> std::result::Result<String, String> {
    let at = |e: Error| format!("{}: {e}", path.display());
    let mut out = String::new();
    let mut input = Input::open(path).map_err(at)?.take(WHOLE);
    input.read_to_string(&mut out).map_err(at)?;
    Ok(out)
}
