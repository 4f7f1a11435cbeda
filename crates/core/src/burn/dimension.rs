//! What burn is broken down by: the row that a charge belongs to, and what the row is called.

use super::segments::{Segment, Segments};
use super::sites::Sites;
use crate::estate::{BucketId, GroupId, Period, PersonId, ProductId, SiteId};
use crate::event::{Charge, Source};
use crate::state::State;
use crate::when::Date;

const WEEKDAYS: [(&str, &str); 7] = [
    ("mon", "Monday"),
    ("tue", "Tuesday"),
    ("wed", "Wednesday"),
    ("thu", "Thursday"),
    ("fri", "Friday"),
    ("sat", "Saturday"),
    ("sun", "Sunday"),
];

/// The dimension of groups that say which persona somebody is.
pub(super) const PERSONA: &str = "persona";

/// What burn is broken down by. A unit counts where it begins: in the hour, on the day, at the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// Local date of the contract.
    Day,
    /// Day of the week, Monday first.
    Weekday,
    /// Hour that a clock on the wall shows, 0 to 23; on the day when it is set back, two hours have one row.
    Hour,
    /// Day of the week and hour, for heat maps.
    WeekHour,
    /// Product family.
    Product,
    /// Person: whom an identity was merged into.
    Person,
    /// Bucket that the use belongs to.
    Bucket,
    /// Project: the bucket that was given for a project's dates, or the nearest one above that was.
    Project,
    /// The groups of a dimension (`department`, `cost-centre`) that people are in now, as chargeback takes them.
    Group(String),
    /// Site at which the unit was opened, as the journal tells it; only our own gate knows.
    Site(Sites),
    /// Persona: the person's group of the dimension `persona`, else what their use of the last
    /// [`SEGMENT_DAYS`](super::SEGMENT_DAYS) days up to the span's last makes them.
    Segment,
    /// Who told of the use.
    Source,
}

impl Dimension {
    /// Whether rows come in an order of their own, and not by amount.
    pub(super) fn is_ordered(&self) -> bool {
        matches!(self, Self::Day | Self::Weekday | Self::Hour | Self::WeekHour)
    }
}

/// Which row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Day(Date),
    Weekday(u8),
    Hour(u16),
    WeekHour(u8, u16),
    Product(ProductId),
    Person(PersonId),
    Bucket(BucketId),
    Project(Option<BucketId>),
    Group(Option<GroupId>),
    Site(Option<SiteId>),
    Segment(Segment),
    Source(&'static str),
}

impl Key {
    /// The row of a day's cell, in a dimension that cells know.
    pub(super) fn of_cell(
        state: &State,
        by: &Dimension,
        date: Date,
        product: ProductId,
        bucket: BucketId,
    ) -> Self {
        match by {
            Dimension::Product => Self::Product(product),
            Dimension::Bucket => Self::Bucket(bucket),
            Dimension::Project => Self::Project(project(state, bucket)),
            _ => Self::Day(date),
        }
    }

    /// Key and name of the row.
    pub(super) fn named(self, state: &State) -> (String, String) {
        let estate = state.estate();
        let said = |key: &str, name: &str| Some((key.to_owned(), name.to_owned()));
        let bucket = |id| estate.bucket(id).map(|b| (b.key.clone(), b.name.clone()));
        let found = match self {
            Self::Day(date) => Some((date.to_string(), date.to_string())),
            Self::Weekday(day) => weekday(day).and_then(|(key, name)| said(key, name)),
            Self::Hour(hour) => Some((format!("{hour:02}"), format!("{hour:02}:00"))),
            Self::WeekHour(day, hour) => weekday(day)
                .map(|(key, name)| (format!("{key}-{hour:02}"), format!("{name} {hour:02}:00"))),
            Self::Product(id) => estate.product(id).map(|p| (p.key.clone(), p.name.clone())),
            Self::Person(id) => estate.person(id).map(|p| (p.key.clone(), p.name.clone())),
            Self::Bucket(id) | Self::Project(Some(id)) => bucket(id),
            Self::Group(Some(id)) => estate.group(id).map(|g| (g.key.clone(), g.name.clone())),
            Self::Site(Some(id)) => estate.site(id).map(|s| (s.key.clone(), s.name.clone())),
            Self::Segment(segment) => said(segment.key(), segment.name()),
            Self::Source(key) => said(key, source_name(key)),
            Self::Project(None) => said("", "In no project"),
            Self::Group(None) => said("", "In no group"),
            Self::Site(None) => said("", "Not known"),
        };
        found.unwrap_or_default()
    }
}

fn weekday(day: u8) -> Option<(&'static str, &'static str)> {
    WEEKDAYS.get(usize::from(day)).copied()
}

/// The bucket itself or the nearest one above that was given for a project's dates.
fn project(state: &State, bucket: BucketId) -> Option<BucketId> {
    let lineage = core::iter::once(bucket).chain(state.estate().buckets_above(bucket));
    let is_project =
        |id: &BucketId| matches!(state.estate().bucket_terms(*id).period, Period::Dates(..));
    lineage.into_iter().find(is_project)
}

fn source_name(key: &str) -> &'static str {
    match key {
        "gate" => "The gate",
        "log" => "Logs, files and agents",
        "generated" => "The generator",
        _ => "The vendor's reports",
    }
}

/// Finds the row of each charge.
pub(super) struct Reader<'a> {
    state: &'a State,
    by: &'a Dimension,
    segments: Segments,
}

impl<'a> Reader<'a> {
    /// For charges up to a date.
    pub(super) fn new(state: &'a State, by: &'a Dimension, to: Date) -> Self {
        let segments = match by {
            Dimension::Segment => Segments::of(state, to),
            _ => Segments::default(),
        };
        Self { state, by, segments }
    }

    pub(super) fn key(&self, charge: &Charge) -> Key {
        let (zone, person) = (self.state.zone(), charge.person);
        let hour = || zone.minute_of_day(charge.at) / 60;
        match self.by {
            Dimension::Day => Key::Day(zone.date(charge.at)),
            Dimension::Weekday => Key::Weekday(zone.date(charge.at).weekday()),
            Dimension::Hour => Key::Hour(hour()),
            Dimension::WeekHour => Key::WeekHour(zone.date(charge.at).weekday(), hour()),
            Dimension::Product => Key::Product(charge.product),
            Dimension::Person => Key::Person(person),
            Dimension::Bucket => Key::Bucket(charge.bucket),
            Dimension::Project => Key::Project(project(self.state, charge.bucket)),
            Dimension::Group(of) => Key::Group(self.state.estate().group_in(person, of)),
            Dimension::Site(sites) => Key::Site(sites.of(charge)),
            Dimension::Segment => match self.state.estate().group_in(person, PERSONA) {
                Some(group) => Key::Group(Some(group)),
                None => Key::Segment(self.segments.of_person(person)),
            },
            Dimension::Source => Key::Source(source_key(charge.source)),
        }
    }
}

fn source_key(source: Source) -> &'static str {
    match source {
        Source::Gate => "gate",
        Source::Log => "log",
        Source::Generated => "generated",
        Source::Vendor => "vendor",
    }
}
