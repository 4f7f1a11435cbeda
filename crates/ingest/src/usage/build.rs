//! One row of cells into one row of use.

use super::fault::Fault;
use super::field::Field;
use super::kind::Kind;
use super::plan::{DateForm, Format, Plan, Scheme};
use super::words::{ChargeCategory, TokenPool, UsageCategory};
use super::{NameKind, Seat, UsageRow, When, Who};
use crate::mapping::Map;
use crate::sheet::Row;
use crate::sheet::date::{self, BadDate, Written};
use crate::sheet::number::{self, BadNumber};
use faregate_core::amount::{MICROS_PER_UNIT, Ticks};
use faregate_core::when::{DAY, Date, HOUR, Instant, LocalTime};
use std::borrow::Cow;

/// The longest name.
const NAME_MAX: usize = 255;
/// The longest use: whatever lasts longer was never closed.
const SECONDS_MAX: i64 = 366 * DAY;

/// Reads a row; `None` where it is left out.
pub(super) fn build<'a>(plan: &'a Plan, row: &Row<'a>) -> Result<Option<UsageRow<'a>>, Fault> {
    if !plan.layout.fits(row) {
        return Err(Fault::Fields(row.len(), plan.layout.names.len()));
    }
    if plan.scheme.leaves_out(&plan.skips, row) {
        return Ok(None);
    }
    let cells = Asked { plan, row };
    let tokens = cells.tokens()?;
    if plan.leaves_out_zero() && tokens.is_none_or(|tokens| tokens == Ticks::ZERO) {
        return Ok(None);
    }
    let seconds = cells.seconds()?;
    let when = cells.when(seconds)?;
    let product = cells.product()?;
    let who = cells.who()?;
    Ok(Some(UsageRow {
        line: row.line,
        who,
        hashed: cells.named(Field::HashedId)?,
        host: cells.named(Field::Host)?,
        product,
        feature: cells.named(Field::Feature)?,
        version: cells.named(Field::Version)?,
        when,
        seconds,
        tokens,
        quantity: cells.amount(Field::Quantity)?.or(cells.amount(Field::Uses)?),
        charge: cells.word(Field::Charge, ChargeCategory::named)?,
        category: cells.word(Field::Category, UsageCategory::named)?,
        pool: cells.word(Field::Pool, TokenPool::named)?,
        item: cells.named(Field::Item)?,
        team: cells.named(Field::Team)?,
        site: cells.named(Field::Site)?,
        bucket: cells.named(Field::Bucket)?,
        seat: cells.seat()?,
    }))
}

/// A row, asked for what its columns say.
struct Asked<'a, 'r> {
    plan: &'a Plan,
    row: &'r Row<'a>,
}

