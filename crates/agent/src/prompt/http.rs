//! As much of HTTP/1.1 as one page needs, and no more: a request is read whole within limits, answered, and the
//! connection closed.

use std::io::{Read, Write};

/// A longer head is refused.
const HEAD_BYTES_MAX: usize = 8 * 1024;
/// A longer body is refused.
const BODY_BYTES_MAX: usize = 4 * 1024;
/// A request may come in so many pieces: each waits for the time limit of the connection, so that slow senders end.
const READS_MAX: u32 = 16;

/// A request.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) method: String,
    /// As sent, with what follows a `?`.
    pub(super) target: String,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    /// The only value of a header; `None` where it is not there, or there twice.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(one, _)| one == name).map(|(_, value)| value);
        values.next().filter(|_| values.next().is_none()).map(String::as_str)
    }

    /// Whether a header is there at all.
    pub(super) fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(one, _)| one == name)
    }
}

/// A number of HTTP and its words.
pub(super) type Status = (u16, &'static str);

pub(super) const OK: Status = (200, "OK");
pub(super) const DONE: Status = (204, "No Content");
pub(super) const BAD: Status = (400, "Bad Request");
pub(super) const FORBIDDEN: Status = (403, "Forbidden");
pub(super) const MISSING: Status = (404, "Not Found");
pub(super) const METHOD: Status = (405, "Method Not Allowed");
pub(super) const TIMEOUT: Status = (408, "Request Timeout");
pub(super) const GONE: Status = (409, "Conflict");
pub(super) const LARGE: Status = (413, "Content Too Large");
pub(super) const MEDIA: Status = (415, "Unsupported Media Type");
pub(super) const HEAD: Status = (431, "Request Header Fields Too Large");

/// Reads a request.
///
/// # Errors
/// The status to answer with; `None` where nobody said anything, as browsers that only get ready do.
pub(super) fn read(from: &mut impl Read) -> Result<Request, Option<Status>> {
    let mut bytes = Vec::new();
    let mut reads = 0;
    let end = loop {
        if let Some(end) = find(&bytes, b"\r\n\r\n") {
            break end;
        }
        if bytes.len() > HEAD_BYTES_MAX {
            return Err(Some(HEAD));
        }
        more(from, &mut bytes, &mut reads)?;
    };
    if end > HEAD_BYTES_MAX {
        return Err(Some(HEAD));
    }
    let mut body = bytes.split_off(end + 4);
    let mut request = head(&bytes).ok_or(Some(BAD))?;
    let length = length(&request).ok_or(Some(BAD))?;
    if length > BODY_BYTES_MAX {
        return Err(Some(LARGE));
    }
    while body.len() < length {
        more(from, &mut body, &mut reads)?;
    }
    if body.len() > length {
        return Err(Some(BAD));
    }
    request.body = body;
    Ok(request)
}

fn more(from: &mut impl Read, bytes: &mut Vec<u8>, reads: &mut u32) -> Result<(), Option<Status>> {
    let silent = bytes.is_empty() && *reads == 0;
    *reads += 1;
    let mut piece = [0; 2048];
    match from.read(&mut piece) {
        Ok(length) if length > 0 && *reads <= READS_MAX => {
            bytes.extend_from_slice(piece.get(..length).unwrap_or_default());
            Ok(())
        }
        _ if silent => Err(None),
        Ok(0) => Err(Some(BAD)),
        _ => Err(Some(TIMEOUT)),
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn head(bytes: &[u8]) -> Option<Request> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix("\r\n\r\n")?;
    let mut lines = text.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    let sound = matches!(version, "HTTP/1.1" | "HTTP/1.0") && words.next().is_none();
    let headers: Option<Vec<_>> = lines.map(header).collect();
    let (method, target) = (method.to_owned(), target.to_owned());
    sound.then_some(Request { method, target, headers: headers?, body: Vec::new() })
}

fn header(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(':')?;
    let token = |c: char| c.is_ascii_alphanumeric() || "-_!#$%&'*+.^`|~".contains(c);
    let sound = !name.is_empty() && name.chars().all(token) && !value.contains(['\r', '\n', '\0']);
    sound.then(|| (name.to_ascii_lowercase(), value.trim().to_owned()))
}

/// How long the body is; there is one way alone to say so.
fn length(request: &Request) -> Option<usize> {
    if request.has("transfer-encoding") {
        return None;
    }
    match request.header("content-length") {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok(),
        None if !request.has("content-length") => Some(0),
        _ => None,
    }
}

/// Writes an answer and what every answer says: that it is kept, framed, guessed at and told on by nobody.
pub(super) fn write(
    to: &mut impl Write,
    status: Status,
    kind: &str,
    policy: &str,
    body: &str,
) -> std::io::Result<()> {
    let (number, words) = status;
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {number} {words}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\
         Content-Security-Policy: {policy}\r\nCache-Control: no-store\r\nConnection: close\r\n\
         Cross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Resource-Policy: same-origin\r\n\
         Referrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n\r\n"
    );
    to.write_all(head.as_bytes())?;
    to.write_all(body.as_bytes())?;
    to.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives so many bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
            let length = self.1.min(self.0.len()).min(to.len());
            to[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    fn of(text: &str) -> Result<Request, Option<Status>> {
        read(&mut Slow(text.as_bytes(), usize::MAX))
    }

    #[test]
    fn a_request_is_read_in_pieces() {
        let text = "POST /a?b HTTP/1.1\r\nHost: x\r\nCONTENT-length: 3\r\nX: 1\r\nX: 2\r\n\r\nabc";
        for size in [7, 50, 4096] {
            let request = read(&mut Slow(text.as_bytes(), size)).unwrap();
            assert_eq!((&*request.method, &*request.target), ("POST", "/a?b"));
            assert_eq!((request.header("host"), &*request.body), (Some("x"), &b"abc"[..]));
            assert_eq!((request.header("x"), request.has("x")), (None, true), "said twice");
        }
        assert_eq!(read(&mut Slow(text.as_bytes(), 1)), Err(Some(TIMEOUT)), "too many pieces");
    }

    #[test]
    fn silence_is_no_request_and_half_of_one_is_bad() {
        assert_eq!(of(""), Err(None));
        assert_eq!(of("GET / HTTP/1.1\r\nHost"), Err(Some(BAD)));
        assert_eq!(of("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab"), Err(Some(BAD)));
    }

    #[test]
    fn limits() {
        let long = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(HEAD_BYTES_MAX));
        assert_eq!(of(&long), Err(Some(HEAD)));
        let endless = "a".repeat(3 * HEAD_BYTES_MAX);
        assert_eq!(of(&endless), Err(Some(HEAD)));
        let body = |length: usize| {
            let text = format!("POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n");
            of(&(text + &"a".repeat(length))).map(|request| request.body.len())
        };
        assert_eq!(body(BODY_BYTES_MAX), Ok(BODY_BYTES_MAX));
        assert_eq!(body(BODY_BYTES_MAX + 1), Err(Some(LARGE)));
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for head in [
            "GET /",
            "GET / HTTP/2",
            "GET  / HTTP/1.1",
            "GET / HTTP/1.1 x",
            "GET / HTTP/1.1\r\nno colon",
            "GET / HTTP/1.1\r\nHost : x",
            "GET / HTTP/1.1\r\n folded: x",
            "GET / HTTP/1.1\r\nA: b\nC: d",
            "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1",
            "POST / HTTP/1.1\r\nContent-Length: +1",
            "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked",
        ] {
            assert_eq!(of(&format!("{head}\r\n\r\n")), Err(Some(BAD)), "{head}");
        }
        assert_eq!(of("GET / HTTP/1.1\r\n\r\nmore"), Err(Some(BAD)));
    }
}
