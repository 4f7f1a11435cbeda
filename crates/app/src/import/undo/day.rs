//! One UTC day of an import that is undone: what is its own, and what others that stand tell of it.

use crate::import::names::Names;
use crate::ports::{BlockKind, Memo, Paid, Store, StoreError, Use};
use faregate_core::state::State;
use faregate_core::when::Date;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// A day, sorted by who tells of what.
pub(in crate::import) struct Day {
    /// Uses that the import brought, by identity.
    pub(super) own: BTreeMap<u64, Use>,
    /// Those of them that another import that stands told of as well: the first such one, and its words.
    pub(super) told_by: FxHashMap<u64, (u32, Use)>,
    /// Uses that imports that stand show as going on, until the latest that any says.
    pub(super) shown_by: FxHashMap<u64, Use>,
    /// Uses that the import showed as going on.
    pub(super) open: Vec<Use>,
    /// What the import said that the vendor charged.
    pub(in crate::import) paid: Vec<Paid>,
    /// What others say of that: the import, whether it stands, and its rows.
    pub(in crate::import) paid_by: Vec<(u32, bool, Vec<Paid>)>,
}

impl Day {
    pub(super) fn read(
        store: &mut dyn Store,
        state: &State,
        names: &Names<'_>,
        date: Date,
        batch: u32,
    ) -> Result<Self, StoreError> {
        let identify = |one: &Use| crate::import::identify(names, one);
        // All uses ever told of the day, in the order of their places.
        let mut places: Vec<Use> = Vec::new();
        let mut own = BTreeMap::new();
        for block in store.blocks_of(date)? {
            for one in block.uses {
                let is_own = block.kind == BlockKind::Told && block.batch == batch;
                if is_own {
                    own.insert(identify(&one), one);
                } else {
                    own.remove(&identify(&one));
                }
                places.extend((block.kind == BlockKind::Told).then_some(one));
            }
        }
        let mut day = Self {
            own,
            told_by: FxHashMap::default(),
            shown_by: FxHashMap::default(),
            open: Vec::new(),
            paid: Vec::new(),
            paid_by: Vec::new(),
        };
        for (of, memo) in store.memos_of(date)? {
            let stands = state.imports().stands(of);
            if of == batch {
                day.open.extend(memo.open);
                day.paid.extend(memo.paid);
                continue;
            }
            if stands {
                day.put(of, &memo, &places, identify);
            }
            if !memo.paid.is_empty() {
                day.paid_by.push((of, stands, memo.paid));
            }
        }
        Ok(day)
    }

    /// Adds what another import tells; they come in order of their numbers.
    fn put(&mut self, batch: u32, memo: &Memo, places: &[Use], identify: impl Fn(&Use) -> u64) {
        let runs = memo.again.iter().flat_map(|(first, count)| {
            let first = *first as usize;
            places.get(first..first.saturating_add(*count as usize)).unwrap_or(&[])
        });
        for one in runs.chain(&memo.otherwise) {
            let identity = identify(one);
            if self.own.contains_key(&identity) {
                self.told_by.entry(identity).or_insert((batch, *one));
            }
        }
        show(&mut self.shown_by, memo, identify);
    }
}

/// Uses of a day that imports that stand show as going on, one aside that is being undone.
pub(crate) fn shown(
    store: &mut dyn Store,
    state: &State,
    names: &Names<'_>,
    date: Date,
    undoing: Option<u32>,
) -> Result<FxHashMap<u64, Use>, StoreError> {
    let mut shown = FxHashMap::default();
    for (of, memo) in store.memos_of(date)? {
        if Some(of) != undoing && state.imports().stands(of) {
            show(&mut shown, &memo, |one| crate::import::identify(names, one));
        }
    }
    Ok(shown)
}

fn show(shown: &mut FxHashMap<u64, Use>, memo: &Memo, identify: impl Fn(&Use) -> u64) {
    for one in &memo.open {
        let known = shown.entry(identify(one)).or_insert(*one);
        known.closed = known.closed.max(one.closed);
    }
}
