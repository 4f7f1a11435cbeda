//! Fetching what is ready: files, pages of rows, and what is simply read.

use super::{Engine, GONE};
use crate::digest::Digest;
use crate::disk;
use crate::pull::PullError;
use crate::pull::desk::{Look, Page, Phase};
use crate::pull::download::{Came, Download, Mark};
use crate::pull::errands::Stage;
use crate::secret::Secret;
use faregate_core::when::Zone;
use serde_json::Value;
use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

/// How often an address, or a page, may turn out to be no good in a row.
const BAD_MAX: usize = 3;

impl Engine<'_> {
    /// Reads something that needs no order.
    pub(super) fn read(&mut self, at: usize) -> Result<(), PullError> {
        let now = self.wire.world.instant();
        let source = &self.source.name;
        let errand = self.progress.errands.get_mut(at);
        if let Some(errand) = errand {
            let name = errand.name(source, now);
            errand.fetch(name, String::new(), now.0);
        }
        self.keep()?;
        self.carry_on(at)
    }

    /// Goes on with what was begun to be fetched.
    pub(super) fn carry_on(&mut self, at: usize) -> Result<(), PullError> {
        let errand = self.errand(at)?.clone();
        match (&errand.path, &errand.stage) {
            (_, Stage::Dismissing { ticket }) => {
                self.desk.dismiss(&mut self.wire, ticket)?;
                self.set(at, Stage::Landed)
            }
            (Some(path), Stage::Fetching { name, .. }) => self.document(at, path, name),
            (None, Stage::Fetching { .. }) if self.desk.is_paged() => self.pages(at),
            _ => self.pieces(at),
        }
    }

    fn document(&mut self, at: usize, path: &str, name: &str) -> Result<(), PullError> {
        let file = format!("{name}.json");
        if !self.place.is_here(&file) {
            let json = match self.wire.get(path) {
                Err(PullError::Refused { words, .. }) => {
                    return self.set(at, Stage::GivenUp { words });
                }
                answer => answer?,
            };
            let part = self.place.part(&file);
            disk::replace_json(&part, &json).map_err(|why| PullError::disk(&part, why))?;
        }
        self.land(at, &file)?;
        self.done(at)
    }

    /// The files of an export, one after the other.
    fn pieces(&mut self, at: usize) -> Result<(), PullError> {
        let mut links = self.links.remove(&at);
        let mut bad = 0;
        loop {
            let Stage::Fetching { name, ticket, piece, pieces, .. } =
                self.errand(at)?.stage.clone()
            else {
                return Ok(());
            };
            if pieces.is_some_and(|pieces| piece >= pieces) {
                return self.done(at);
            }
            let file = self.file(&name, piece);
            if pieces.is_some() && self.place.is_here(&file) {
                self.land(at, &file)?;
                continue;
            }
            let Some(known) = self.links(at, &ticket, links.take())? else { return Ok(()) };
            let Some(link) = known.get(piece) else {
                let words = "it is ready, and has no file";
                self.errand(at)?.fail(words);
                return self.keep();
            };
            match self.download(at, &file, link) {
                // It will be no smaller next time, and the others are not to wait for it.
                Err(error @ PullError::TooLarge { .. }) => {
                    return self.set(at, Stage::GivenUp { words: error.to_string() });
                }
                Err(error) => return Err(error),
                Ok(Came::Whole) => {
                    self.land(at, &file)?;
                    links = Some(known);
                    bad = 0;
                }
                Ok(Came::LinkEnded) if bad >= BAD_MAX => {
                    self.errand(at)?.fail("it gives addresses that are no good");
                    return self.keep();
                }
                Ok(Came::LinkEnded) => bad += 1,
            }
        }
    }

    fn file(&self, name: &str, piece: usize) -> String {
        let end = self.desk.extension();
        match piece {
            0 => format!("{name}.{end}"),
            _ => format!("{name}-part{}.{end}", piece + 1),
        }
    }

    /// Good addresses of an export's files; `None` when it is no longer ready.
    fn links(
        &mut self,
        at: usize,
        ticket: &str,
        known: Option<Vec<Secret>>,
    ) -> Result<Option<Vec<Secret>>, PullError> {
        let links = match known {
            Some(links) => links,
            None => {
                let look = self.desk.refresh(&mut self.wire, ticket)?;
                if look.phase != Phase::Ready {
                    self.not_ready(at, look)?;
                    return Ok(None);
                }
                look.links
            }
        };
        if let Stage::Fetching { pieces, .. } = &mut self.errand(at)?.stage {
            // An export without a file is told of where the file is looked for.
            *pieces = Some(links.len().max(1));
        }
        self.keep()?;
        Ok(Some(links))
    }

    /// What was ready is so no more.
    fn not_ready(&mut self, at: usize, look: Look) -> Result<(), PullError> {
        let errand = self.errand(at)?;
        match (look.phase, errand.stage.clone()) {
            (Phase::Waiting, Stage::Fetching { name, ticket, since, .. }) => {
                errand.stage = Stage::Asked { name, ticket, since };
            }
            (Phase::Failed(words), _) => errand.fail(&words),
            _ => errand.fail(GONE),
        }
        self.keep()
    }

    fn download(&mut self, at: usize, file: &str, link: &Secret) -> Result<Came, PullError> {
        let (place, part) = (self.place, self.place.part(file));
        let mut progress = self.progress.clone();
        let mut record = |mark: &Mark| {
            if let Some(Stage::Fetching { bytes, version, .. }) =
                progress.errands.get_mut(at).map(|errand| &mut errand.stage)
            {
                (*bytes, *version) = (mark.bytes, mark.version.clone());
            }
            place.keep_progress(&progress)
        };
        let Stage::Fetching { bytes, version, .. } = self.errand(at)?.stage.clone() else {
            return Ok(Came::LinkEnded);
        };
        let mut download = Download {
            path: &part,
            mark: Mark { bytes, version },
            bytes_max: self.access.bytes_max,
            record: &mut record,
        };
        let came = download.run(&mut self.wire, link);
        self.progress = progress;
        came
    }

    /// The file is whole: it gets its name, and the errand goes on to its next one.
    fn land(&mut self, at: usize, file: &str) -> Result<(), PullError> {
        let errand = self.errand(at)?.clone();
        let label = self.label(&errand);
        let landed = self.place.land(file, label)?;
        self.files.push(landed);
        if let Stage::Fetching { piece, bytes, version, .. } = &mut self.errand(at)?.stage {
            (*piece, *bytes, *version) = (*piece + 1, 0, None);
        }
        self.keep()
    }

    fn done(&mut self, at: usize) -> Result<(), PullError> {
        let errand = self.errand(at)?.clone();
        self.taken.note(&errand, Zone::utc().date(self.wire.world.instant()));
        self.place.keep_taken(&self.taken)?;
        self.set(
            at,
            match errand.stage {
                Stage::Fetching { ticket, .. }
                    if self.desk.dismisses() && errand.path.is_none() =>
                {
                    Stage::Dismissing { ticket }
                }
                _ => Stage::Landed,
            },
        )
    }

    /// The rows of a query, page by page, as CSV.
    fn pages(&mut self, at: usize) -> Result<(), PullError> {
        let mut bad = 0;
        loop {
            let Stage::Fetching { name, ticket, piece, bytes, rows, version, .. } =
                self.errand(at)?.stage.clone()
            else {
                return Ok(());
            };
            let file = self.file(&name, 0);
            if piece > 0 {
                return self.done(at);
            }
            if self.place.is_here(&file) || is_whole(rows, version.as_deref()) {
                self.land(at, &file)?;
                continue;
            }
            if self.wire.is_over() {
                return Ok(());
            }
            let page = self.desk.page(&mut self.wire, &ticket, rows)?;
            if page.phase != Phase::Ready {
                return self.not_ready(at, Look { phase: page.phase, links: Vec::new() });
            }
            match judge(&page, rows, version.as_deref()) {
                Verdict::Next(version) => {
                    bad = 0;
                    let part = self.place.part(&file);
                    let bytes = append(&part, bytes, rows == 0 && bytes == 0, &page)
                        .map_err(|why| PullError::disk(&part, why))?;
                    self.turn(at, bytes, rows + page.rows.len() as u64, version)?;
                }
                Verdict::Changed => {
                    self.errand(at)?.fail("its result changed while it was read");
                    return self.keep();
                }
                Verdict::Bad(words) if bad >= BAD_MAX => {
                    self.errand(at)?.fail(words);
                    return self.keep();
                }
                Verdict::Bad(_) => bad += 1,
            }
        }
    }

    /// A page is safe: the next one follows.
    fn turn(&mut self, at: usize, safe: u64, read: u64, seen: String) -> Result<(), PullError> {
        if let Stage::Fetching { bytes, rows, version, .. } = &mut self.errand(at)?.stage {
            (*bytes, *rows, *version) = (safe, read, Some(seen));
        }
        self.keep()
    }
}

