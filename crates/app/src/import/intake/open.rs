//! Opening a file as often as it is gone through: into its container, with every byte told to the watch.

use super::{Offered, Refused, Rejected, Source, Step, Taken, Watch};
use faregate_ingest::container::{self, Contents, Limits};
use faregate_ingest::sheet::Cells;
use std::cell::{Cell, RefCell};
use std::io::{Read, Seek, SeekFrom};

/// Bytes read at a time.
const CHUNK: usize = 256 << 10;

/// The caller's watch, which readers and batches tell in turn.
pub(super) struct Watching<'w> {
    watch: RefCell<&'w mut dyn Watch>,
    step: Cell<Step>,
    stopped: Cell<bool>,
}

impl<'w> Watching<'w> {
    pub(super) fn new(watch: &'w mut dyn Watch) -> Self {
        let (step, stopped) = (Cell::new(Step::Looking), Cell::new(false));
        Self { watch: RefCell::new(watch), step, stopped }
    }

    /// Says what is done now.
    ///
    /// Returns whether to go on.
    pub(super) fn step(&self, step: Step) -> bool {
        self.step.set(step);
        self.read(0)
    }

    fn read(&self, bytes: u64) -> bool {
        let on = self.watch.borrow_mut().read(self.step.get(), bytes);
        self.stopped.set(self.stopped.get() || !on);
        !self.stopped.get()
    }

    /// The last step before the books: whoever wants to stop has to say so now.
    ///
    /// # Errors
    /// [`Refused::Stopped`].
    pub(super) fn rate(&self) -> Result<(), Refused> {
        if self.step(Step::Rating) { Ok(()) } else { Err(Refused::Stopped) }
    }

    pub(super) fn rejected(&self, file: &str, rejected: &Rejected) {
        self.watch.borrow_mut().rejected(file, rejected);
    }

    pub(super) fn passed_over(&self, what: &str, why: &str) {
        self.watch.borrow_mut().passed_over(what, why);
    }

    pub(super) fn taken(&self, taken: Taken) {
        self.watch.borrow_mut().taken(taken);
    }

    /// What went wrong, unless the operator stopped it: readers below put a word of their own on that.
    pub(super) fn or_stopped(&self, refused: Refused) -> Refused {
        if self.stopped.get() { Refused::Stopped } else { refused }
    }
}

/// Where in a file a part of it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// All of it, packed with gzip or not.
    All,
    /// A member of a zip.
    Member(String),
    /// A sheet of a workbook; the first that is not hidden without a name.
    Sheet(Option<String>),
}

impl Place {
    /// What the part is called.
    pub(super) fn of(&self, file: &str) -> String {
        match self {
            Self::Member(name) | Self::Sheet(Some(name)) => format!("{file}: {name}"),
            Self::All | Self::Sheet(None) => file.to_owned(),
        }
    }
}

/// A source whose bytes are told of.
struct Counted<'s, 'w> {
    source: &'s mut dyn Source,
    watching: &'s Watching<'w>,
}

impl Read for Counted<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.read(buffer)?;
        if !self.watching.read(count as u64) {
            return Err(std::io::Error::other("stopped"));
        }
        Ok(count)
    }
}

impl Seek for Counted<'_, '_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.source.seek(to)
    }
}

fn contents<'s, 'w>(
    offered: &'s mut Offered<'_>,
    watching: &'s Watching<'w>,
) -> Result<Contents<Counted<'s, 'w>>, Refused> {
    let source = Counted { source: &mut *offered.source, watching };
    Ok(container::open(&offered.name, source, &Limits::default())?)
}

/// The parts of a file, and the sheets that are not among them.
pub(super) fn places(
    offered: &mut Offered<'_>,
    sheet: Option<&str>,
    watching: &Watching<'_>,
) -> Result<(Vec<Place>, Vec<String>), Refused> {
    let name = offered.name.clone();
    Ok(match contents(offered, watching)? {
        Contents::Plain(_) | Contents::Gzip(_) => (vec![Place::All], Vec::new()),
        Contents::Zip(archive) if archive.names().len() == 0 => {
            return Err(Refused::file(
                &name,
                "file-empty",
                "there is no file in it; pack it again",
            ));
        }
        Contents::Zip(archive) => {
            (archive.names().map(|name| Place::Member(name.to_owned())).collect(), Vec::new())
        }
        Contents::Workbook(book) => {
            let sheets: Vec<String> = book.sheets().map(str::to_owned).collect();
            let others = match sheet {
                Some(sheet) => sheets.into_iter().filter(|one| one != sheet).collect(),
                // Which one is not hidden is the workbook's affair; usually it is the first.
                None => sheets.into_iter().skip(1).collect(),
            };
            (vec![Place::Sheet(sheet.map(str::to_owned))], others)
        }
    })
}

/// Lets `visit` read the bytes of a part.
pub(super) fn bytes<T>(
    offered: &mut Offered<'_>,
    place: &Place,
    watching: &Watching<'_>,
    visit: impl FnOnce(&mut dyn Read) -> Result<T, Refused>,
) -> Result<T, Refused> {
    let name = place.of(&offered.name);
    match (contents(offered, watching)?, place) {
        (Contents::Plain(mut bytes), Place::All) => visit(&mut bytes),
        (Contents::Gzip(mut bytes), Place::All) => visit(&mut bytes),
        (Contents::Zip(archive), Place::Member(member)) => visit(&mut archive.member(member)?),
        _ => Err(Refused::file(
            &name,
            "file-changed",
            "it is another file than a moment ago; try again",
        )),
    }
}

/// A piece of a table.
pub(super) enum Piece<'a> {
    /// Bytes of its text.
    Bytes(&'a [u8]),
    /// A row of a sheet, at its line.
    Cells(u64, &'a Cells),
}

/// Hands a table out piece by piece, until `visit` wants no more.
pub(super) fn pieces(
    offered: &mut Offered<'_>,
    place: &Place,
    watching: &Watching<'_>,
    visit: &mut dyn FnMut(Piece<'_>) -> bool,
) -> Result<(), Refused> {
    let name = place.of(&offered.name);
    let Place::Sheet(sheet) = place else {
        return bytes(offered, place, watching, |bytes| {
            let mut chunk = vec![0; CHUNK];
            chunks(bytes, &mut chunk, |bytes| visit(Piece::Bytes(bytes)))
                .map_err(|error| Refused::io(&name, &error))
        });
    };
    let Contents::Workbook(book) = contents(offered, watching)? else {
        return Err(Refused::file(
            &name,
            "file-changed",
            "it is another file than a moment ago; try again",
        ));
    };
    let mut rows = book.rows(sheet.as_deref())?;
    let (mut row, mut cells) = (container::Row::default(), Cells::default());
    while rows.next_row(&mut row)? {
        cells.fill(&row);
        if !visit(Piece::Cells(u64::from(row.line), &cells)) {
            break;
        }
    }
    Ok(())
}

/// Reads in chunks until the end, or until `visit` wants no more.
pub(super) fn chunks(
    bytes: &mut dyn Read,
    chunk: &mut [u8],
    mut visit: impl FnMut(&[u8]) -> bool,
) -> std::io::Result<()> {
    loop {
        match bytes.read(chunk) {
            Ok(0) => return Ok(()),
            Ok(count) if !visit(chunk.get(..count).unwrap_or_default()) => return Ok(()),
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
