//! Following the sun: which regions use what when, and how far one pool could serve them all.

use crate::estate::Place;
use crate::event::{Event, SessionId};
use crate::state::State;
use crate::when::{DAY, HOUR, Instant};
use std::collections::BTreeMap;

/// Use of one region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegionUse {
    /// Key of the region, code of a country outside of all regions, or `unknown`.
    pub region: String,
    /// Its name.
    pub name: String,
    /// Seconds of use in each hour of the day, UTC.
    pub seconds: [i64; 24],
    /// The most sessions at once.
    pub peak: u32,
    /// When that was first so.
    pub peak_at: Instant,
    /// How many of its sessions run at the peak of all regions together.
    pub at_the_peak_of_all: u32,
}

/// How regions share.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sharing {
    /// The regions, by key.
    pub regions: Vec<RegionUse>,
    /// The most sessions at once over all regions: what one shared pool has to serve.
    pub peak_of_sum: u32,
    /// When that was first so.
    pub peak_at: Instant,
    /// The sum of the regions' own peaks: what pools of their own have to serve.
    pub sum_of_peaks: u32,
    /// All of it in words.
    pub words: String,
}

/// Sessions and where they run, as the journal tells of them.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    from: Instant,
    until: Instant,
    running: BTreeMap<SessionId, (Instant, Place)>,
    ended: Vec<(Instant, Instant, Place)>,
}

impl Watch {
    /// Sessions that run already in the first state have no place: the journal before it tells of theirs.
    pub(super) fn new(state: &State, from: Instant, until: Instant) -> Self {
        let known = state.sessions().iter();
        let running = known.map(|(id, session)| (*id, (session.opened, Place::default())));
        Self { from, until, running: running.collect(), ended: Vec::new() }
    }

    pub(super) fn see(&mut self, state: &State, seq: u64, at: Instant, event: &Event) {
        match event {
            Event::Opened(opened) if at < self.until => {
                self.running.insert(SessionId(seq), (at, opened.basis.place));
            }
            Event::Closed { session, at, .. } if state.sessions().contains_key(session) => {
                if let Some((opened, place)) = self.running.remove(session) {
                    self.end(opened, *at, place);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, opened: Instant, closed: Instant, place: Place) {
        let (start, end) = (opened.max(self.from), closed.min(self.until));
        if start < end {
            self.ended.push((start, end, place));
        }
    }

    /// Sessions that still run are taken to run to the end of what is known.
    pub(super) fn finish(mut self, state: &State) -> Sharing {
        let end = state.at().min(self.until);
        for (opened, place) in core::mem::take(&mut self.running).into_values() {
            self.end(opened, end, place);
        }
        let mut regions: BTreeMap<String, RegionUse> = BTreeMap::new();
        let mut steps: Vec<(Instant, bool, String)> = Vec::new();
        for (start, end, place) in self.ended {
            let (region, name) = region(state, place);
            steps.push((start, true, region.clone()));
            steps.push((end, false, region.clone()));
            let used = regions.entry(region.clone()).or_insert_with(|| RegionUse {
                region,
                name,
                ..RegionUse::default()
            });
            add_hours(&mut used.seconds, start, end);
        }
        steps.sort_unstable();
        swept(regions, &steps)
    }
}

fn region(state: &State, place: Place) -> (String, String) {
    let Some(country) = place.country else {
        return ("unknown".to_owned(), "Unknown".to_owned());
    };
    let region = state.estate().region_of(country);
    let country = || (country.code().to_owned(), country.code().to_owned());
    region.map_or_else(country, |region| (region.key.clone(), region.name.clone()))
}

/// Spreads a stretch over the hours of the day.
fn add_hours(seconds: &mut [i64; 24], start: Instant, end: Instant) {
    let mut at = start;
    while at < end {
        let hour = at.0.rem_euclid(DAY).div_euclid(HOUR);
        let next = Instant(at.0.div_euclid(HOUR).saturating_add(1).saturating_mul(HOUR)).min(end);
        if let Some(slot) = usize::try_from(hour).ok().and_then(|hour| seconds.get_mut(hour)) {
            *slot = slot.saturating_add(next.since(at));
        }
        at = next;
    }
}

/// Counts what runs at once; at one instant, what ends does so before what begins.
fn swept(mut regions: BTreeMap<String, RegionUse>, steps: &[(Instant, bool, String)]) -> Sharing {
    let mut running: BTreeMap<&str, u32> = BTreeMap::new();
    let mut sharing = Sharing::default();
    let mut at_peak = running.clone();
    for (at, begins, region) in steps {
        let count = running.entry(region).or_default();
        *count = if *begins { count.saturating_add(1) } else { count.saturating_sub(1) };
        if let Some(used) = regions.get_mut(region).filter(|used| used.peak < *count) {
            (used.peak, used.peak_at) = (*count, *at);
        }
        let all = running.values().fold(0u32, |sum, count| sum.saturating_add(*count));
        if all > sharing.peak_of_sum {
            (sharing.peak_of_sum, sharing.peak_at) = (all, *at);
            at_peak.clone_from(&running);
        }
    }
    for used in regions.values_mut() {
        used.at_the_peak_of_all = at_peak.get(used.region.as_str()).copied().unwrap_or(0);
        sharing.sum_of_peaks = sharing.sum_of_peaks.saturating_add(used.peak);
    }
    sharing.regions = regions.into_values().collect();
    sharing.words = in_words(&sharing);
    sharing
}

fn in_words(sharing: &Sharing) -> String {
    let Sharing { regions, peak_of_sum, peak_at, sum_of_peaks, .. } = sharing;
    if regions.is_empty() {
        return "No sessions ran through the gate in this period.".to_owned();
    }
    let each = regions
        .iter()
        .map(|used| format!("{} peaks at {} at {}", used.name, used.peak, used.peak_at));
    let peaks = each.collect::<Vec<_>>().join("; ");
    let at_peak = regions.iter().map(|used| format!("{} {}", used.at_the_peak_of_all, used.name));
    let at_peak = at_peak.collect::<Vec<_>>().join(", ");
    let spared = sum_of_peaks.saturating_sub(*peak_of_sum);
    let verdict = if spared == 0 {
        "The regions peak together: sharing one pool spares nothing.".to_owned()
    } else {
        format!(
            "Pools of their own have to serve {sum_of_peaks} sessions, a shared one \
             {peak_of_sum}: {spared} fewer."
        )
    };
    format!("{peaks}. All together peak at {peak_of_sum} at {peak_at} ({at_peak}). {verdict}")
}
