//! What the server answers: a head, and what is done one after the other.

use std::io::Write;
use std::time::Duration;

/// One thing that the server does with a connection.
#[derive(Clone, Debug)]
pub enum Act {
    /// Writes bytes, as a piece of their own.
    Send(Vec<u8>),
    /// Writes nothing for a while.
    Pause(Duration),
    /// Writes nothing for ever.
    Stall,
    /// Writes the same bytes again and again for ever, with a pause after each.
    Drip(Vec<u8>, Duration),
    /// Writes the same bytes so many times, as fast as the client reads.
    Flood(Vec<u8>, u64),
}

/// How the end of the body is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// In chunks; each piece is one.
    Chunked,
    /// By `content-length`.
    Length(usize),
    /// By closing the connection.
    Close,
    /// There is not even a head: the acts are all that is written.
    Raw,
}

/// One answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    /// What is done before the head is written.
    pub before: Vec<Act>,
    /// What is done after it.
    pub acts: Vec<Act>,
    pub framing: Framing,
    /// Whether the connection is closed before the body has come to its end.
    pub cut: bool,
}

impl Answer {
    /// A whole body with its length.
    pub fn whole(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        Self {
            status,
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            before: Vec::new(),
            framing: Framing::Length(body.len()),
            acts: vec![Act::Send(body)],
            cut: false,
        }
    }

    /// 200 and JSON.
    pub fn json(body: &str) -> Self {
        Self::whole(200, "application/json", body)
    }

    /// A status and JSON.
    pub fn status(status: u16, body: &str) -> Self {
        Self::whole(status, "application/json", body)
    }

    /// A web page.
    pub fn html(status: u16, body: &str) -> Self {
        Self::whole(status, "text/html; charset=utf-8", body)
    }

    /// A body in pieces, each of them sent as a chunk of its own.
    pub fn pieces<B: AsRef<[u8]>>(content_type: &str, pieces: impl IntoIterator<Item = B>) -> Self {
        let mut answer = Self::whole(200, content_type, "");
        answer.framing = Framing::Chunked;
        answer.acts = pieces
            .into_iter()
            .map(|p| Act::Send(p.as_ref().to_vec()))
            .collect();
        answer
    }

    /// An event stream; each event (`data: …\n\n`) is a piece.
    pub fn events<B: AsRef<[u8]>>(events: impl IntoIterator<Item = B>) -> Self {
        Self::pieces("text/event-stream", events)
    }

    /// Bytes that are no HTTP at all, then closed.
    pub fn garbage(bytes: impl Into<Vec<u8>>) -> Self {
        let mut answer = Self::whole(200, "", bytes);
        answer.framing = Framing::Raw;
        answer
    }

    /// Closes the connection without a word.
    pub fn hang_up() -> Self {
        Self::garbage("")
    }

    /// Takes the request and says nothing for ever.
    pub fn silent() -> Self {
        let mut answer = Self::garbage("");
        answer.acts = vec![Act::Stall];
        answer
    }

    /// An event stream that sends the same few bytes again and again for ever:
    /// a slow loris where the pause is long, a babbler where it is short.
    pub fn drip(bytes: impl Into<Vec<u8>>, every: Duration) -> Self {
        let mut answer = Self::events([""]);
        answer.acts = vec![Act::Drip(bytes.into(), every)];
        answer
    }

    /// An answer of so many mebibytes of spaces within JSON.
    pub fn flood(content_type: &str, mebibytes: u64) -> Self {
        let mut answer = Self::pieces(content_type, ["{\"padding\": \""]);
        answer
            .acts
            .push(Act::Flood(vec![b' '; 64 << 10], mebibytes * 16));
        answer.acts.push(Act::Send(b"\"}".to_vec()));
        answer
    }

    /// With another header (or another value of one that is there).
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(n, _)| n != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// After the first `n` pieces the connection is closed in the middle.
    pub fn cut_after(mut self, n: usize) -> Self {
        self.acts.truncate(n);
        self.cut = true;
        self
    }

    /// After the first `n` pieces nothing comes any more, and the connection
    /// stays open.
    pub fn stall_after(mut self, n: usize) -> Self {
        self.acts.truncate(n);
        self.acts.push(Act::Stall);
        self
    }

    /// After the first `n` pieces the body ends, as if it were whole.
    pub fn end_after(mut self, n: usize) -> Self {
        self.acts.truncate(n);
        self
    }

    /// With a pause before each piece, so that each arrives alone.
    pub fn paced(mut self, pause: Duration) -> Self {
        let acts = std::mem::take(&mut self.acts);
        for act in acts {
            self.acts.push(Act::Pause(pause));
            self.acts.push(act);
        }
        self
    }

    /// With a pause before the head.
    pub fn late(mut self, pause: Duration) -> Self {
        self.before.push(Act::Pause(pause));
        self
    }

    /// The body's end is told by closing the connection.
    pub fn until_closed(mut self) -> Self {
        self.framing = Framing::Close;
        self
    }

    /// Compressed, in one piece.
    pub fn gzip(mut self) -> Self {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        for act in &self.acts {
            if let Act::Send(bytes) = act {
                packer.write_all(bytes).unwrap();
            }
        }
        let packed = packer.finish().unwrap();
        self.framing = Framing::Length(packed.len());
        self.acts = vec![Act::Send(packed)];
        self.header("content-encoding", "gzip")
    }

    /// The bytes of the body, where they are known.
    pub fn body(&self) -> Vec<u8> {
        let sent = self.acts.iter().filter_map(|act| match act {
            Act::Send(bytes) => Some(bytes.clone()),
            _ => None,
        });
        sent.flatten().collect()
    }

    pub(super) fn head(&self) -> String {
        let mut out = format!("HTTP/1.1 {} Said\r\n", self.status);
        for (name, value) in &self.headers {
            out += &format!("{name}: {value}\r\n");
        }
        out += &match self.framing {
            Framing::Chunked => "transfer-encoding: chunked\r\n".to_owned(),
            Framing::Length(n) => format!("content-length: {n}\r\n"),
            Framing::Close | Framing::Raw => "connection: close\r\n".to_owned(),
        };
        out + "\r\n"
    }
}
