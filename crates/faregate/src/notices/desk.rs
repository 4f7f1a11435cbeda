//! What is known of channels and deliveries, for whoever asks: the API, and the command line without a server.

use super::schedules::Book;
use super::{Declared, test};
use crate::ambient;
use crate::fault::Fault;
use faregate_api::channels::{Channels, KnownChannel, Untold};
use faregate_app::outbox::{Delivery, Filter, Outbox, Standing};
use faregate_app::ports::StoreError;
use faregate_connect::channels::SendError;
use faregate_core::when::Zone;
use faregate_store::directory::DataDirectory;
use faregate_store::outbox::SqliteOutbox;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The channels and the outbox of a data directory.
pub(crate) struct Desk {
    pub(crate) declared: Declared,
    outbox: Mutex<SqliteOutbox>,
    /// The schedules of reports; whoever changes them holds it.
    book: Mutex<Book>,
    /// The contract's zone.
    zone: Box<dyn Fn() -> Zone + Send + Sync>,
}

impl Desk {
    /// Opens the outbox beside a store.
    pub(crate) fn open(
        data: &Path,
        declared: Declared,
        zone: impl Fn() -> Zone + Send + Sync + 'static,
    ) -> Result<Arc<Self>, Fault> {
        let outbox = Mutex::new(DataDirectory::outbox_beside(data)?);
        let book = Mutex::new(Book::of(data));
        Ok(Arc::new(Self { declared, outbox, book, zone: Box::new(zone) }))
    }

    pub(super) fn outbox(&self) -> MutexGuard<'_, SqliteOutbox> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many deliveries wait, and for how many seconds the first of them has; `None` without channels.
    pub(crate) fn waiting(&self) -> Option<(u64, Option<i64>)> {
        if self.declared.channels.channels.is_empty() {
            return None;
        }
        let filter =
            Filter { standing: Some(Standing::Waiting), limit: usize::MAX, ..Filter::default() };
        let waiting = self.outbox().list(&filter).ok()?;
        let oldest = waiting.iter().map(|one| one.draft.notice.at).min();
        Some((waiting.len() as u64, oldest.map(|at| ambient::now().since(at))))
    }

    pub(super) fn zone(&self) -> Zone {
        (self.zone)()
    }
}

impl Channels for Desk {
    fn list(&self) -> Result<Vec<KnownChannel>, StoreError> {
        let (now, zone) = (ambient::now(), self.zone());
        let mut outbox = self.outbox();
        let known = self.declared.channels.channels.iter().map(|channel| {
            Ok(KnownChannel {
                name: channel.name.clone(),
                kind: channel.kind_word(),
                leads_to: channel.leads_to(),
                is_quiet: channel.quiet.over_at(now, &zone) > now,
                tally: outbox.tally(&channel.name)?,
            })
        });
        known.collect()
    }

    fn test(&self, name: &str) -> Option<Result<(), Untold>> {
        let channel = self.declared.channels.find(name)?;
        let tested = test(channel)
            .map_err(|SendError { words, help, .. }| Untold { why: words, help: help.to_owned() });
        // What works again is switched on again.
        let switched = tested.and_then(|()| {
            self.outbox().switch(name, None, ambient::now()).map_err(|why| Untold {
                why: format!("it arrived, and could not be noted: {why}"),
                help: "check the disk".to_owned(),
            })
        });
        Some(switched)
    }

    fn deliveries(&self, filter: &Filter) -> Result<Vec<Delivery>, StoreError> {
        self.outbox().list(filter)
    }
}
