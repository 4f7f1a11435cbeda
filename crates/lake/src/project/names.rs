//! Names as sources write them, by number: those of the store as it numbers them, from 0 up; those that only our
//! gate heard, from −1 down in the order of the journal.

use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Names by number, and numbers by name.
#[derive(Default)]
pub(crate) struct Names {
    stored: Vec<String>,
    /// Numbers of the gate's names, and of the store's once one was asked for.
    numbers: FxHashMap<String, i32>,
    /// How many of the store's names are in `numbers`.
    indexed: usize,
    next: i32,
    fresh: Vec<(i32, String)>,
}

impl Names {
    /// Those of the store, and those of the gate that the lake has already.
    pub(crate) fn new(stored: Vec<String>, of_gate: Vec<(i32, String)>) -> Self {
        let next = of_gate.iter().map(|(id, _)| *id).min().unwrap_or(0).min(0) - 1;
        let numbers = of_gate.into_iter().map(|(id, text)| (text, id)).collect();
        Self { stored, numbers, indexed: 0, next, fresh: Vec::new() }
    }

    /// The store's names.
    pub(crate) fn stored(&self) -> &[String] {
        &self.stored
    }

    /// All names with their numbers, the store's and those that only our gate heard.
    pub(crate) fn all(&self) -> impl Iterator<Item = (i32, &str)> {
        let stored = (0..).zip(&self.stored).map(|(number, text)| (number, text.as_str()));
        let of_gate = self.numbers.iter().filter(|(_, number)| **number < 0);
        stored.chain(of_gate.map(|(text, number)| (*number, text.as_str())))
    }

    /// Forgets the gate's names of these numbers: who bears one later gets another.
    pub(crate) fn drop_gate_names(&mut self, ids: &BTreeSet<i32>) {
        self.numbers.retain(|_, number| *number >= 0 || !ids.contains(number));
    }

    /// Takes the names that the store has now.
    pub(crate) fn restock(&mut self, stored: Vec<String>) {
        self.stored = stored;
    }

    /// One of the store's names; empty when it has none of the number.
    pub(crate) fn text(&self, number: u32) -> &str {
        self.stored.get(number as usize).map_or("", String::as_str)
    }

    /// The number of a name that our gate heard.
    pub(crate) fn id(&mut self, text: &str) -> i32 {
        for (number, text) in self.stored.iter().enumerate().skip(self.indexed) {
            let number = i32::try_from(number).unwrap_or(i32::MAX);
            self.numbers.entry(text.clone()).or_insert(number);
        }
        self.indexed = self.stored.len();
        if let Some(id) = self.numbers.get(text) {
            return *id;
        }
        let id = self.next;
        self.next = self.next.saturating_sub(1);
        self.numbers.insert(text.to_owned(), id);
        self.fresh.push((id, text.to_owned()));
        id
    }

    /// Takes the gate's names that are not in the lake yet.
    pub(crate) fn take_fresh(&mut self) -> Vec<(i32, String)> {
        std::mem::take(&mut self.fresh)
    }
}
