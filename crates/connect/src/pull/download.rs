//! Downloads that go on where they were cut off, and are whole when they end.
//!
//! The address is a secret: whoever has it can download. It gets no token of ours, and no message
//! repeats it.

use super::wire::Wire;
use super::{PullError, World};
use crate::courier::{Call, Courier, Opened, clean, header};
use crate::directory::DirectoryError;
use crate::pace::retry_after;
use crate::secret::Secret;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use ureq::http::HeaderMap;

/// So many bytes are lost at most when a download is killed.
const STRIDE: u64 = 8 << 20;

/// How far a download has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    /// Bytes that are safely on the disk.
    pub(super) bytes: u64,
    /// Which version of the file they are of, as the server tells them apart.
    pub(super) version: Option<String>,
}

/// How a download ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// The file is whole.
    Whole,
    /// The address is no longer good.
    LinkEnded,
}

/// A file that grows.
pub(super) struct Download<'a> {
    pub(super) path: &'a Path,
    pub(super) mark: Mark,
    pub(super) bytes_max: u64,
    /// Writes a mark down; when it returns, the mark is on the disk.
    pub(super) record: &'a mut dyn FnMut(&Mark) -> Result<(), PullError>,
}

impl Download<'_> {
    /// Fetches what is missing, again and again while something comes.
    pub(super) fn run(&mut self, wire: &mut Wire, link: &Secret) -> Result<Came, PullError> {
        let (origin, rest) = split(link.expose())
            .ok_or_else(|| PullError::not_understood("an address to download from that is none"))?;
        let courier = wire.to_download(origin)?;
        let secret = Secret::new(rest);
        let retry = wire.world.timing().retry;
        let (mut tries, mut farthest) = (0, self.mark.bytes);
        loop {
            tries += 1;
            let words = match self.attempt(&courier, rest, &secret, &*wire.world)? {
                Attempt::Ended(came) => return Ok(came),
                Attempt::Cut(words) => words,
            };
            if self.mark.bytes > farthest {
                (farthest, tries) = (self.mark.bytes, 1);
            }
            if tries >= retry.tries_max {
                return Err(PullError::Away { words: format!("the download broke off: {words}") });
            }
            let wait = retry.delay(tries, &mut wire.chance);
            wire.world.wait(wait);
        }
    }

    fn attempt(
        &mut self,
        courier: &Courier,
        path: &str,
        secret: &Secret,
        world: &dyn World,
    ) -> Result<Attempt, PullError> {
        let mut headers = Vec::new();
        // Without a version nobody could tell whether the rest is of the same file.
        if let Some(version) = self.mark.version.clone().filter(|_| self.mark.bytes > 0) {
            headers.push(("range", format!("bytes={}-", self.mark.bytes)));
            headers.push(("if-range", version));
        }
        let secrets = vec![secret];
        let call = Call { path, accept: "*/*", headers, secrets, ..Call::default() };
        let opened = match courier.open(&call).map_err(without_query) {
            Ok(opened) => opened,
            Err(PullError::Away { words }) => return Ok(Attempt::Cut(secret.scrub(&words))),
            Err(error) => return Err(error),
        };
        match opened.status {
            200 | 206 => self.take_in(opened, secret),
            401 | 403 | 404 | 410 => Ok(Attempt::Ended(Came::LinkEnded)),
            416 => self.out_of_range(&opened.headers),
            429 | 500.. => {
                let asked = header(&opened.headers, "retry-after");
                let date = header(&opened.headers, "date");
                let asked = asked.and_then(|asked| retry_after(asked, date));
                let longest = world.timing().retry.longest;
                asked
                    .filter(|asked| *asked <= longest)
                    .into_iter()
                    .for_each(|wait| world.wait(wait));
                Ok(Attempt::Cut(format!("the server answered {}", opened.status)))
            }
            status => Err(PullError::Refused { status, words: "at a download".to_owned() }),
        }
    }

    /// There is nothing after what we have: it is all, or something else than we thought.
    fn out_of_range(&mut self, headers: &HeaderMap) -> Result<Attempt, PullError> {
        let all = header(headers, "content-range").and_then(|range| range.strip_prefix("bytes */"));
        if self.is_same(headers) && all.and_then(|all| all.parse().ok()) == Some(self.mark.bytes) {
            return Ok(Attempt::Ended(Came::Whole));
        }
        self.begin_anew(None)?;
        Ok(Attempt::Cut("the file is another than before".to_owned()))
    }

    /// Whether it is the file that we have a part of, as far as the server says.
    fn is_same(&self, headers: &HeaderMap) -> bool {
        version(headers).is_none_or(|now| self.mark.version == Some(now))
    }

    fn begin_anew(&mut self, version: Option<String>) -> Result<(), PullError> {
        self.mark = Mark { bytes: 0, version };
        (self.record)(&self.mark)
    }

    fn take_in(&mut self, opened: Opened, secret: &Secret) -> Result<Attempt, PullError> {
        let Opened { status, headers, body } = opened;
        let kind = header(&headers, "content-type").unwrap_or_default().to_ascii_lowercase();
        if kind.starts_with("text/html") {
            return Err(PullError::not_understood("a web page instead of a file"));
        }
        let total = match status {
            206 => match range(&headers) {
                Some((start, total)) if self.is_same(&headers) && start == self.mark.bytes => {
                    total.or_else(|| Some(start + length(&headers)?))
                }
                _ => {
                    self.begin_anew(None)?;
                    let words = "it sent another part than was asked for";
                    return Ok(Attempt::Cut(words.to_owned()));
                }
            },
            _ => {
                self.begin_anew(version(&headers))?;
                length(&headers)
            }
        };
        let is_framed = header(&headers, "transfer-encoding").is_some_and(|how| how == "chunked");
        if total.is_none() && !is_framed {
            return Ok(Attempt::Cut("it does not say how long the file is".to_owned()));
        }
        if total.is_some_and(|total| total > self.bytes_max) {
            return Err(self.too_large());
        }
        let cut = self.write(body.into_reader(), secret)?;
        match (cut, total) {
            (Some(words), _) => Ok(Attempt::Cut(words)),
            (None, Some(total)) if total != self.mark.bytes => {
                Ok(Attempt::Cut(format!("{} of {total} bytes", self.mark.bytes)))
            }
            _ => Ok(Attempt::Ended(Came::Whole)),
        }
    }

    /// Writes what comes behind what is there; why it stopped, unless the body ended.
    fn write(&mut self, body: impl Read, secret: &Secret) -> Result<Option<String>, PullError> {
        let at = |why| PullError::disk(self.path, why);
        let mut file = self.open().map_err(at)?;
        // One byte more than allowed tells what is too large from what just fits.
        let mut body = body.take(self.bytes_max.saturating_sub(self.mark.bytes).saturating_add(1));
        let mut buffer = vec![0; 1 << 16];
        let mut written = self.mark.bytes;
        let cut = loop {
            match body.read(&mut buffer) {
                Ok(0) => break None,
                Ok(read) => {
                    file.write_all(buffer.get(..read).unwrap_or_default()).map_err(at)?;
                    written += read as u64;
                }
                Err(why) => break Some(clean(&secret.scrub(&why.to_string()))),
            }
            if written > self.bytes_max {
                return Err(self.too_large());
            }
            if written - self.mark.bytes >= STRIDE {
                file.sync_data().map_err(at)?;
                self.mark.bytes = written;
                (self.record)(&self.mark)?;
            }
        };
        file.sync_all().map_err(at)?;
        self.mark.bytes = written;
        (self.record)(&self.mark)?;
        Ok(cut)
    }

    /// The file, cut back to what is known to be safe.
    fn open(&self) -> std::io::Result<File> {
        let mut file =
            crate::disk::private(&mut OpenOptions::new()).truncate(false).open(self.path)?;
        file.set_len(self.mark.bytes)?;
        file.seek(SeekFrom::End(0))?;
        Ok(file)
    }

    fn too_large(&self) -> PullError {
        let what = self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        PullError::TooLarge { what, max: self.bytes_max }
    }
}

