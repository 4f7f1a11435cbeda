//! Forgetting: months whose people are named no longer, and people who asked to be erased.
//!
//! Sums stay what they are: rows are never removed, only whose they are is. Doing it twice is doing it once.

use crate::delta::{Change, File};
use crate::fault::LakeError;
use crate::files::{Encoder, FILE_BYTES, decoded};
use crate::lake::Lake;
use crate::privacy::{PSEUDONYMS_BELOW, Privacy, is_of_gate, is_pseudonym};
use crate::rewrite::column;
use crate::rows::{Cell, Rows};
use crate::session::Means;
use crate::sync::month_name;
use crate::tables::Table;
use datafusion::arrow::array::{ArrayRef, AsArray, Int32Array, RecordBatch, StringArray};
use datafusion::arrow::datatypes::Int32Type;
use faregate_core::estate::PersonId;
use faregate_core::when::{Date, Instant};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Facts that say whose they are.
const PERSONAL: [Table; 4] = [Table::Sessions, Table::Charges, Table::Denials, Table::Decisions];

/// Every number of a name that a row names.
const USED: &str = "SELECT DISTINCT user_id AS id FROM sessions UNION SELECT host_id FROM sessions
    UNION SELECT feature_id FROM sessions
    UNION SELECT user_id FROM decisions UNION SELECT host_id FROM decisions";

impl Lake {
    /// Puts pseudonyms in the place of people, users and hosts in all months before the first that names them,
    /// and notes names that no row names any more. Tells how many files were written anew. Whether rows came or went
    /// since the last time, `moved` says.
    ///
    /// # Errors
    /// [`LakeError`]; the next run goes on from there.
    pub(crate) async fn forget(
        &mut self,
        privacy: &mut Privacy,
        stored: &[String],
        (today, now): (Date, Instant),
        means: &Means,
        moved: bool,
    ) -> Result<u64, LakeError> {
        let Some(first) = privacy.named_from(today).map(month_name) else { return Ok(0) };
        let mut written = 0;
        for table in PERSONAL {
            let names_somebody = |file: &File| {
                let is_past = file.month.as_ref().is_some_and(|month| *month < first);
                let users = i64::from(PSEUDONYMS_BELOW);
                let has_users = table != Table::Charges;
                let is_told = has_users && file.may_have("user_id", users, i64::MAX);
                is_past && (is_told || file.may_have("person_id", 0, i64::MAX))
            };
            self.add_pseudonyms(privacy, table, &names_somebody, stored, now).await?;
            let change = |rows: &RecordBatch| Ok(Some(forgotten(privacy, rows)?));
            written += self.rewrite(table, "f", now, &names_somebody, &change).await?;
        }
        if written == 0 && !(privacy.forgot() && moved) {
            return Ok(0);
        }
        let unused = self.unused_names(means).await?;
        privacy.note_forgotten(&self.place, unused).await?;
        Ok(written)
    }

    /// Makes the numbers known that are about to stand for others.
    async fn add_pseudonyms(
        &mut self,
        privacy: &Privacy,
        table: Table,
        concerned: &(dyn Fn(&File) -> bool + Sync),
        stored: &[String],
        now: Instant,
    ) -> Result<(), LakeError> {
        if table == Table::Charges {
            return Ok(());
        }
        let delta = self.table(table)?;
        let mut new = BTreeMap::new();
        for file in delta.files()?.iter().filter(|file| concerned(file)) {
            for rows in decoded(delta.read(file).await?)? {
                let rows = rows?;
                for name in ["user_id", "host_id"] {
                    let ids = column(&rows, name)?.as_primitive::<Int32Type>();
                    let named = ids.values().iter().filter(|id| !is_pseudonym(**id));
                    new.extend(named.map(|id| (privacy.name_id(*id), *id)));
                }
            }
        }
        if new.is_empty() {
            return Ok(());
        }
        let known = self.names().await?;
        new.retain(|id, _| !known.contains_key(id));
        let mut rows = Rows::new(Table::Names);
        for (id, of) in new {
            let text = usize::try_from(of).ok().and_then(|of| stored.get(of)).or(known.get(&of));
            let text = privacy.pseudonym(text.map_or("", String::as_str));
            rows.push(&[Cell::Int(id), Cell::Text(&text)])?;
        }
        self.append_names(rows, now).await
    }

    async fn append_names(&mut self, mut rows: Rows, now: Instant) -> Result<(), LakeError> {
        if rows.is_empty() {
            return Ok(());
        }
        let delta = self.table_mut(Table::Names)?;
        let mut encoder = Encoder::new(Table::Names, FILE_BYTES);
        let mut change = Change::new(now);
        let full = encoder.push(&rows.take()?)?;
        for encoded in full.into_iter().chain(encoder.finish()?) {
            let name = format!("p-{}", crate::privacy::digest(&encoded.bytes));
            change.adds.push(delta.store(None, &name, encoded, now).await?);
        }
        let done = delta.commit(change).await?;
        if done { Ok(()) } else { Err(LakeError::Busy(Table::Names.name())) }
    }

