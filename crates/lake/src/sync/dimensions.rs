//! The dimensions as of now. A file is named after what is in it, so nothing is written where nothing changed.

use super::{JOURNAL, LakeSync, Position};
use crate::delta::Change;
use crate::fault::LakeError;
use crate::files::{Encoded, Encoder, decoded};
use crate::lake::Lake;
use crate::privacy::{Privacy, digest, is_of_gate};
use crate::project::{buckets, people, products, sites};
use crate::rows::{Cell, Rows};
use crate::tables::Table;
use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::Int32Type;
use faregate_core::estate::Estate;
use faregate_core::when::Instant;

impl LakeSync {
    /// Writes whichever dimension changed; tells whether that of people did.
    pub(super) async fn write_dimensions(
        &mut self,
        at: &mut Position,
        now: Instant,
    ) -> Result<bool, LakeError> {
        if !at.estate_changed {
            return Ok(false);
        }
        let (estate, seq) = (at.state.estate(), at.state.seq());
        let today = at.state.zone().date(now);
        let hidden = |person| self.privacy.person(person, estate, today);
        let all = [
            (Table::People, with_pseudonyms(people(estate, &hidden)?, estate, &self.privacy)?),
            (Table::Products, products(estate)?),
            (Table::Buckets, buckets(estate)?),
            (Table::Sites, sites(estate)?),
        ];
        let mut has_people = false;
        for (table, rows) in all {
            let replaced = self.lake.replace(table, rows, seq, now).await?;
            has_people |= replaced && table == Table::People;
        }
        at.estate_changed = false;
        Ok(has_people)
    }
}

/// Those who stand for people in months that name nobody.
fn with_pseudonyms(mut rows: Rows, estate: &Estate, privacy: &Privacy) -> Result<Rows, LakeError> {
    for (id, person) in (0..).zip(estate.people()).filter(|_| privacy.forgot()) {
        let name = privacy.pseudonym(&person.key);
        rows.push(&[
            Cell::Int(privacy.person_id(id)),
            Cell::Text(&name),
            Cell::Text(&name),
            Cell::id(Some(person.bucket.0)),
            Cell::Flag(false),
            Cell::Null,
            Cell::Null,
            Cell::Null,
            Cell::Text(""),
        ])?;
    }
    Ok(rows)
}

impl Lake {
    /// Replaces a dimension by its rows as of an event, unless they are the same or a later event's are there; tells
    /// whether it did.
    pub(crate) async fn replace(
        &mut self,
        table: Table,
        mut rows: Rows,
        seq: u64,
        now: Instant,
    ) -> Result<bool, LakeError> {
        let mut encoder = Encoder::new(table, usize::MAX);
        encoder.push(&rows.take()?)?;
        let encoded = encoder.finish()?;
        let name = encoded.as_ref().map(|file: &Encoded| digest(&file.bytes));
        let delta = self.table_mut(table)?;
        let is_there =
            |path: &str| name.as_ref().is_some_and(|name| path.starts_with(name.as_str()));
        let removes = delta.files()?;
        let same = removes.iter().all(|file| is_there(&file.path));
        let later = delta.cursor(JOURNAL).await? > seq;
        if later || (same && removes.len() == usize::from(name.is_some())) {
            return Ok(false);
        }
        let mut change = Change { removes, cursors: vec![(JOURNAL, seq)], ..Change::new(now) };
        if let Some((name, encoded)) = name.zip(encoded) {
            // What was replaced may be removed any time: the same rows, written again, are another file.
            let name = format!("{name}-{}", delta.version());
            change.adds.push(delta.store(None, &name, encoded, now).await?);
        }
        if delta.commit(change).await? { Ok(true) } else { Err(LakeError::Busy(table.name())) }
    }

    /// The names that only our gate heard, by number.
    pub(crate) async fn gate_names(&self) -> Result<Vec<(i32, String)>, LakeError> {
        let delta = self.table(Table::Names)?;
        let mut names = Vec::new();
        for file in delta.files()?.iter().filter(|file| file.may_have("id", i64::MIN, -1)) {
            for rows in decoded(delta.read(file).await?)? {
                let rows = rows?;
                let ids = rows.column(0).as_primitive::<Int32Type>().values().iter();
                let texts = rows.column(1).as_string::<i32>().iter().flatten();
                let found = ids.zip(texts).filter(|(id, _)| is_of_gate(**id));
                names.extend(found.map(|(id, text)| (*id, text.to_owned())));
            }
        }
        Ok(names)
    }
}
