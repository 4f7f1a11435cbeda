//! How fresh each source of use is: up to when it tells, whether that is stale, and what is not known then.
//!
//! What was imported is in the receipts ([`Histories`]); how pulls are doing, and how far a followed log goes, is
//! known by whoever runs them and handed in as [`Known`]. [`assess`] joins the two and is pure.
//!
//! A source is stale when it tells of nothing newer for longer than its limit: the operator's, or that of its kind,
//! or what its own history shows to be usual, such as the quiet of nights and weekends.

use faregate_core::when::{DAY, Instant, Zone};
use history::Origin;
pub use history::{Histories, History};
pub use words::{Notice, length};

mod history;
mod words;

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
/// A source that nobody declares, and that tells nothing for so long, has ended.
const ENDED_SECONDS: i64 = 60 * DAY;
/// The kind of receipts of histories that were made up.
const GENERATED: &str = "generated";
/// One pull that fails is nothing: the next one goes on.
const FAILURES_MAX: u32 = 2;

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A licence server's log.
    Log,
    /// What a licence server was asked now and then.
    Polls,
    /// What the vendor reports.
    Vendor,
    /// Any other table of use.
    Table,
    /// A list of people.
    Staff,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Log, Self::Polls, Self::Vendor, Self::Table, Self::Staff];

    /// The kind of source that a receipt is of.
    #[must_use]
    pub fn of_receipt(kind: &str) -> Self {
        match kind.split_once(':').map_or(kind, |(family, _)| family) {
            "flexnet" => Self::Log,
            "lmstat" => Self::Polls,
            "vendor" | "token-usage" | "token-flex" | "insights" => Self::Vendor,
            _ => Self::Table,
        }
    }

    /// Its key: stable, in kebab-case.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Log => "licence-server-log",
            Self::Polls => "licence-server-polls",
            Self::Vendor => "vendor",
            Self::Table => "table",
            Self::Staff => "staff",
        }
    }

    /// What is wrong or missing while a source of this kind is stale.
    #[must_use]
    pub const fn feeds(self) -> &'static [Figure] {
        use Figure::{Burn, Chargeback, DoubleDips, Leakage, Places, Reconciliation, Sessions};
        match self {
            Self::Log | Self::Polls => &[Burn, Chargeback, Leakage, DoubleDips, Places, Sessions],
            Self::Vendor => &[Burn, Chargeback, DoubleDips, Reconciliation],
            Self::Table => &[Burn, Chargeback, DoubleDips],
            Self::Staff => &[Chargeback],
        }
    }

    /// After how many seconds without news it is stale, when nobody says and its history shows nothing else.
    const fn quiet_seconds(self, is_followed: bool) -> i64 {
        match self {
            Self::Log if is_followed => 15 * MINUTE,
            Self::Polls => HOUR,
            Self::Log | Self::Vendor | Self::Table => 36 * HOUR,
            Self::Staff => 31 * DAY,
        }
    }
}

/// What depends on sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// What was spent.
    Burn,
    /// What each department or project costs.
    Chargeback,
    /// What the vendor charged twice.
    DoubleDips,
    /// What went past the gate.
    Leakage,
    /// Where licences were used.
    Places,
    /// What the vendor says beside what we say.
    Reconciliation,
    /// Who is at work now.
    Sessions,
}

impl Figure {
    /// Its key: stable, in kebab-case.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Burn => "burn",
            Self::Chargeback => "chargeback",
            Self::DoubleDips => "double-dips",
            Self::Leakage => "leakage",
            Self::Places => "places",
            Self::Reconciliation => "reconciliation",
            Self::Sessions => "sessions",
        }
    }
}

/// A source, as whoever runs it knows it; what was imported of it is in the receipts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// The log that is followed, as receipts name it; of all others, files come through the inbox.
    pub followed: Option<String>,
    /// After how many seconds without news it is stale, where the operator says so.
    pub stale_after: Option<i64>,
    /// Up to when that of it tells which was taken in, as far as whoever runs it knows.
    pub last_data: Option<Instant>,
    /// Up to when it had use when all of that was last fetched, as it says itself: so far the books go as well, while
    /// nothing waits and nothing is bad.
    pub reported: Option<Instant>,
    /// How its pulls are doing, where it is pulled.
    pub pulls: Option<Pulls>,
    /// Whether something of it is being fetched or taken in now.
    pub is_at_work: bool,
    /// Files that lie in the inbox and are not taken in yet.
    pub waiting: u64,
    /// Files that could not be taken in, and why; the newest first.
    pub bad: Vec<FileNote>,
    /// Files that are recognised and say nothing that is booked, and what they are; the newest first.
    pub passed_over: Vec<FileNote>,
}

/// How the pulls of a source are doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pulls {
    /// When one last brought everything there was.
    pub last_success: Option<Instant>,
    /// When one last failed, and why.
    pub last_error: Option<(Instant, String)>,
    /// How many have failed since one succeeded.
    pub failures: u32,
    /// When the next one is due.
    pub next_due: Option<Instant>,
}

/// A file of a source, and what there is to say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileNote {
    /// Its name.
    pub file: String,
    /// When that was tried.
    pub at: Instant,
    /// Why not.
    pub why: String,
}

/// How a source stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Something of it is being fetched or taken in.
    Importing,
    /// All is well.
    Stable,
    /// Somebody should look at it.
    Warning,
    /// It was imported by hand, long ago, and nobody waits for more.
    Ended,
}

impl Standing {
    /// Its key: stable, in kebab-case.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Importing => "importing",
            Self::Stable => "stable",
            Self::Warning => "warning",
            Self::Ended => "ended",
        }
    }
}

