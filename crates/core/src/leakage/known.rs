//! What has to be known of the whole journal before a single day can be judged: which times the sources cover,
//! who and what ever asked at the gate, what the logs ever name.

use crate::estate::{ProductId, folded};
use crate::event::{Ask, Event, Receipt};
use crate::usage::Interval;
use crate::when::{DAY, Instant};
use rustc_hash::{FxHashMap, FxHashSet};

/// Receipts of this kind tell what the vendor charged; all others, what people used.
const VENDOR: &str = "vendor";

/// A name of a person or a workstation, whatever its case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(u32);

/// Stretches of time, merged and ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spans(Vec<Interval>);

impl Spans {
    /// Adds a stretch; one that touches others becomes one with them.
    pub fn add(&mut self, span: Interval) {
        let first = self.0.partition_point(|known| known.end < span.start);
        let last = self.0.partition_point(|known| known.start <= span.end).max(first);
        let met = self.0.get(first..last).unwrap_or(&[]);
        let merged = met.iter().fold(span, |all, one| Interval {
            start: all.start.min(one.start),
            end: all.end.max(one.end),
        });
        self.0.splice(first..last, [merged]);
    }

    /// Whether all of a stretch is within one of these.
    #[must_use]
    pub fn cover(&self, stretch: Interval) -> bool {
        self.around(stretch.start).is_some_and(|span| stretch.end <= span.end)
    }

    /// Whether any of a stretch is within any of these.
    #[must_use]
    pub fn touch(&self, stretch: Interval) -> bool {
        let place = self.0.partition_point(|span| span.end <= stretch.start);
        self.0.get(place).is_some_and(|span| span.start < stretch.end)
    }

    /// The stretch around an instant.
    #[must_use]
    pub fn around(&self, at: Instant) -> Option<Interval> {
        let place = self.0.partition_point(|span| span.end < at);
        self.0.get(place).copied().filter(|span| span.start <= at)
    }
}

/// What is known of the sources as a whole.
#[derive(Clone, Debug, Default)]
pub struct Known {
    numbers: FxHashMap<String, Name>,
    texts: Vec<String>,
    hosts: FxHashSet<Name>,
    askers: FxHashSet<Name>,
    served: FxHashSet<ProductId>,
    first: Option<Instant>,
    /// When licence-server logs tell what happened.
    pub log: Spans,
    /// The UTC days that reports of the vendor's tell of.
    pub vendor: Spans,
}

impl Known {
    /// Takes the next event of the journal.
    pub fn see(&mut self, at: Instant, event: &Event) {
        match event {
            Event::Opened(opened) => {
                self.asked(&opened.ask);
                self.first.get_or_insert(at);
            }
            Event::Refused(refused) => self.asked(&refused.ask),
            Event::Imported(receipt) => self.imported(receipt),
            _ => {}
        }
    }

    fn asked(&mut self, ask: &Ask) {
        let (host, asker) = (self.name(&ask.host), self.name(&ask.person));
        self.hosts.insert(host);
        self.askers.insert(asker);
    }

    fn imported(&mut self, receipt: &Receipt) {
        let Some((start, last)) = receipt.counts.first.zip(receipt.counts.last) else { return };
        if receipt.kind == VENDOR {
            self.vendor.add(Interval { start, end: last.plus(DAY) });
        } else {
            self.log.add(Interval { start, end: last.plus(1) });
        }
    }

    /// Says that a log names a product: its licence server serves it.
    pub fn log_names(&mut self, product: ProductId) {
        self.served.insert(product);
    }

    /// Whether a log ever names the product.
    #[must_use]
    pub fn is_served(&self, product: ProductId) -> bool {
        self.served.contains(&product)
    }

    /// The number of a name, new or known.
    pub fn name(&mut self, text: &str) -> Name {
        if let Some(&known) = self.numbers.get(text) {
            return known;
        }
        let key = folded(text);
        let known = self.numbers.get(&key).copied().unwrap_or_else(|| {
            let number = Name(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
            self.texts.push(text.to_owned());
            self.numbers.insert(key, number);
            number
        });
        self.numbers.insert(text.to_owned(), known);
        known
    }

    /// A name as it was first written.
    #[must_use]
    pub fn text(&self, name: Name) -> &str {
        self.texts.get(usize::try_from(name.0).unwrap_or(usize::MAX)).map_or("", String::as_str)
    }

    pub(super) fn is_asker(&self, name: Name) -> bool {
        self.askers.contains(&name)
    }

    pub(super) fn is_asking_host(&self, host: Name) -> bool {
        self.hosts.contains(&host)
    }

    /// When somebody passed the gate for the first time.
    #[must_use]
    pub fn roll_out(&self) -> Option<Instant> {
        self.first
    }
}
