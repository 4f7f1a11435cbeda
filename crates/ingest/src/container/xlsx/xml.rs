//! The XML of one part, event by event, within caps: depth, and bytes of one event.
//!
//! Declarations of document types are refused, and with them all entities but the five and numbers.

use super::super::{Archive, Fault, Member, Problem};
use quick_xml::Reader;
use quick_xml::errors::Error;
use quick_xml::events::{BytesEnd, BytesStart, Event};
use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read, Seek};

/// A tag may be so much longer than a cell.
const TAG_BYTES_MAX: usize = 16 << 10;

/// One part of a workbook.
pub(super) struct Xml<'a, R: Read + Seek> {
    reader: Reader<Budget<BufReader<Member<'a, R>>>>,
    buffer: Vec<u8>,
    depth: usize,
    depth_max: usize,
    event_bytes_max: usize,
}

/// What comes next.
pub(super) enum Node<'x> {
    /// An element begins; its tag has name and attributes.
    Open(Tag<'x>),
    /// An element ends.
    Close(End<'x>),
    /// Text.
    Text(Cow<'x, str>),
    /// One character that was written as an entity.
    Letter(char),
    /// Nothing of interest.
    Other,
    /// The part ends.
    End,
}

/// The end of an element.
pub(super) struct End<'x>(BytesEnd<'x>);

impl End<'_> {
    pub(super) fn is(&self, name: &[u8]) -> bool {
        self.0.local_name().into_inner() == name
    }
}

/// The beginning of an element. Names are without their prefix.
pub(super) struct Tag<'x>(BytesStart<'x>);

impl Tag<'_> {
    pub(super) fn name(&self) -> &[u8] {
        self.0.local_name().into_inner()
    }

    pub(super) fn is(&self, name: &[u8]) -> bool {
        self.name() == name
    }

    /// The value of an attribute, entities resolved.
    pub(super) fn text(&self, name: &[u8]) -> Option<String> {
        let raw = self.raw(name)?;
        let text = core::str::from_utf8(&raw).ok()?;
        quick_xml::escape::unescape(text).ok().map(Cow::into_owned)
    }

    /// The value of an attribute as it is written.
    pub(super) fn raw(&self, name: &[u8]) -> Option<Cow<'_, [u8]>> {
        let mut attributes = self.0.attributes();
        let attributes = attributes.with_checks(false).flatten();
        let mut named = attributes.filter(|one| one.key.local_name().into_inner() == name);
        named.next().map(|attribute| attribute.value)
    }

    /// A number.
    pub(super) fn number<T: core::str::FromStr>(&self, name: &[u8]) -> Option<T> {
        core::str::from_utf8(&self.raw(name)?).ok()?.parse().ok()
    }

    /// `1` or `true`.
    pub(super) fn flag(&self, name: &[u8]) -> bool {
        self.raw(name).is_some_and(|raw| matches!(&*raw, b"1" | b"true"))
    }
}

impl<'a, R: Read + Seek> Xml<'a, R> {
    pub(super) fn open(archive: &'a Archive<R>, part: &str) -> Result<Self, Fault> {
        let limits = archive.limits();
        let event_bytes_max = limits.cell_bytes_max.saturating_add(TAG_BYTES_MAX);
        let source = BufReader::new(archive.member(part)?);
        let mut reader = Reader::from_reader(Budget { inner: source, left: event_bytes_max });
        reader.config_mut().expand_empty_elements = true;
        let depth_max = limits.depth_max;
        Ok(Self { reader, buffer: Vec::new(), depth: 0, depth_max, event_bytes_max })
    }

    /// A fault of this part.
    pub(super) fn fault(&self, problem: Problem) -> Fault {
        self.reader.get_ref().inner.get_ref().fault(problem)
    }

    pub(super) fn damaged(&self, how: impl Into<String>) -> Fault {
        self.fault(Problem::Damaged(how.into()))
    }

    pub(super) fn too_many(&self, most: usize, what: &'static str) -> Fault {
        self.fault(Problem::TooMany(u64::try_from(most).unwrap_or(u64::MAX), what))
    }

    pub(super) fn next(&mut self) -> Result<Node<'_>, Fault> {
        self.buffer.clear();
        self.reader.get_mut().left = self.event_bytes_max;
        let member = |reader: &Reader<Budget<BufReader<Member<'a, R>>>>, problem| {
            reader.get_ref().inner.get_ref().fault(problem)
        };
        let event = match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => event,
            Err(Error::Io(error)) => {
                let fault = Fault::of(&error).cloned();
                return Err(fault.unwrap_or_else(|| {
                    let most = u64::try_from(self.event_bytes_max).unwrap_or(u64::MAX);
                    member(&self.reader, Problem::TooMany(most, "bytes in a cell"))
                }));
            }
            Err(error) => return Err(member(&self.reader, Problem::Damaged(error.to_string()))),
        };
        let bad = |how: &str| member(&self.reader, Problem::Damaged(how.to_owned()));
        Ok(match event {
            Event::Start(tag) => {
                self.depth = self.depth.saturating_add(1);
                if self.depth > self.depth_max {
                    let most = u64::try_from(self.depth_max).unwrap_or(u64::MAX);
                    let problem = Problem::TooMany(most, "elements within each other");
                    return Err(member(&self.reader, problem));
                }
                Node::Open(Tag(tag))
            }
            Event::End(tag) => {
                self.depth = self.depth.saturating_sub(1);
                Node::Close(End(tag))
            }
            Event::Text(text) => Node::Text(text.decode().map_err(|_| bad(NOT_UTF8))?),
            Event::CData(text) => Node::Text(text.decode().map_err(|_| bad(NOT_UTF8))?),
            Event::GeneralRef(entity) => match entity.resolve_char_ref() {
                Ok(Some(letter)) => Node::Letter(letter),
                _ => Node::Letter(named(&entity).ok_or_else(|| bad("an unknown entity"))?),
            },
            Event::DocType(_) => return Err(bad("it declares a document type")),
            Event::Eof => Node::End,
            _ => Node::Other,
        })
    }

    /// Reads on to the end, so that length and checksum are verified.
    pub(super) fn drain(&mut self) -> Result<(), Fault> {
        let source = &mut self.reader.get_mut().inner;
        match std::io::copy(source, &mut std::io::sink()) {
            Ok(_) => Ok(()),
            Err(error) => Err(Fault::of(&error)
                .cloned()
                .unwrap_or_else(|| source.get_ref().fault(Problem::Io(error.to_string())))),
        }
    }
}

const NOT_UTF8: &str = "its text is not UTF-8";

fn named(entity: &[u8]) -> Option<char> {
    Some(match entity {
        b"lt" => '<',
        b"gt" => '>',
        b"amp" => '&',
        b"apos" => '\'',
        b"quot" => '"',
        _ => return None,
    })
}

/// A source that gives out so many bytes and then fails: quick-xml keeps a whole event in memory.
struct Budget<S> {
    inner: S,
    left: usize,
}

impl<S: BufRead> Read for Budget<S> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(buffer.len());
        if let Some((to, from)) = buffer.get_mut(..count).zip(available.get(..count)) {
            to.copy_from_slice(from);
        }
        self.consume(count);
        Ok(count)
    }
}

impl<S: BufRead> BufRead for Budget<S> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        let available = self.inner.fill_buf()?;
        if self.left == 0 && !available.is_empty() {
            return Err(std::io::Error::other("more than one event may have"));
        }
        Ok(available.get(..self.left).unwrap_or(available))
    }

    fn consume(&mut self, count: usize) {
        self.left = self.left.saturating_sub(count);
        self.inner.consume(count);
    }
}
