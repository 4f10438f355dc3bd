//! Server-sent events from bytes that come in any pieces.
//! Source of the format: the WHATWG HTML standard, section "Server-sent events".

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Event {
    /// Its name; empty where none was given.
    pub name: String,
    /// Its data, lines joined by `\n`.
    pub data: String,
}

/// Makes events from bytes. Each byte is looked at a fixed number of times,
/// however the stream is cut.
#[derive(Debug)]
pub struct Parser {
    /// The line that is not at its end yet.
    line: Vec<u8>,
    /// The last byte was a carriage return: a line feed right after it ends nothing.
    after_cr: bool,
    /// No line has ended yet, so that a byte order mark may stand there.
    first: bool,
    name: String,
    data: Vec<u8>,
    has_data: bool,
    cap: usize,
}

impl Parser {
    /// A parser that refuses an event of more than `cap` bytes.
    #[must_use]
    pub fn new(cap: usize) -> Self {
        Self {
            line: Vec::new(),
            after_cr: false,
            first: true,
            name: String::new(),
            data: Vec::new(),
            has_data: false,
            cap,
        }
    }

    /// Takes the next bytes and gives the events that they end, and whether the
    /// one after those is larger than the bound: nothing more is read then.
    pub fn take(&mut self, bytes: &[u8]) -> (Vec<Event>, bool) {
        let mut out = Vec::new();
        let mut rest = bytes;
        while let Some(&next) = rest.first() {
            if std::mem::take(&mut self.after_cr) && next == b'\n' {
                rest = rest.get(1..).unwrap_or_default();
                continue;
            }
            let end = rest.iter().position(|b| matches!(b, b'\n' | b'\r'));
            let (part, after) = rest.split_at(end.unwrap_or(rest.len()));
            if self.line.len() + self.data.len() + part.len() > self.cap {
                return (out, true);
            }
            self.line.extend_from_slice(part);
            if let Some((ending, after)) = after.split_first() {
                self.after_cr = *ending == b'\r';
                rest = after;
                out.extend(self.end_of_line());
            } else {
                rest = after;
            }
        }
        (out, false)
    }

    /// The event that stood at the end of the stream without the empty line
    /// that ends one. The standard drops it; some servers end that way.
    #[must_use]
    pub fn finish(mut self) -> Option<Event> {
        let last = self.end_of_line();
        last.or_else(|| self.dispatch())
    }

    fn end_of_line(&mut self) -> Option<Event> {
        let line = std::mem::take(&mut self.line);
        let mut line = line.as_slice();
        if std::mem::take(&mut self.first) {
            line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        }
        if line.is_empty() {
            return self.dispatch();
        }
        let (field, value) = match line.iter().position(|b| *b == b':') {
            Some(at) => {
                let (field, value) = line.split_at(at);
                let value = value.get(1..).unwrap_or_default();
                (field, value.strip_prefix(b" ").unwrap_or(value))
            }
            None => (line, &b""[..]),
        };
        match field {
            b"data" => self.data_line(value),
            b"event" => self.name = String::from_utf8_lossy(value).into_owned(),
            // No field of the standard: llama.cpp has reported errors this way.
            b"error" => {
                self.name = String::from("error");
                self.data_line(value);
            }
            // A comment (an empty name), `id`, `retry`, or nothing we know.
            _ => {}
        }
        None
    }

    fn data_line(&mut self, value: &[u8]) {
        if std::mem::replace(&mut self.has_data, true) {
            self.data.push(b'\n');
        }
        self.data.extend_from_slice(value);
    }

    fn dispatch(&mut self) -> Option<Event> {
        let name = std::mem::take(&mut self.name);
        let data = std::mem::take(&mut self.data);
        std::mem::take(&mut self.has_data).then(|| Event {
            name,
            data: String::from_utf8_lossy(&data).into_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(pieces: &[&[u8]]) -> Vec<Event> {
        let mut parser = Parser::new(1 << 20);
        let mut out = Vec::new();
        for piece in pieces {
            let (events, over) = parser.take(piece);
            assert!(!over);
            out.extend(events);
        }
        out.extend(parser.finish());
        out
    }

    fn event(name: &str, data: &str) -> Event {
        Event {
            name: name.to_owned(),
            data: data.to_owned(),
        }
    }

    #[test]
    fn every_ending_of_a_line_ends_it() {
        for ending in ["\n", "\r", "\r\n"] {
            let text = format!(
                "\u{feff}: hello{ending}event: ping{ending}data: a{ending}data:b{ending}\
                 data:  c{ending}{ending}id: 1{ending}retry: 5{ending}data{ending}{ending}"
            );
            let wanted = vec![event("ping", "a\nb\n c"), event("", "")];
            assert_eq!(all(&[text.as_bytes()]), wanted, "{ending:?}");
        }
    }

    #[test]
    fn a_name_without_data_is_no_event_and_an_open_end_is_one() {
        let text = b"event: ping\n\ndata: [DONE]";
        assert_eq!(all(&[text]), vec![event("", "[DONE]")]);
        assert_eq!(
            all(&[b"error: {\"code\":500}\n\n"]),
            vec![event("error", "{\"code\":500}")]
        );
    }

    #[test]
    fn an_event_above_the_bound_is_refused_however_it_comes() {
        let mut parser = Parser::new(64);
        assert_eq!(parser.take(&[b'x'; 65]), (Vec::new(), true));
        let mut parser = Parser::new(64);
        assert!((0..20).any(|_| parser.take(b"data: 12345\n").1));
        let mut parser = Parser::new(64);
        for _ in 0..20 {
            let one = (vec![event("", "12345")], false);
            assert_eq!(parser.take(b"data: 12345\n\n"), one);
        }
    }

    proptest! {
        #[test]
        fn any_cut_of_any_bytes_gives_the_same_events(
            text in prop_oneof![
                "(\u{feff})?((data|event|id|:)?:? ?[aä😀]{0,3}(\r|\n|\r\n)){0,12}[d:]{0,3}",
                "\\PC*",
            ],
            cuts in proptest::collection::vec(0usize..80, 0..8),
        ) {
            let bytes = text.as_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|c| c.min(bytes.len())).collect();
            cuts.sort_unstable();
            let mut pieces = Vec::new();
            let mut from = 0;
            for cut in cuts {
                pieces.push(&bytes[from..cut]);
                from = cut;
            }
            pieces.push(&bytes[from..]);
            prop_assert_eq!(all(&pieces), all(&[bytes]));
        }
    }
}
