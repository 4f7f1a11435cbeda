//! The lake as a whole: its tables, opened.

use crate::delta::Delta;
use crate::fault::LakeError;
use crate::place::Place;
use crate::sync::JOURNAL;
use crate::tables::Table;
use std::collections::BTreeMap;

/// All tables of a lake.
pub struct Lake {
    pub(crate) place: Place,
    tables: BTreeMap<Table, Delta>,
}

/// What is in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// Which.
    pub table: Table,
    /// How many rows.
    pub rows: u64,
    /// In how many files.
    pub files: usize,
    /// How large these are together.
    pub bytes: u64,
    /// Up to which event of the journal, for the facts.
    pub seq: u64,
}

impl Lake {
    /// Opens the lake of a place, and creates the tables that are not there. Tables of an older version are
    /// removed: the next sync makes them anew.
    ///
    /// # Errors
    /// [`LakeError::Newer`] when a newer release made it.
    pub async fn open(place: Place) -> Result<Self, LakeError> {
        let mut tables = BTreeMap::new();
        for table in Table::ALL {
            tables.insert(table, Delta::open(&place, table).await?);
        }
        Ok(Self { place, tables })
    }

    /// Opens the lake of a place to read it; `None` when there is none, or an older one, which a sync makes anew.
    ///
    /// # Errors
    /// [`LakeError::Newer`] when a newer release made it.
    pub async fn find(place: Place) -> Result<Option<Self>, LakeError> {
        let mut tables = BTreeMap::new();
        for table in Table::ALL {
            let Some(found) = Delta::find(&place, table).await? else { return Ok(None) };
            tables.insert(table, found);
        }
        Ok(Some(Self { place, tables }))
    }

    /// What is in each table, as of the last look at its log.
    ///
    /// # Errors
    /// [`LakeError::Table`].
    pub async fn status(&self) -> Result<Vec<Status>, LakeError> {
        let mut all = Vec::new();
        for (&table, delta) in &self.tables {
            let files = delta.files()?;
            all.push(Status {
                table,
                rows: files.iter().map(|file| file.rows).sum(),
                files: files.len(),
                bytes: files.iter().map(|file| file.bytes).sum(),
                seq: delta.cursor(JOURNAL).await?,
            });
        }
        Ok(all)
    }

    /// Sees what others have committed.
    ///
    /// # Errors
    /// [`LakeError::Table`].
    pub async fn refresh(&mut self) -> Result<(), LakeError> {
        for table in self.tables.values_mut() {
            table.refresh().await?;
        }
        Ok(())
    }

    pub(crate) fn table(&self, table: Table) -> Result<&Delta, LakeError> {
        self.tables.get(&table).ok_or_else(|| missing(table))
    }

    pub(crate) fn table_mut(&mut self, table: Table) -> Result<&mut Delta, LakeError> {
        self.tables.get_mut(&table).ok_or_else(|| missing(table))
    }
}

fn missing(table: Table) -> LakeError {
    LakeError::Damaged(format!("there is no table `{table}`"))
}
