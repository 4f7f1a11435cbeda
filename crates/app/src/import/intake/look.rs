//! What the files are, and whether they can be read, before anything is written.

use super::open::{Piece, Place, Watching, bytes, pieces, places};
use super::{How, Kind, Offered, Refused};
use faregate_core::when::{Instant, Zone};
use faregate_ingest::flexnet::{self, NotADebugLog};
use faregate_ingest::sheet::HEAD_BYTES;
use faregate_ingest::usage::{self, Plan, Refusal, Said, Survey};
use faregate_ingest::{cloudevents, lmstat};
use std::io::Read;

/// So many rows of a sheet tell what it is.
const HEAD_ROWS: u64 = 50;

/// A part of a file that will be read.
pub(super) struct Part {
    /// Which of the files.
    pub(super) file: usize,
    pub(super) place: Place,
    /// What it is called.
    pub(super) name: String,
    pub(super) found: Found,
}

/// What a part is.
pub(super) enum Found {
    Log,
    /// Outputs of `lmstat`, the first of them of this moment.
    Polls(Instant),
    Events,
    /// Uses, with times or by day.
    Uses(Box<Plan>),
    /// What was charged, by day.
    Charges(Box<Plan>),
}

/// A part that was looked at.
enum Seen {
    Found(Found),
    /// It is known, and says nothing that is booked: why.
    Nothing(String),
}

/// Looks at all files. Parts of a zip that say nothing are passed over, as long as one of them says something.
pub(super) fn look(
    offered: &mut [Offered<'_>],
    how: &How,
    zone: &Zone,
    watching: &Watching<'_>,
) -> Result<Vec<Part>, Refused> {
    let mut parts = Vec::new();
    for (file, one) in offered.iter_mut().enumerate() {
        let (places, others) = places(one, how.sheet.as_deref(), watching)?;
        for sheet in others {
            let why = "one sheet is read at a time; name it with --sheet";
            watching.passed_over(&Place::Sheet(Some(sheet)).of(&one.name), why);
        }
        let is_zip = places.iter().any(|place| matches!(place, Place::Member(_)));
        let before = parts.len();
        let mut first = None;
        for place in places {
            let name = place.of(&one.name);
            let seen =
                Looking { offered: one, place: &place, name: &name, how, watching }.look(zone);
            let refused = match seen {
                Ok(Seen::Found(found)) => {
                    parts.push(Part { file, place, name, found });
                    continue;
                }
                Ok(Seen::Nothing(why)) => Refused::file(&name, "nothing-to-book", why),
                Err(refused) => refused,
            };
            match refused {
                // What nobody knows may lie beside what is wanted; what is damaged may not.
                Refused::File { code, why, .. } if is_zip && is_of_another_kind(code) => {
                    watching.passed_over(&name, &why);
                    first.get_or_insert(Refused::File { file: name, code, why });
                }
                refused => return Err(refused),
            }
        }
        if let Some(refused) = first.filter(|_| parts.len() == before) {
            return Err(refused);
        }
    }
    Ok(parts)
}

/// Whether a refusal says that the file is something else, rather than that it is damaged or leaves something open.
fn is_of_another_kind(code: &str) -> bool {
    matches!(
        code,
        "nothing-to-book"
            | "file-unrecognised"
            | "file-of-another-format"
            | "file-empty"
            | "file-binary"
            | "file-json"
            | "column-missing"
    )
}

struct Looking<'l, 'o, 'w> {
    offered: &'l mut Offered<'o>,
    place: &'l Place,
    name: &'l str,
    how: &'l How,
    watching: &'l Watching<'w>,
}