/// What to make of a page.
enum Verdict {
    /// It is the next one; what to know the one after it by.
    Next(String),
    /// It is of another result than the page before.
    Changed,
    /// It is not what was asked for.
    Bad(&'static str),
}

/// What a page is known by: the digest of its columns, how many rows there are in all, and the digest
/// of its rows.
fn judge(page: &Page, rows: u64, before: Option<&str>) -> Verdict {
    if page.offset != rows {
        return Verdict::Bad("the pages of a result repeat each other");
    }
    if page.rows.is_empty() && rows < page.total {
        return Verdict::Bad("a page without rows before the last");
    }
    let columns = Digest::of(page.columns.iter().map(String::as_str));
    let cells = serde_json::to_string(&page.rows).unwrap_or_default();
    let seen = format!("{} {} {}", columns.short(), page.total, Digest::of([&*cells]).short());
    let Some(before) = before else { return Verdict::Next(seen) };
    match (before.rsplit_once(' '), seen.rsplit_once(' ')) {
        (Some((was, _)), Some((is, _))) if was != is => Verdict::Changed,
        (Some((_, was)), Some((_, is))) if was == is => {
            Verdict::Bad("the pages of a result repeat each other")
        }
        _ => Verdict::Next(seen),
    }
}

/// Whether all rows are here, by what the last page was known by.
fn is_whole(rows: u64, version: Option<&str>) -> bool {
    let total =
        version.and_then(|seen| seen.split(' ').nth(1)).and_then(|total| total.parse().ok());
    total.is_some_and(|total: u64| rows >= total)
}

/// Writes a page behind what is safe, and how much is safe then.
fn append(part: &Path, safe: u64, is_first: bool, page: &Page) -> std::io::Result<u64> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    if is_first {
        writer.write_record(&page.columns)?;
    }
    for row in &page.rows {
        writer.write_record(row.iter().map(cell))?;
    }
    let text = writer.into_inner().map_err(|why| why.into_error())?;
    let mut file = disk::private(&mut OpenOptions::new()).truncate(false).open(part)?;
    file.set_len(safe)?;
    file.seek(SeekFrom::End(0))?;
    file.write_all(&text)?;
    file.sync_all()?;
    Ok(safe + text.len() as u64)
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
