//! The parts of a workbook beside its sheets: what belongs to what, and the texts that sheets share.

use super::super::{Archive, Fault, Problem};
use super::xml::{Node, Xml};
use std::io::{Read, Seek};

/// One part names another.
pub(super) struct Relation {
    id: String,
    pub(super) kind: String,
    pub(super) target: String,
}

/// One sheet.
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) part: String,
    pub(super) hidden: bool,
}

/// Where the relations of a part are written.
pub(super) fn relations_of(part: &str) -> String {
    let (directory, name) = part.rsplit_once('/').unwrap_or(("", part));
    let separator = if directory.is_empty() { "" } else { "/" };
    format!("{directory}{separator}_rels/{name}.rels")
}

/// The part that another one means by a target: from the root, or from where it is itself.
pub(super) fn resolved(from: &str, target: &str) -> String {
    let mut parts: Vec<&str> = match target.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => from.rsplit_once('/').map_or(Vec::new(), |(base, _)| base.split('/').collect()),
    };
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// What a part names.
pub(super) fn relations<R: Read + Seek>(
    archive: &Archive<R>,
    part: &str,
) -> Result<Vec<Relation>, Fault> {
    let mut xml = Xml::open(archive, part)?;
    let most = archive.limits().members_max;
    let mut relations = Vec::new();
    loop {
        match xml.next()? {
            Node::Open(tag) if tag.is(b"Relationship") => {
                let text = |name: &[u8]| tag.text(name).unwrap_or_default();
                let (id, kind, target) = (text(b"Id"), text(b"Type"), text(b"Target"));
                relations.push(Relation { id, kind, target });
                if relations.len() > most {
                    return Err(xml.too_many(most, "parts"));
                }
            }
            Node::End => return Ok(relations),
            _ => {}
        }
    }
}

/// The sheets, and whether days are counted from 1904.
pub(super) fn sheets<R: Read + Seek>(
    archive: &Archive<R>,
    part: &str,
    relations: &[Relation],
) -> Result<(Vec<Sheet>, bool), Fault> {
    let mut xml = Xml::open(archive, part)?;
    let most = archive.limits().members_max;
    let (mut sheets, mut since_1904) = (Vec::new(), false);
    loop {
        match xml.next()? {
            Node::Open(tag) if tag.is(b"workbookPr") => since_1904 = tag.flag(b"date1904"),
            Node::Open(tag) if tag.is(b"sheet") => {
                let id = tag.text(b"id").unwrap_or_default();
                let is_it = |one: &&Relation| one.id == id && one.kind.ends_with("/worksheet");
                let Some(relation) = relations.iter().find(is_it) else { continue };
                let name = tag.text(b"name").unwrap_or_default();
                let hidden = tag.text(b"state").is_some_and(|state| state != "visible");
                sheets.push(Sheet { name, part: resolved(part, &relation.target), hidden });
                if sheets.len() > most {
                    return Err(xml.too_many(most, "sheets"));
                }
            }
            Node::End => return Ok((sheets, since_1904)),
            _ => {}
        }
    }
}

/// The texts that sheets share, end to end.
#[derive(Default)]
pub(super) struct Shared {
    texts: String,
    ends: Vec<usize>,
}

impl Shared {
    pub(super) fn text(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)?;
        let start = match number.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.texts.get(start..end)
    }

    fn bytes(&self) -> usize {
        let ends = self.ends.len().saturating_mul(size_of::<usize>());
        self.texts.len().saturating_add(ends)
    }
}

/// Reads the texts that sheets share: `<si><t>text</t></si>`, or in runs `<si><r><t>te</t></r><r><t>xt</t></r></si>`.
pub(super) fn shared<R: Read + Seek>(archive: &Archive<R>, part: &str) -> Result<Shared, Fault> {
    let mut xml = Xml::open(archive, part)?;
    let limits = archive.limits();
    let mut shared = Shared::default();
    let (mut item, mut inline) = (String::new(), Inline::default());
    loop {
        let node = xml.next()?;
        match &node {
            Node::Close(end) if end.is(b"si") => {
                unescape(&mut item);
                shared.texts.push_str(&item);
                shared.ends.push(shared.texts.len());
                item.clear();
            }
            Node::End => return Ok(shared),
            node => inline.take(node, &mut item),
        }
        if item.len() > limits.cell_bytes_max {
            return Err(xml.too_many(limits.cell_bytes_max, "bytes in a cell"));
        }
        if shared.bytes() > limits.shared_bytes_max {
            let most = u64::try_from(limits.shared_bytes_max).unwrap_or(u64::MAX);
            return Err(xml.fault(Problem::TooMany(most, "bytes of texts")));
        }
    }
}

/// Gathers the text of `<t>`, in runs or not, without the reading aids of `<rPh>`.
#[derive(Default)]
pub(super) struct Inline {
    in_text: bool,
    aside: bool,
}

impl Inline {
    pub(super) fn take(&mut self, node: &Node<'_>, text: &mut String) {
        match node {
            Node::Open(tag) if tag.is(b"t") => self.in_text = !self.aside,
            Node::Open(tag) if tag.is(b"rPh") => self.aside = true,
            Node::Close(end) if end.is(b"t") => self.in_text = false,
            Node::Close(end) if end.is(b"rPh") => self.aside = false,
            Node::Text(part) if self.in_text => text.push_str(part),
            Node::Letter(letter) if self.in_text => text.push(*letter),
            _ => {}
        }
    }
}

/// Control characters that XML cannot write, which a spreadsheet writes as `_x000D_`.
pub(super) fn unescape(text: &mut String) {
    if !text.contains("_x") {
        return;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("_x") {
        plain.push_str(before);
        let code = after.get(..4).filter(|_| after.as_bytes().get(4) == Some(&b'_'));
        // A number may have a sign before it, a code has none.
        let code = code.filter(|code| code.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let letter =
            code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        match letter {
            Some(letter) => {
                plain.push(letter);
                rest = after.get(5..).unwrap_or_default();
            }
            None => {
                plain.push_str("_x");
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    *text = plain;
}