impl Looking<'_, '_, '_> {
    fn look(&mut self, zone: &Zone) -> Result<Seen, Refused> {
        let head = self.head()?;
        match self.how.kind {
            Kind::Mapped => self.mapped(),
            Kind::Usage => self.vendor(&head),
            Kind::Logs => match flexnet::sniff(&head) {
                Ok(()) => self.log(),
                Err(why) => Err(Refused::no_log(self.name, why)),
            },
            Kind::Events => match cloudevents::sniff(&head) {
                Ok(()) => Ok(Seen::Found(Found::Events)),
                Err(what) => Err(Refused::file(self.name, "file-of-another-format", what)),
            },
            Kind::Polls if is_poll(&head) => self.polls(&head, zone),
            Kind::Polls => {
                let why = "this is no output of lmstat; give what `lmutil lmstat -a` prints";
                Err(Refused::file(self.name, "file-of-another-format", why))
            }
            Kind::Any if self.how.map.is_some() => self.mapped(),
            Kind::Any => self.any(&head, zone),
        }
    }

    /// The first bytes; none of a sheet.
    fn head(&mut self) -> Result<Vec<u8>, Refused> {
        if matches!(self.place, Place::Sheet(_)) {
            return Ok(Vec::new());
        }
        let Self { offered, place, name, watching, .. } = self;
        bytes(offered, place, watching, |bytes| {
            let mut head = Vec::new();
            let read = bytes.take(HEAD_BYTES as u64).read_to_end(&mut head);
            read.map_err(|error| Refused::io(name, &error))?;
            Ok(head)
        })
    }

    fn any(&mut self, head: &[u8], zone: &Zone) -> Result<Seen, Refused> {
        if matches!(self.place, Place::Sheet(_)) {
            return self.vendor(head);
        }
        match flexnet::sniff(head) {
            Ok(()) => self.log(),
            Err(_) if has(head, b"\"specversion\"") => Ok(Seen::Found(Found::Events)),
            Err(_) if is_poll(head) => self.polls(head, zone),
            Err(NotADebugLog::Other(what @ ("an options file" | "a licence file"))) => {
                let why = format!("this is {what}, which says nothing of use");
                Err(Refused::file(self.name, "file-of-another-format", why))
            }
            // Whoever sends an encrypted report log is told which log to send instead.
            Err(why @ NotADebugLog::Binary) => Err(Refused::no_log(self.name, why)),
            Err(_) => self.vendor(head).map_err(nothing_known),
        }
    }

    fn log(&self) -> Result<Seen, Refused> {
        if self.how.said.zone.is_none() {
            let why = "the times of a debug log name no zone; say that of the licence server's clock with --zone, such as Europe/Madrid or UTC";
            return Err(Refused::file(self.name, "zone-unknown", why));
        }
        Ok(Seen::Found(Found::Log))
    }

    fn polls(&self, head: &[u8], zone: &Zone) -> Result<Seen, Refused> {
        let zone = self.how.said.zone.as_ref().unwrap_or(zone);
        let mut lines = head.split(|byte| *byte == b'\n');
        let at = lines.find_map(|line| lmstat::polled(line, zone)).or(self.offered.written);
        let why = "nothing says when this was polled; keep the line `Flexible License Manager status on …`, or say it with --at";
        at.map(|at| Seen::Found(Found::Polls(at)))
            .ok_or_else(|| Refused::file(self.name, "poll-undated", why))
    }

    fn mapped(&mut self) -> Result<Seen, Refused> {
        let Some(map) = self.how.map.clone() else {
            let why =
                "nothing explains this table; give a map with --map, and begin one with --infer";
            return Err(Refused::file(self.name, "map-missing", why));
        };
        let plan = self.survey(Survey::mapped(map, self.how.said.clone()))?;
        let is_charge = !plan.has_times() && plan.has_tokens();
        let plan = Box::new(plan);
        Ok(Seen::Found(if is_charge { Found::Charges(plan) } else { Found::Uses(plan) }))
    }

    /// One of the vendor's tables.
    fn vendor(&mut self, head: &[u8]) -> Result<Seen, Refused> {
        let said = self.how.said.clone();
        Ok(match self.kind(head)? {
            usage::Kind::TokenFlexSessions => {
                let plan = self.survey(Survey::new(said))?;
                if !plan.names_people() {
                    let why = "the sessions do not say whose they are; export them with `userName`";
                    return Err(Refused::file(self.name, "names-nobody", why));
                }
                Seen::Found(Found::Uses(Box::new(plan)))
            }
            usage::Kind::TokenFlex | usage::Kind::TokenUsage => {
                Seen::Found(Found::Charges(Box::new(self.survey(Survey::charges(said))?)))
            }
            usage::Kind::Users => Seen::Nothing(
                "this is a list of users, which says nothing of use; `faregate person import` takes people in".to_owned(),
            ),
            kind => Seen::Nothing(format!(
                "this is a report of the kind `{}`, which says neither when something was used nor what was charged; export Token Usage, or explain the table with --map",
                kind.key()
            )),
        })
    }

    fn kind(&mut self, head: &[u8]) -> Result<usage::Kind, Refused> {
        let found = match self.place {
            Place::Sheet(_) => {
                let mut survey = Survey::new(Said::default());
                let mut rows = 0;
                self.each(&mut |piece| {
                    rows += 1;
                    feed(&mut survey, &piece) && rows < HEAD_ROWS
                })?;
                survey.kind()
            }
            _ => usage::sniff(head),
        };
        found.map(|(kind, _)| kind).map_err(|refusal| self.unknown(&refusal))
    }

    fn unknown(&self, refusal: &Refusal) -> Refused {
        Refused::table(self.name, refusal)
    }

    fn survey(&mut self, mut survey: Survey) -> Result<Plan, Refused> {
        self.each(&mut |piece| feed(&mut survey, &piece))?;
        survey.finish().map_err(|refusal| Refused::table(self.name, &refusal))
    }

    fn each(&mut self, visit: &mut dyn FnMut(Piece<'_>) -> bool) -> Result<(), Refused> {
        pieces(self.offered, self.place, self.watching, visit)
    }
}

/// Says that a file was taken for a table because it is nothing else.
fn nothing_known(refused: Refused) -> Refused {
    match refused {
        Refused::File { file, code: code @ "column-missing", why } => {
            let why =
                format!("no debug log, no events, no output of lmstat, and as a table: {why}");
            Refused::File { file, code, why }
        }
        refused => refused,
    }
}

fn feed(survey: &mut Survey, piece: &Piece<'_>) -> bool {
    match piece {
        Piece::Bytes(bytes) => survey.feed(bytes),
        Piece::Cells(line, cells) => survey.cells(*line, cells),
    }
}

fn is_poll(head: &[u8]) -> bool {
    [
        &b"License server status"[..],
        b"Users of ",
        b"lmutil - Copyright",
        b"License Manager status on ",
    ]
    .iter()
    .any(|words| has(head, words))
}

/// Whether some bytes are in others.
fn has(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|some| some == wanted)
}