/// A source, judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessed {
    /// Its name; of one that nobody declares, what its receipts call its kind.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// How it stands.
    pub standing: Standing,
    /// Why, in words.
    pub why: String,
    /// The last instant that it knows of.
    pub last_data: Option<Instant>,
    /// Seconds since then.
    pub lag_seconds: Option<i64>,
    /// After how many seconds without news it is stale.
    pub stale_after: i64,
    /// Whether it is; one of which nothing came yet is, one that has ended is not.
    pub is_stale: bool,
    /// When something of it was last taken in, and the number of that import.
    pub last_import: Option<(Instant, u32)>,
    /// How its pulls are doing, where it is pulled.
    pub pulls: Option<Pulls>,
    /// Files that wait to be taken in.
    pub waiting: u64,
    /// Files that could not be taken in; the newest first.
    pub bad: Vec<FileNote>,
    /// Files that say nothing that is booked; the newest first.
    pub passed_over: Vec<FileNote>,
}

/// Judges all sources: those that are known, and those that receipts alone tell of. The declared ones come first,
/// in their order.
#[must_use]
pub fn assess(known: &[Known], histories: &Histories, zone: &Zone, now: Instant) -> Vec<Assessed> {
    let nothing = History::default();
    let declared = known.iter().map(|one| {
        let history = histories.get(&origin(one)).unwrap_or(&nothing);
        judge(one, history, Expected::More, zone, now)
    });
    let is_declared = |found: &Origin| known.iter().any(|one| origin(one) == *found);
    let others = histories.iter().filter(|(found, _)| !is_declared(found));
    let others = others.map(|(found, history)| {
        let one = undeclared(found, history);
        let goes_on_elsewhere = known.iter().any(|other| other.kind == one.kind);
        let is_over = goes_on_elsewhere || history.kind == GENERATED;
        let expected = if is_over { Expected::Nothing } else { Expected::Perhaps };
        judge(&one, history, expected, zone, now)
    });
    declared.chain(others).collect()
}

/// Whether more is to come of a source.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// It is declared.
    More,
    /// It was imported by hand: as long as that is not long ago.
    Perhaps,
    /// It was made up, or imported by hand, and another source of its kind is declared since.
    Nothing,
}

/// Where the receipts of a declared source are.
fn origin(known: &Known) -> Origin {
    match &known.followed {
        Some(log) => Origin::Log(log.clone()),
        None => Origin::Source(known.name.clone()),
    }
}

fn undeclared(found: &Origin, history: &History) -> Known {
    Known {
        name: found.name().to_owned(),
        kind: Kind::of_receipt(&history.kind),
        followed: None,
        stale_after: None,
        last_data: None,
        reported: None,
        pulls: None,
        is_at_work: false,
        waiting: 0,
        bad: Vec::new(),
        passed_over: Vec::new(),
    }
}

fn judge(
    known: &Known,
    history: &History,
    expected: Expected,
    zone: &Zone,
    now: Instant,
) -> Assessed {
    let Known { name, kind, pulls, waiting, bad, passed_over, .. } = known.clone();
    let reported = known.reported.filter(|_| waiting == 0 && bad.is_empty());
    let last_data = known.last_data.max(reported).max(data_of(kind, history));
    let last_data = last_data.map(|last| last.min(now));
    let lag_seconds = last_data.map(|last| now.since(last));
    let stale_after = known
        .stale_after
        .unwrap_or_else(|| history.usual_lag().max(kind.quiet_seconds(known.followed.is_some())));
    let has_ended = match expected {
        Expected::More => false,
        Expected::Perhaps => lag_seconds.is_none_or(|lag| lag > ENDED_SECONDS),
        Expected::Nothing => true,
    };
    let is_stale = !has_ended && lag_seconds.is_none_or(|lag| lag > stale_after);
    let is_failing = pulls.as_ref().is_some_and(|pulls| pulls.failures > FAILURES_MAX);
    let standing = match () {
        () if known.is_at_work => Standing::Importing,
        () if has_ended => Standing::Ended,
        () if is_stale || is_failing || waiting > 0 || !bad.is_empty() => Standing::Warning,
        () => Standing::Stable,
    };
    let mut judged = Assessed {
        name,
        kind,
        standing,
        why: String::new(),
        last_data,
        lag_seconds,
        stale_after,
        is_stale,
        last_import: history.last_import,
        pulls,
        waiting,
        bad,
        passed_over,
    };
    judged.why = words::why(&judged, zone);
    judged
}

/// Up to when a source tells, as its receipts say. The vendor reports whole UTC days; a list of people is what it
/// was when it came.
fn data_of(kind: Kind, history: &History) -> Option<Instant> {
    match kind {
        Kind::Vendor => history.last_data.map(|last| Zone::utc().next_date(last)),
        Kind::Staff => history.last_import.map(|(at, _)| at),
        Kind::Log | Kind::Polls | Kind::Table => history.last_data,
    }
}

/// The stale sources that a figure depends on, where it tells of anything after their end: `until` is the first
/// instant that it tells nothing of.
#[must_use]
pub fn stale_for(
    assessed: &[Assessed],
    figure: Figure,
    until: Instant,
    zone: &Zone,
) -> Vec<Notice> {
    let feeds = |one: &&Assessed| one.kind.feeds().contains(&figure);
    let lacks = |one: &&Assessed| one.is_stale && one.last_data.is_none_or(|last| last < until);
    let stale = assessed.iter().filter(feeds).filter(lacks);
    stale.map(|one| words::notice(one, assessed, figure, zone)).collect()
}

#[cfg(test)]
mod tests;
