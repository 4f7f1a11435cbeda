//! What a race came to, and how it is printed.

use serde_json::{Value, json};

/// One race, all its rounds.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// Which race, for example `A1 PostgreSQL, 120 buckets`.
    pub(crate) race: String,
    /// Of `ours` and `peer`.
    pub(crate) unit: &'static str,
    /// Ours, round by round.
    pub(crate) ours: Vec<f64>,
    /// The peer's in the same rounds; a single figure when it was taken elsewhere.
    pub(crate) peer: Vec<f64>,
    /// Whether less is better: CPU seconds, not requests a second.
    pub(crate) less_is_better: bool,
    /// How many times the peer an issue asks for first; `None` when it asks for a report only.
    pub(crate) first: Option<f64>,
    /// And in the end.
    pub(crate) last: Option<f64>,
    /// What else must be true, and is not.
    pub(crate) wrong: Vec<String>,
    /// What the reader should know.
    pub(crate) notes: Vec<String>,
}

impl Outcome {
    /// How many times better than the peer, round by round.
    pub(crate) fn ratios(&self) -> Vec<f64> {
        let peer = |round: usize| self.peer.get(round).or(self.peer.first()).copied();
        let rounds = self.ours.iter().enumerate();
        let pairs = rounds.filter_map(|(round, &ours)| Some((ours, peer(round)?)));
        let ratio = |(ours, peer): (f64, f64)| {
            if self.less_is_better { peer / ours } else { ours / peer }
        };
        pairs.map(ratio).collect()
    }

    /// Whether the first target is reached by the median round and nothing is wrong.
    pub(crate) fn holds(&self) -> bool {
        let ratio = median(&self.ratios());
        let reached = self.first.is_none_or(|first| ratio.is_some_and(|ratio| ratio >= first));
        reached && ratio.is_some() && self.wrong.is_empty()
    }

    pub(crate) fn json(&self) -> Value {
        let ratios = self.ratios();
        let ratio = median(&ratios);
        json!({
            "race": self.race, "unit": self.unit,
            "ours": median(&self.ours), "peer": median(&self.peer), "ratio": ratio,
            "ratio_min": lowest(&ratios), "ratio_max": highest(&ratios),
            "target": self.first, "final": self.last,
            "of_final": ratio.zip(self.last).map(|(ratio, last)| ratio / last),
            "holds": self.holds(),
            "rounds": { "ours": self.ours, "peer": self.peer },
            "wrong": self.wrong, "notes": self.notes,
        })
    }

    pub(crate) fn line(&self) -> String {
        let ratios = self.ratios();
        let figure = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), short);
        let range = match (lowest(&ratios), highest(&ratios)) {
            (Some(low), Some(high)) => format!("{} – {}", short(low), short(high)),
            _ => "–".to_owned(),
        };
        let distance = match median(&ratios).zip(self.last) {
            Some((ratio, last)) if ratio < last => format!("{} × to go", short(last / ratio)),
            Some(_) => "reached".to_owned(),
            None => "–".to_owned(),
        };
        let first = self.first.map_or_else(|| "report".to_owned(), |first| format!("≥ {first} ×"));
        format!(
            "{:<34} {:>10} {:>10} {:<5} {:>7}  {:<15} {:<8} {:<5} {:<8} {distance}",
            self.race,
            figure(median(&self.ours)),
            figure(median(&self.peer)),
            self.unit,
            figure(median(&ratios)),
            range,
            first,
            if self.holds() { "yes" } else { "NO" },
            self.last.map_or_else(String::new, |last| format!("≥ {last} ×")),
        )
    }
}

/// The heading over the lines.
pub(crate) fn heading() -> String {
    format!(
        "{:<34} {:>10} {:>10} {:<5} {:>7}  {:<15} {:<8} {:<5} {:<8} distance",
        "race", "ours", "peer", "", "ratio", "range", "first", "holds", "final"
    )
}

/// The middle of the values; of two middles the mean.
pub(crate) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let high = sorted.get(sorted.len() / 2)?;
    let low = sorted.get(sorted.len().saturating_sub(1) / 2)?;
    Some(low.midpoint(*high))
}

pub(crate) fn lowest(values: &[f64]) -> Option<f64> {
    values.iter().copied().min_by(f64::total_cmp)
}

pub(crate) fn highest(values: &[f64]) -> Option<f64> {
    values.iter().copied().max_by(f64::total_cmp)
}

/// Three significant digits, thousands grouped.
pub(crate) fn short(value: f64) -> String {
    if value.abs() >= 100.0 {
        return faregate_app::views::grouped(value.round());
    }
    format!("{value:.*}", if value.abs() >= 10.0 { 1 } else { 2 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(ours: &[f64], peer: &[f64], less_is_better: bool) -> Outcome {
        Outcome {
            race: "X".to_owned(),
            unit: "/s",
            ours: ours.to_vec(),
            peer: peer.to_vec(),
            less_is_better,
            first: Some(3.0),
            last: Some(8.0),
            wrong: Vec::new(),
            notes: Vec::new(),
        }
    }

    #[test]
    fn ratios_are_taken_round_by_round() {
        let race = outcome(&[30.0, 40.0, 20.0], &[10.0, 10.0, 10.0], false);
        assert_eq!(race.ratios(), [3.0, 4.0, 2.0]);
        assert!(race.holds());
        let cpu = outcome(&[10.0, 10.0], &[20.0, 50.0], true);
        assert_eq!(cpu.ratios(), [2.0, 5.0]);
        assert!(cpu.holds());
    }

    #[test]
    fn a_race_without_its_peer_does_not_hold() {
        assert!(!outcome(&[30.0], &[], false).holds());
    }

    #[test]
    fn a_wrong_result_loses() {
        let mut race = outcome(&[90.0], &[1.0], false);
        race.wrong.push("a reservation is gone".to_owned());
        assert!(!race.holds());
    }

    #[test]
    fn figures_are_short() {
        assert_eq!([0.5, 12.34, 21_034.4].map(short), ["0.50", "12.3", "21,034"]);
    }
}