    /// All names of the lake, by number.
    async fn names(&self) -> Result<BTreeMap<i32, String>, LakeError> {
        let delta = self.table(Table::Names)?;
        let mut names = BTreeMap::new();
        for file in delta.files()? {
            for rows in decoded(delta.read(&file).await?)? {
                let rows = rows?;
                let ids = rows.column(0).as_primitive::<Int32Type>().values().iter();
                let texts = rows.column(1).as_string::<i32>().iter().flatten();
                names.extend(ids.zip(texts).map(|(id, text)| (*id, text.to_owned())));
            }
        }
        Ok(names)
    }

    /// Numbers of names that no row names.
    async fn unused_names(&self, means: &Means) -> Result<BTreeSet<i32>, LakeError> {
        let mut unused: BTreeSet<i32> = self.names().await?.into_keys().collect();
        let context = self.session(means).await?;
        for rows in context.sql(USED).await?.collect().await? {
            let ids = column(&rows, "id")?.as_primitive::<Int32Type>();
            for id in ids.values() {
                unused.remove(id);
            }
        }
        unused.retain(|id| !is_pseudonym(*id));
        Ok(unused)
    }

    /// Writes the names anew as they are to be: hidden, or named again because a row names them again.
    pub(crate) async fn rename(
        &mut self,
        privacy: &Privacy,
        stored: &[String],
        now: Instant,
    ) -> Result<u64, LakeError> {
        let change = |rows: &RecordBatch| {
            let ids = rows.column(0).as_primitive::<Int32Type>();
            let texts = rows.column(1).as_string::<i32>();
            let known = ids.values().iter().zip(texts.iter().flatten());
            let new = known.map(|(id, known)| {
                let stored = usize::try_from(*id).ok().and_then(|id| stored.get(id));
                privacy.name(*id, stored.map_or(known, String::as_str))
            });
            let new: StringArray = new.map(Some).collect();
            if new == *texts {
                return Ok(None);
            }
            let columns: Vec<ArrayRef> = vec![rows.column(0).clone(), Arc::new(new)];
            Ok(Some(RecordBatch::try_new(rows.schema(), columns)?))
        };
        let tag = format!("n{}", now.0);
        self.rewrite(Table::Names, &tag, now, &|_| true, &change).await
    }

    /// Numbers of hosts that only these people used.
    pub(crate) async fn hosts_of(
        &self,
        people: &BTreeSet<PersonId>,
        means: &Means,
    ) -> Result<BTreeSet<i32>, LakeError> {
        // Decisions name whom an identity was then.
        let ids: Vec<String> = people.iter().map(|id| id.0.to_string()).collect();
        let mut found = BTreeSet::new();
        let hosts = format!(
            "SELECT host_id AS id FROM (SELECT host_id, person_id FROM sessions
                UNION ALL SELECT host_id, person_id FROM decisions) used
             GROUP BY host_id
             HAVING count(*) FILTER (WHERE person_id IN ({ids})) = count(*)",
            ids = ids.join(", ")
        );
        let context = self.session(means).await?;
        for rows in context.sql(&hosts).await?.collect().await? {
            found.extend(column(&rows, "id")?.as_primitive::<Int32Type>().values().iter());
        }
        found.retain(|id| *id >= 0 || is_of_gate(*id));
        Ok(found)
    }
}

/// Rows that name pseudonyms instead of people.
fn forgotten(privacy: &Privacy, rows: &RecordBatch) -> Result<RecordBatch, LakeError> {
    let mut columns: Vec<ArrayRef> = rows.columns().to_vec();
    let (mut people, mut names) = (BTreeMap::new(), BTreeMap::new());
    for (place, field) in rows.schema().fields().iter().enumerate() {
        let is_person = field.name() == "person_id";
        if !is_person && field.name() != "user_id" && field.name() != "host_id" {
            continue;
        }
        let ids = rows.column(place).as_primitive::<Int32Type>();
        let new: Int32Array = ids
            .iter()
            .map(|id| {
                id.map(|id| match is_person {
                    true if id >= 0 => *people.entry(id).or_insert_with(|| privacy.person_id(id)),
                    false if !is_pseudonym(id) => {
                        *names.entry(id).or_insert_with(|| privacy.name_id(id))
                    }
                    _ => id,
                })
            })
            .collect();
        if let Some(slot) = columns.get_mut(place) {
            *slot = Arc::new(new);
        }
    }
    Ok(RecordBatch::try_new(rows.schema(), columns)?)
}