enum Attempt {
    Ended(Came),
    Cut(String),
}

/// Where a redirection leads is shown without what may open a door there.
fn without_query(error: DirectoryError) -> PullError {
    match error {
        DirectoryError::Redirected { to } => {
            let to = to.split('?').next().unwrap_or_default().to_owned();
            DirectoryError::Redirected { to }.into()
        }
        other => other.into(),
    }
}

/// What a server tells versions of a file by, when it can be relied on.
fn version(headers: &HeaderMap) -> Option<String> {
    let tag = header(headers, "etag").filter(|tag| tag.starts_with('"'));
    tag.or_else(|| header(headers, "last-modified")).map(str::to_owned)
}

fn length(headers: &HeaderMap) -> Option<u64> {
    header(headers, "content-length")?.parse().ok()
}

/// Where a part begins, and the length of the whole: `bytes 7-9/10`.
fn range(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let range = header(headers, "content-range")?.strip_prefix("bytes ")?;
    let (part, total) = range.split_once('/')?;
    Some((part.split_once('-')?.0.parse().ok()?, total.parse().ok()))
}

/// The origin of an address, and the rest.
fn split(link: &str) -> Option<(&str, &str)> {
    let host = link.find("://")? + 3;
    let path = link.get(host..)?.find('/')? + host;
    Some((link.get(..path)?, link.get(path..)?))
}