impl<'a> Asked<'a, '_> {
    fn map(&self) -> Option<&'a Map> {
        match &self.plan.scheme {
            Scheme::Mapped(map) => Some(map),
            Scheme::Vendor | Scheme::Charges => None,
        }
    }

    /// What a column says; nothing where it is missing, empty, or hidden by asterisks as the vendor does it.
    fn text(&self, field: Field) -> Option<(usize, &'a str)> {
        let place = self.plan.layout.place(field)?;
        let text = self.row.cell(place)?.trim();
        let is_hidden = text.bytes().all(|byte| byte == b'*');
        (!is_hidden).then_some((place, text))
    }

    fn column(&self, field: Field) -> String {
        let place = self.plan.layout.place(field).unwrap_or(usize::MAX);
        self.plan.layout.name(place).to_owned()
    }

    /// A name, of a length and of letters that can be shown; a map's constant where there is no column.
    fn named(&self, field: Field) -> Result<Option<&'a str>, Fault> {
        let Some((_, text)) = self.text(field) else {
            return Ok(self.map().and_then(|map| map.constant(field)));
        };
        let is_odd = text.len() > NAME_MAX || text.bytes().any(|byte| byte < 32 || byte == 127);
        if is_odd { Err(Fault::Name(self.column(field))) } else { Ok(Some(text)) }
    }

    fn word<T>(&self, field: Field, named: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Fault> {
        let Some((_, text)) = self.text(field) else { return Ok(None) };
        match named(text) {
            Some(word) => Ok(Some(word)),
            None => Err(Fault::Word(self.column(field), text.to_owned())),
        }
    }

    fn product(&self) -> Result<Option<&'a str>, Fault> {
        for field in [Field::Product, Field::Offering, Field::Code, Field::Feature] {
            if let Some(text) = self.named(field)? {
                return Ok(Some(self.map().map_or(text, |map| map.product(text))));
            }
        }
        if self.plan.kind == Kind::Users { Ok(None) } else { Err(Fault::Product) }
    }

    fn who(&self) -> Result<Option<Who<'a>>, Fault> {
        const NAMES: [(Field, NameKind); 6] = [
            (Field::Who, NameKind::Login),
            (Field::Email, NameKind::Email),
            (Field::Login, NameKind::Login),
            (Field::AutodeskId, NameKind::AutodeskId),
            (Field::HashedId, NameKind::Hashed),
            (Field::FullName, NameKind::FullName),
        ];
        for (field, kind) in NAMES {
            let Some(name) = self.named(field)? else { continue };
            let said = self.map().and_then(Map::name_kind).filter(|_| field == Field::Who);
            // The vendor's user name is a login or an e-mail address.
            let is_email = kind == NameKind::Login && name.contains('@');
            let kind = said.unwrap_or(if is_email { NameKind::Email } else { kind });
            return Ok(Some(Who { name: Cow::Borrowed(name), kind }));
        }
        let parts = [self.named(Field::First)?, self.named(Field::Last)?];
        let full = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        match full.is_empty() {
            false => Ok(Some(Who { name: Cow::Owned(full), kind: NameKind::FullName })),
            true if self.plan.names_people() => Err(Fault::Who),
            true => Ok(None),
        }
    }

    fn format(&self, place: usize) -> Format {
        self.plan.formats.get(place).copied().unwrap_or_default()
    }

    /// An amount in millionths, with what was written.
    fn number(&self, field: Field) -> Result<Option<i64>, (&'a str, BadNumber)> {
        let Some((place, text)) = self.text(field) else { return Ok(None) };
        let decimal = match self.row.is_number(place) {
            true => Some(number::Decimal::Point),
            false => self.format(place).decimal,
        };
        number::read(text, decimal).map(Some).map_err(|why| (text, why))
    }

    fn amount(&self, field: Field) -> Result<Option<i64>, Fault> {
        let bad = |(text, why): (&str, BadNumber)| {
            Fault::Amount(self.column(field), text.to_owned(), why)
        };
        self.number(field).map_err(bad)
    }

    fn tokens(&self) -> Result<Option<Ticks>, Fault> {
        let bad = |text: &str, why| Fault::Tokens(text.to_owned(), why);
        let micros = match self.number(Field::Tokens) {
            Ok(Some(micros)) => micros,
            Ok(None) if self.plan.leaves_out_zero() => {
                return Err(bad("", BadNumber::Unreadable));
            }
            Ok(None) => return Ok(None),
            Err((text, why)) => return Err(bad(text, why)),
        };
        let ticks = Ticks::from_micro_tokens(micros);
        let text = || self.text(Field::Tokens).map_or("", |(_, text)| text);
        ticks.map(Some).ok_or_else(|| bad(text(), BadNumber::Unreadable))
    }

    /// How long it was used.
    fn seconds(&self) -> Result<Option<i64>, Fault> {
        let by_map = self.map().map_or(60, Map::duration_seconds);
        for (field, unit) in [(Field::Duration, by_map), (Field::Minutes, 60), (Field::Hours, HOUR)]
        {
            let Some(micros) = self.amount(field)? else { continue };
            let product = i128::from(micros).saturating_mul(i128::from(unit));
            let half = i128::from(MICROS_PER_UNIT / 2);
            let seconds = product.saturating_add(half).div_euclid(i128::from(MICROS_PER_UNIT));
            let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
            if !(0..=SECONDS_MAX).contains(&seconds) {
                let text = self.text(field).map_or("", |(_, text)| text).to_owned();
                return Err(Fault::Amount(self.column(field), text, BadNumber::Unreadable));
            }
            return Ok(Some(seconds));
        }
        Ok(None)
    }

    fn when(&self, seconds: Option<i64>) -> Result<When, Fault> {
        let layout = &self.plan.layout;
        if layout.has(Field::Opened) && !self.plan.leaves_out_zero() {
            return self.session(seconds);
        }
        if layout.has(Field::Day) {
            let day = self.date(Field::Day)?;
            return day
                .map(When::Day)
                .ok_or_else(|| Fault::Day(String::new(), BadDate::Unreadable));
        }
        Ok(When::Report)
    }

    fn session(&self, seconds: Option<i64>) -> Result<When, Fault> {
        let unread = || Fault::Day(String::new(), BadDate::Unreadable);
        let opened = self.instant(Field::Opened, None)?.ok_or_else(unread)?;
        let closed = self.instant(Field::Closed, Some(opened))?;
        let closed = closed.or(seconds.map(|seconds| opened.plus(seconds)));
        let text = |field| self.text(field).map_or("", |(_, text)| text).to_owned();
        match closed.map(|closed| closed.since(opened)) {
            Some(length) if length < 0 => {
                Err(Fault::Backwards(text(Field::Opened), text(Field::Closed)))
            }
            Some(length) if length > SECONDS_MAX => Err(Fault::Endless(text(Field::Closed))),
            _ => Ok(When::Session { opened, closed }),
        }
    }

    fn written(&self, field: Field) -> Result<Option<(Written, &'a str)>, Fault> {
        let Some((place, text)) = self.text(field) else { return Ok(None) };
        let written = match self.format(place).date {
            DateForm::Written(order) => date::read(text, order),
            DateForm::Epoch => epoch(text, 1),
            DateForm::EpochMillis => epoch(text, 1_000),
        };
        match written {
            Ok(written) => Ok(Some((written, text))),
            Err(why) => Err(Fault::Day(text.to_owned(), why)),
        }
    }

    fn date(&self, field: Field) -> Result<Option<Date>, Fault> {
        Ok(self.written(field)?.map(|(written, _)| written.date))
    }

    fn instant(&self, field: Field, opened: Option<Instant>) -> Result<Option<Instant>, Fault> {
        let Some((written, text)) = self.written(field)? else { return Ok(None) };
        // A workbook writes midnight as a day.
        let second = match written.second {
            None if self.row.is_typed() => 0,
            None => return Err(Fault::Time(text.to_owned())),
            Some(second) => i64::from(second),
        };
        let local = i64::from(written.date.0).saturating_mul(DAY).saturating_add(second);
        if let Some(offset) = written.offset {
            return Ok(Some(Instant(local).plus(i64::from(offset).saturating_neg())));
        }
        if let Some((_, said)) = self.text(Field::Offset) {
            let offset =
                date::offset(said).flatten().ok_or_else(|| Fault::Offset(said.to_owned()))?;
            return Ok(Some(Instant(local).plus(i64::from(offset).saturating_neg())));
        }
        let Some(zone) = &self.plan.zone else { return Err(Fault::Zone(text.to_owned())) };
        Ok(Some(match zone.resolve(local) {
            LocalTime::Once(instant) | LocalTime::Skipped(instant) => instant,
            // An hour that the clock shows twice: what is closed in it was opened before.
            LocalTime::Twice(first, second) if opened.is_some_and(|opened| first < opened) => {
                second
            }
            LocalTime::Twice(first, _) => first,
        }))
    }

    fn seat(&self) -> Result<Seat, Fault> {
        if !self.plan.kind.is_of_seats() {
            return Ok(Seat::default());
        }
        Ok(Seat {
            assigned: self.said_date(Field::Assigned)?,
            unassigned: self.said_date(Field::Unassigned)?,
            last_used: self.said_date(Field::LastUsed)?,
            days_used: self.days(Field::DaysUsed)?,
            days_inactive: self.days(Field::DaysInactive)?,
        })
    }

    /// Whether a cell says in words that there is nothing to say.
    fn is_nothing(&self, field: Field) -> bool {
        const NOTHING: [&str; 6] = ["-", "--", "n/a", "never", "none", "not used"];
        let text = self.text(field).map_or("-", |(_, text)| text);
        NOTHING.iter().any(|nothing| text.eq_ignore_ascii_case(nothing))
    }

    fn said_date(&self, field: Field) -> Result<Option<Date>, Fault> {
        if self.is_nothing(field) { Ok(None) } else { self.date(field) }
    }

    fn days(&self, field: Field) -> Result<Option<u32>, Fault> {
        if self.is_nothing(field) {
            return Ok(None);
        }
        let micros = self.amount(field)?;
        let whole = micros.map(|micros| {
            let days =
                micros.checked_div(MICROS_PER_UNIT).and_then(|days| u32::try_from(days).ok());
            let is_whole = micros.checked_rem(MICROS_PER_UNIT) == Some(0);
            days.filter(|_| is_whole).ok_or_else(|| {
                let text = self.text(field).map_or("", |(_, text)| text).to_owned();
                Fault::Amount(self.column(field), text, BadNumber::Unreadable)
            })
        });
        whole.transpose()
    }
}

/// Seconds since 1970, or parts of them.
fn epoch(text: &str, parts: i64) -> Result<Written, BadDate> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let number: i64 = whole.parse().map_err(|_| BadDate::Unreadable)?;
    let seconds = number.checked_div_euclid(parts).ok_or(BadDate::Unreadable)?;
    // 1980 to 2100; milliseconds taken for seconds are far outside.
    if !(315_532_800..4_133_980_800).contains(&seconds) {
        return Err(BadDate::Unbelievable);
    }
    let date = Date(i32::try_from(seconds.div_euclid(DAY)).unwrap_or(0));
    let second = u32::try_from(seconds.rem_euclid(DAY)).unwrap_or(0);
    Ok(Written { date, second: Some(second), offset: Some(0) })
}
