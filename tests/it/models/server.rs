//! A server of our own that answers as a test tells it to, byte by byte.
//!
//! ```ignore
//! // One answer per request, in order:
//! let server = Server::script([
//!     Answer::status(429, r#"{"error":{"message":"slow down"}}"#).header("retry-after", "1"),
//!     Say::text("Hello.").chat(),                  // a good stream
//!     Say::text("Hello.").chat().cut_after(3),     // three pieces, then closed in the middle
//!     Say::text("Hello.").chat().stall_after(3),   // three pieces, then nothing for ever
//! ]);
//! // Or: every request is answered by a function that looks at it.
//! let server = Server::by(|got| Say::text(&format!("answer {}", got.number)).answer(got));
//!
//! server.url("/v1");       // "http://127.0.0.1:PORT/v1", a base for Endpoint::new
//! server.got();            // the requests so far: method, path, headers, body
//! server.wait_for(2);      // the same, after waiting until two have come
//! server.hung_up();        // answers that the client did not wait for
//! server.connections();    // connections that were made
//! ```
//!
//! The server ends when it is dropped; then nobody answers at its address.
#![allow(dead_code, unused_imports, reason = "a kit for many tests")]

mod answer;
mod kit;
mod say;
mod tls;

pub use answer::{Act, Answer, Framing};
pub use kit::{Asked, ask_once, asked, keyed, model, request, short, with, within};
pub use say::Say;
pub use tls::untrusted;

use serde_json::Value;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Got {
    /// Its number at this server, from 0.
    pub number: usize,
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Lower case names.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Got {
    /// A header's value by its lower case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, v)| v.as_str())
    }

    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    /// Whether a stream is asked for.
    pub fn stream(&self) -> bool {
        self.json()["stream"] == true
    }

    /// Whether it speaks the messages dialect.
    pub fn messages(&self) -> bool {
        self.path.split('?').next().unwrap().ends_with("/messages")
    }
}

type Handler = Box<dyn Fn(&Got) -> Answer + Send + Sync>;

struct Shared {
    handler: Handler,
    got: Mutex<Vec<Got>>,
    open: Mutex<Vec<TcpStream>>,
    over: AtomicBool,
    hung_up: AtomicUsize,
    connections: AtomicUsize,
}

/// The server; dropping it closes everything.
pub struct Server {
    at: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

impl Server {
    /// Answers the requests in order, whatever they are. What comes after the
    /// last one gets a 500 that says so.
    pub fn script(answers: impl IntoIterator<Item = Answer>) -> Self {
        let answers: Vec<Answer> = answers.into_iter().collect();
        Self::by(move |got| {
            let over = r#"{"error":{"message":"the script of this test is over"}}"#;
            let answer = answers.get(got.number).cloned();
            answer.unwrap_or_else(|| Answer::status(500, over))
        })
    }

    /// Answers every request in the same way.
    pub fn always(answer: Answer) -> Self {
        Self::by(move |_| answer.clone())
    }

    /// Answers each request as a function says.
    pub fn by(handler: impl Fn(&Got) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            handler: Box::new(handler),
            got: Mutex::default(),
            open: Mutex::default(),
            over: AtomicBool::new(false),
            hung_up: AtomicUsize::new(0),
            connections: AtomicUsize::new(0),
        });
        let ours = Arc::clone(&shared);
        let accepting = thread::spawn(move || {
            for stream in listener.incoming() {
                if ours.over.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                ours.connections.fetch_add(1, Ordering::SeqCst);
                ours.open.lock().unwrap().push(stream.try_clone().unwrap());
                let ours = Arc::clone(&ours);
                thread::spawn(move || serve(stream, &ours));
            }
        });
        Self {
            at,
            shared,
            accepting: Some(accepting),
        }
    }

    /// `http://127.0.0.1:PORT` and a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.at)
    }

    /// The requests so far.
    pub fn got(&self) -> Vec<Got> {
        self.shared.got.lock().unwrap().clone()
    }

    /// The requests, once there are `count`; stops the test after ten seconds.
    pub fn wait_for(&self, count: usize) -> Vec<Got> {
        wait_until(&format!("{count} requests"), || self.got().len() >= count);
        self.got()
    }

    /// How many answers the client broke off by closing the connection.
    pub fn hung_up(&self) -> usize {
        self.shared.hung_up.load(Ordering::SeqCst)
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.at));
        for stream in self.shared.open.lock().unwrap().drain(..) {
            stream.shutdown(Shutdown::Both).ok();
        }
        self.accepting.take().map(JoinHandle::join);
    }
}

/// An address at which nobody listens.
pub fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/v1", listener.local_addr().unwrap())
}

/// Waits until something is so; stops the test after ten seconds.
pub fn wait_until(what: &str, mut so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "waited for {what}"
        );
        thread::sleep(Duration::from_millis(5));
    }
}

/// How a connection goes on after an answer.
#[derive(PartialEq)]
enum Then {
    Next,
    Close,
}

