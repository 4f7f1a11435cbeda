//! HTTP/1.1 answers, read as far as counting needs: status, length, body.

use anyhow::{Context, Result};
use memchr::memmem;

/// One answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl Answer<'_> {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// The answers of one connection, one at a time.
#[derive(Default)]
pub(crate) struct Answers {
    bytes: Vec<u8>,
    /// Status, and where the body begins and ends, once the head is complete.
    head: Option<(u16, usize, usize)>,
}

impl Answers {
    /// Takes more bytes; returns the answer once it is complete.
    pub(crate) fn add(&mut self, bytes: &[u8]) -> Result<Option<Answer<'_>>> {
        self.bytes.extend_from_slice(bytes);
        if self.head.is_none() {
            self.head = head(&self.bytes)?;
        }
        let Some((status, start, end)) = self.head else { return Ok(None) };
        Ok(self.bytes.get(start..end).map(|body| Answer { status, body }))
    }

    /// Forgets the answer; the next one begins.
    pub(crate) fn next(&mut self) {
        self.bytes.clear();
        self.head = None;
    }
}

fn head(bytes: &[u8]) -> Result<Option<(u16, usize, usize)>> {
    let Some(length) = memmem::find(bytes, b"\r\n\r\n") else { return Ok(None) };
    let head = core::str::from_utf8(bytes.get(..length).unwrap_or(&[]))?;
    let status = head.get(9..12).and_then(|code| code.parse().ok()).context("no status")?;
    let field = |line: &str| {
        let (name, value) = line.split_once(':')?;
        let named = name.eq_ignore_ascii_case("content-length");
        named.then(|| value.trim().parse::<usize>().ok())?
    };
    let content = head.lines().find_map(field).unwrap_or(0);
    Ok(Some((status, length + 4, length + 4 + content)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_in_pieces_is_put_together() {
        let mut answers = Answers::default();
        assert!(answers.add(b"HTTP/1.1 201 Created\r\nContent-").unwrap().is_none());
        assert!(answers.add(b"Length: 4\r\n\r\nab").unwrap().is_none());
        let answer = answers.add(b"cd").unwrap().unwrap();
        assert_eq!((answer.status, answer.body), (201, &b"abcd"[..]));
        answers.next();
        let empty = answers.add(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap().unwrap();
        assert!(empty.is_success() && empty.body.is_empty());
    }
}
