//! What columns say, under every header that was ever seen for it.

use crate::sheet::Row;

/// What a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Field {
    /// A name of somebody, of the kind that a map says.
    Who,
    Email,
    Login,
    AutodeskId,
    HashedId,
    FullName,
    First,
    Last,
    Host,
    Product,
    Offering,
    Code,
    Feature,
    Version,
    Day,
    Month,
    Opened,
    Closed,
    Offset,
    Duration,
    Minutes,
    Hours,
    Tokens,
    Quantity,
    Uses,
    Charge,
    Category,
    Pool,
    Item,
    Team,
    Site,
    Bucket,
    Assigned,
    Unassigned,
    LastUsed,
    DaysUsed,
    DaysInactive,
    MonthlyAverage,
    Activity,
    Status,
    Role,
}

/// How many there are.
const FIELDS: usize = Field::Role as usize + 1;

/// Headers without case, blanks, underscores and hyphens: `day_used`, `Day used` and `usageDate` among them.
const HEADERS: &[(&str, Field)] = &[
    ("email", Field::Email),
    ("emailaddress", Field::Email),
    ("useremail", Field::Email),
    ("username", Field::Login),
    ("autodeskid", Field::AutodeskId),
    ("userid", Field::AutodeskId),
    ("hashedautodeskid", Field::HashedId),
    ("hasheduserid", Field::HashedId),
    ("fullname", Field::FullName),
    ("firstname", Field::First),
    ("lastname", Field::Last),
    ("machinename", Field::Host),
    ("product", Field::Product),
    ("productname", Field::Product),
    ("offeringname", Field::Offering),
    ("productlinecode", Field::Code),
    ("productfeaturecode", Field::Feature),
    ("version", Field::Version),
    ("productversion", Field::Version),
    ("dayused", Field::Day),
    ("usagedate", Field::Day),
    ("usagemonth", Field::Month),
    ("sessionstartdate", Field::Opened),
    ("sessionenddate", Field::Closed),
    ("licenseservertimezoneoffset", Field::Offset),
    ("usageminutes", Field::Minutes),
    ("usagehours", Field::Hours),
    ("tokensused", Field::Tokens),
    ("tokensconsumed", Field::Tokens),
    ("tokens", Field::Tokens),
    ("quantity", Field::Quantity),
    ("usecount", Field::Uses),
    ("chargecategory", Field::Charge),
    ("usagecategory", Field::Category),
    ("tokenpool", Field::Pool),
    ("chargeditemid", Field::Item),
    ("team", Field::Team),
    ("teamname", Field::Team),
    ("teamalias", Field::Team),
    ("assigneddate", Field::Assigned),
    ("unassigneddate", Field::Unassigned),
    ("lastaccessed", Field::LastUsed),
    ("lastused", Field::LastUsed),
    ("daysused", Field::DaysUsed),
    ("daysinactive", Field::DaysInactive),
    ("monthlyaverage", Field::MonthlyAverage),
    ("useractivity", Field::Activity),
    ("accountstatus", Field::Status),
    ("role", Field::Role),
];

impl Field {
    /// What a header of the vendor's says.
    pub(crate) fn of(header: &str) -> Option<Self> {
        let plain = plain(header);
        HEADERS.iter().find(|(header, _)| *header == plain).map(|(_, field)| *field)
    }

    /// Whether it holds a day, or a time.
    pub(crate) const fn is_date(self) -> bool {
        matches!(
            self,
            Self::Day
                | Self::Opened
                | Self::Closed
                | Self::Assigned
                | Self::Unassigned
                | Self::LastUsed
        )
    }

    /// Whether it says something of a seat, which the tables of seats and users are asked for alone.
    pub(super) const fn is_of_seat(self) -> bool {
        matches!(
            self,
            Self::Assigned
                | Self::Unassigned
                | Self::LastUsed
                | Self::DaysUsed
                | Self::DaysInactive
        )
    }

    /// Whether it holds an amount.
    pub(crate) const fn is_number(self) -> bool {
        matches!(
            self,
            Self::Duration
                | Self::Minutes
                | Self::Hours
                | Self::Tokens
                | Self::Quantity
                | Self::Uses
                | Self::DaysUsed
                | Self::DaysInactive
        )
    }
}

/// A header in small letters, without what words are parted by.
pub(crate) fn plain(header: &str) -> String {
    header.to_lowercase().replace([' ', '_', '-', '.', '\u{feff}', '\u{a0}'], "")
}

/// Which column says what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// The headers.
    pub(crate) names: Vec<String>,
    fields: Vec<Option<Field>>,
    places: [u16; FIELDS],
}

/// No column.
const NOWHERE: u16 = u16::MAX;

impl Layout {
    /// The layout that a header describes, with what each of its cells says.
    ///
    /// # Errors
    /// The header of the second of two that say the same.
    pub(crate) fn of(
        header: &Row<'_>,
        says: impl Fn(&str) -> Option<Field>,
    ) -> Result<Self, String> {
        let names: Vec<String> = header.iter().map(|cell| cell.trim().to_owned()).collect();
        let mut layout = Self { names, fields: Vec::new(), places: [NOWHERE; FIELDS] };
        for (place, name) in (0_u16..NOWHERE).zip(&layout.names) {
            let field = says(name);
            if let Some(slot) = field.and_then(|field| layout.places.get_mut(field as usize)) {
                if *slot != NOWHERE {
                    return Err(name.clone());
                }
                *slot = place;
            }
            layout.fields.push(field);
        }
        Ok(layout)
    }

    /// The place of what is said, from 0.
    pub(crate) fn place(&self, field: Field) -> Option<usize> {
        let place = *self.places.get(field as usize)?;
        (place != NOWHERE).then_some(usize::from(place))
    }

    pub(crate) fn has(&self, field: Field) -> bool {
        self.place(field).is_some()
    }

    pub(crate) fn has_any(&self, fields: &[Field]) -> bool {
        fields.iter().any(|field| self.has(*field))
    }

    /// How many columns are known.
    pub(crate) fn known(&self) -> usize {
        self.fields.iter().flatten().count()
    }

    /// The columns that are known, and what they say.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (usize, Field)> {
        self.fields.iter().enumerate().filter_map(|(place, field)| Some((place, (*field)?)))
    }

    /// The header of a column.
    pub(crate) fn name(&self, place: usize) -> &str {
        self.names.get(place).map_or("", String::as_str)
    }

    /// Whether the table says who used what.
    pub(crate) fn names_people(&self) -> bool {
        const NAMES: [Field; 6] = [
            Field::Who,
            Field::Email,
            Field::Login,
            Field::AutodeskId,
            Field::HashedId,
            Field::FullName,
        ];
        self.has_any(&NAMES) || (self.has(Field::First) && self.has(Field::Last))
    }

    /// Whether a row has as many cells. One that is empty at the end of either is of a delimiter at the end of
    /// lines; a workbook leaves out what is empty at the end.
    pub(crate) fn fits(&self, row: &Row<'_>) -> bool {
        let (given, wanted) = (row.len(), self.fields.len());
        match given.cmp(&wanted) {
            core::cmp::Ordering::Equal => true,
            core::cmp::Ordering::Greater => {
                row.iter().skip(wanted).all(|cell| cell.trim().is_empty())
            }
            core::cmp::Ordering::Less if row.is_typed() => true,
            core::cmp::Ordering::Less => self.names.iter().skip(given).all(String::is_empty),
        }
    }

    /// Whether a row says the same as the header.
    pub(crate) fn is_header(&self, row: &Row<'_>) -> bool {
        self.names.iter().map(String::as_str).eq(row.iter().map(str::trim))
    }
}