fn serve(mut stream: TcpStream, shared: &Shared) {
    stream.set_nodelay(true).ok();
    stream.set_write_timeout(Some(Duration::from_secs(10))).ok();
    while let Some(mut got) = read_request(&mut stream) {
        {
            let mut all = shared.got.lock().unwrap();
            got.number = all.len();
            all.push(got.clone());
        }
        let answer = (shared.handler)(&got);
        match write_answer(&mut stream, &answer, shared) {
            Ok(Then::Next) => {}
            Ok(Then::Close) => break,
            Err(_) => {
                if !shared.over.load(Ordering::SeqCst) {
                    shared.hung_up.fetch_add(1, Ordering::SeqCst);
                }
                break;
            }
        }
    }
    stream.shutdown(Shutdown::Both).ok();
}

/// A request; `None`: the connection is over.
fn read_request(stream: &mut TcpStream) -> Option<Got> {
    stream.set_read_timeout(None).ok();
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break at + 4;
        }
        more(stream, &mut bytes)?;
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|l| l.split_once(':'))
        .map(|(n, v)| (n.trim().to_lowercase(), v.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(n, _)| n == "content-length");
    let length: usize = length.map_or(0, |(_, v)| v.parse().unwrap());
    while bytes.len() < end + length {
        more(stream, &mut bytes)?;
    }
    Some(Got {
        number: 0,
        method,
        path,
        headers,
        body: String::from_utf8_lossy(&bytes[end..]).into_owned(),
    })
}

fn more(stream: &mut TcpStream, into: &mut Vec<u8>) -> Option<()> {
    let mut buffer = [0; 16 << 10];
    let n = stream.read(&mut buffer).ok().filter(|n| *n > 0)?;
    into.extend_from_slice(&buffer[..n]);
    Some(())
}

fn write_answer(stream: &mut TcpStream, answer: &Answer, shared: &Shared) -> std::io::Result<Then> {
    for act in &answer.before {
        perform(stream, act, Framing::Raw, shared)?;
    }
    if answer.framing != Framing::Raw {
        stream.write_all(answer.head().as_bytes())?;
    }
    for act in &answer.acts {
        perform(stream, act, answer.framing, shared)?;
    }
    if answer.cut || !matches!(answer.framing, Framing::Chunked | Framing::Length(_)) {
        return Ok(Then::Close);
    }
    if answer.framing == Framing::Chunked {
        stream.write_all(b"0\r\n\r\n")?;
    }
    Ok(Then::Next)
}

fn perform(
    stream: &mut TcpStream,
    act: &Act,
    framing: Framing,
    shared: &Shared,
) -> std::io::Result<()> {
    match act {
        Act::Send(bytes) => piece(stream, bytes, framing),
        Act::Pause(time) => rest(stream, Some(*time), shared),
        Act::Stall => rest(stream, None, shared),
        Act::Drip(bytes, every) => loop {
            piece(stream, bytes, framing)?;
            rest(stream, Some(*every), shared)?;
        },
        Act::Flood(bytes, times) => {
            for _ in 0..*times {
                piece(stream, bytes, framing)?;
            }
            Ok(())
        }
    }
}

fn piece(stream: &mut TcpStream, bytes: &[u8], framing: Framing) -> std::io::Result<()> {
    if framing != Framing::Chunked {
        return stream.write_all(bytes);
    }
    if bytes.is_empty() {
        return Ok(());
    }
    let mut out = format!("{:x}\r\n", bytes.len()).into_bytes();
    out.extend_from_slice(bytes);
    out.extend_from_slice(b"\r\n");
    stream.write_all(&out)
}

/// Waits, for ever where no time is given, but not beyond the client or the test.
fn rest(stream: &TcpStream, time: Option<Duration>, shared: &Shared) -> std::io::Result<()> {
    let begun = Instant::now();
    let gone = || std::io::Error::from(ErrorKind::ConnectionAborted);
    loop {
        let left = time.map(|t| t.saturating_sub(begun.elapsed()));
        if left.is_some_and(|l| l.is_zero()) {
            return Ok(());
        }
        if shared.over.load(Ordering::SeqCst) {
            return Err(gone());
        }
        let look = Duration::from_millis(10).min(left.unwrap_or(Duration::MAX));
        stream.set_read_timeout(Some(look))?;
        match stream.peek(&mut [0]) {
            Ok(0) => return Err(gone()),
            Ok(_) => thread::sleep(look),
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(e) => return Err(e),
        }
    }
}

#[test]
fn it_answers_in_order_and_keeps_what_came() {
    let server = Server::script([
        Answer::json("{\"a\": 1}"),
        Answer::pieces("text/plain", ["one", "two"]).cut_after(1),
    ]);
    let ask = |path: &str| {
        let mut stream = TcpStream::connect(server.at).unwrap();
        let head =
            format!("POST {path} HTTP/1.1\r\nX-Team: evals\r\nContent-Length: 2\r\n\r\n{{}}");
        stream.write_all(head.as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut out = String::new();
        stream.read_to_string(&mut out).unwrap();
        out
    };
    let first = ask("/v1/chat/completions");
    assert!(first.starts_with("HTTP/1.1 200 "), "{first}");
    assert!(first.ends_with("\r\n\r\n{\"a\": 1}"), "{first}");
    assert!(ask("/v1/messages").ends_with("\r\n\r\n3\r\none\r\n"));
    let got = server.got();
    assert_eq!(got.len(), 2);
    assert_eq!(got[0].header("x-team"), Some("evals"));
    assert_eq!((got[1].number, got[1].messages()), (1, true));
    assert_eq!(got[0].body, "{}");
}
