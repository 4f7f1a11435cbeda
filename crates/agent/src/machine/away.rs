//! What is allowed while the server, or something else, is away.
//!
//! | | seat granted | lease at hand | neither | goes on already |
//! |---|---|---|---|---|
//! | server unreachable | open | open | refuse after two tries, unless the rules grace it | never ended |
//! | server cannot answer (503) | open | open | refuse | never ended |
//! | rules cannot be read | open for 24 h | open | refuse | never ended |
//! | clock wrong or backwards | open, flagged | open: boot time counts | refuse: set the clock right | never ended |
//!
//! Where two rows meet, the stricter counts. Rules that the server replaced and that could not be fetched for 24 h
//! count as rules that cannot be read for so long; a server that is merely unreachable makes no rules old.

use super::{Stage, Turn};
use crate::memory::{Basis, Pair, Record, Through};
use faregate_protocol::grant::{Grant, GrantedFare};
use faregate_protocol::wire::Refusal;

/// So long do the last good rules count, in seconds.
const RULES_SECONDS_MAX: i64 = 86_400;
/// So long is the server tried before it is gone without, in milliseconds.
const TRY_MILLIS_MAX: u64 = 10_000;
const DAY: i64 = 86_400;

/// What is wrong with the way to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Away {
    /// It cannot be reached.
    Unreachable,
    /// It is there and cannot answer.
    Unavailable,
}

/// How good the rules are that the agent has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RulesAre {
    Good,
    Doubtful,
    TooOld,
}

/// What somebody has to be let through on without the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Means {
    Seat,
    Lease,
    /// Whether the rules grace another open today.
    Nothing {
        graced: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Open(Basis),
    Refuse(Cause),
    /// Nothing is wrong: the server decides.
    Ask,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    Away(Away),
    Rules,
    Clock,
}

/// One cell of the table.
fn verdict(away: Option<Away>, rules: RulesAre, clock_off: bool, means: Means) -> Verdict {
    match means {
        Means::Seat if rules == RulesAre::TooOld => Verdict::Refuse(Cause::Rules),
        Means::Seat => Verdict::Open(Basis::Seat),
        Means::Lease => Verdict::Open(Basis::Lease),
        Means::Nothing { .. } if rules != RulesAre::Good => Verdict::Refuse(Cause::Rules),
        Means::Nothing { .. } if clock_off => Verdict::Refuse(Cause::Clock),
        Means::Nothing { graced } => match away {
            Some(Away::Unreachable) if graced => Verdict::Open(Basis::Grace),
            Some(away) => Verdict::Refuse(Cause::Away(away)),
            None => Verdict::Ask,
        },
    }
}

impl Turn<'_> {
    /// A request to ask or open came to nothing: once more, or without the server.
    pub(super) fn failed(&mut self, pair: &Pair, away: Away, why: &str) {
        if self.is_running(pair) {
            // It goes on; the server is asked once it is back.
            return self.stage(pair, Stage::Rest);
        }
        let (millis, pause) = (self.now.millis(), self.state.waits.try_millis);
        let granted = self.means(pair).len() > 1;
        let (Stage::Asking(attempt) | Stage::Opening { attempt, .. }) = &mut self.live(pair).stage
        else {
            return;
        };
        attempt.flight = None;
        attempt.failed += 1;
        // Whoever waits for a second try with a grant in hand waits for nothing.
        let in_time = millis.saturating_sub(attempt.since) < TRY_MILLIS_MAX;
        if attempt.failed < 2 && in_time && !granted {
            attempt.retry_at = Some(millis.saturating_add(pause));
            return;
        }
        self.without_server(pair, away, why);
    }

    fn without_server(&mut self, pair: &Pair, away: Away, why: &str) {
        for means in self.means(pair) {
            match self.verdict(Some(away), means) {
                Verdict::Open(basis) => return self.open_away(pair, basis, why),
                // Whatever is tried last says why not.
                Verdict::Refuse(cause) if matches!(means, Means::Nothing { .. }) => {
                    self.refuse_away(pair, cause, why);
                }
                Verdict::Refuse(_) | Verdict::Ask => {}
            }
        }
    }

    /// The server would let it through on a seat, or on a unit that is paid; whether it may.
    pub(super) fn may_open_free(&mut self, pair: &Pair) -> bool {
        match self.verdict(None, Means::Seat) {
            Verdict::Refuse(cause) if !self.is_running(pair) => {
                self.refuse_away(pair, cause, "");
                false
            }
            _ => {
                if self.state.clock.is_off(self.now) {
                    self.log(format!("flagged: the clock is wrong while {} opens", pair.1));
                }
                true
            }
        }
    }

    /// The server would let it through on tokens; whether the person may be asked. Otherwise it was decided here.
    pub(super) fn may_spend(&mut self, pair: &Pair) -> bool {
        let nothing = Means::Nothing { graced: false };
        if self.is_running(pair) || self.verdict(None, nothing) == Verdict::Ask {
            return true;
        }
        let lease = self.means(pair).into_iter().find(|means| *means == Means::Lease);
        match self.verdict(None, lease.unwrap_or(nothing)) {
            Verdict::Open(basis) => self.open_away(pair, basis, "the clock or the rules"),
            Verdict::Refuse(cause) => self.refuse_away(pair, cause, ""),
            Verdict::Ask => {}
        }
        false
    }

    fn verdict(&self, away: Option<Away>, means: Means) -> Verdict {
        verdict(away, self.rules_are(), self.state.clock.is_off(self.now), means)
    }

    fn rules_are(&self) -> RulesAre {
        match &self.state.memory.doubt {
            None => RulesAre::Good,
            Some(doubt) if self.server_time() - doubt.since >= RULES_SECONDS_MAX => {
                RulesAre::TooOld
            }
            Some(doubt) if doubt.undecodable => RulesAre::Doubtful,
            Some(_) => RulesAre::Good,
        }
    }

    /// What a pair has, the best first; nothing comes last.
    fn means(&self, pair: &Pair) -> Vec<Means> {
        let mut all = Vec::new();
        if self.live_grants(pair).any(|grant| grant.fare == GrantedFare::Seat) {
            all.push(Means::Seat);
        }
        if self.lease_of(pair).is_some() {
            all.push(Means::Lease);
        }
        let allowed = self.state.memory.rules.as_ref().map_or(0, |rules| rules.rules.graced_opens);
        all.push(Means::Nothing { graced: self.graced_today(&pair.0) < allowed });
        all
    }

    /// Grants that count: boot time since they came decides, whatever the wall clock says.
    fn live_grants(&self, pair: &Pair) -> impl Iterator<Item = &Grant> {
        let at = self.server_time();
        let all = self.state.memory.grants.iter();
        all.filter(move |one| (&one.account, &one.product) == (&pair.0, &pair.1) && at < one.until)
    }

    /// A lease from before a restart over which the clock went backwards is void: nobody knows how old it is.
    fn lease_of(&self, pair: &Pair) -> Option<String> {
        let trusted = self.state.clock.is_trusted();
        let leases = self.live_grants(pair).filter_map(|grant| match &grant.fare {
            GrantedFare::Lease { session, epoch } => Some((*epoch, session.clone())),
            GrantedFare::Seat => None,
        });
        leases.max().filter(|_| trusted).map(|(_, session)| session)
    }

    fn graced_today(&self, account: &str) -> u32 {
        let today = self.server_time().div_euclid(DAY);
        let counted = self.state.memory.graced.get(account);
        counted.filter(|(day, _)| *day == today).map_or(0, |(_, count)| *count)
    }

    fn open_away(&mut self, pair: &Pair, basis: Basis, why: &str) {
        let flag =
            if self.state.clock.is_off(self.now) { ", flagged: the clock is wrong" } else { "" };
        let lease = self.lease_of(pair).filter(|_| basis == Basis::Lease);
        let ground = format!("without the server: {why}{flag}");
        if basis == Basis::Grace {
            let today = self.server_time().div_euclid(DAY);
            let count = self.graced_today(&pair.0).saturating_add(1);
            self.keep(Record::Graced(pair.0.clone(), today, count));
        }
        let through = Through { lease, ..self.through(basis) };
        let what = format!("opened on {}", basis.place());
        self.let_through(pair, through, (what, ground, None));
        if basis == Basis::Grace {
            self.tell_grace(pair);
        }
    }

    fn refuse_away(&mut self, pair: &Pair, cause: Cause, why: &str) {
        let refusal = cause.refusal(why);
        self.deny(pair, &refusal, (true, None));
    }
}

impl Basis {
    /// As part of a sentence.
    pub(super) fn place(self) -> &'static str {
        match self {
            Self::Seat => "a seat",
            Self::Tokens => "tokens",
            Self::Lease => "a lease",
            Self::Grace => "grace",
        }
    }
}

impl Cause {
    fn refusal(self, why: &str) -> Refusal {
        let (code, detail, remedies): (_, String, &[&str]) = match self {
            Self::Away(Away::Unreachable) => (
                "server-unreachable",
                format!(
                    "the licence server cannot be reached ({why}), and tokens may not be spent without it"
                ),
                &["Connect to the company's network, then ask again.", LEASE],
            ),
            Self::Away(Away::Unavailable) => (
                "server-unavailable",
                format!("the licence server cannot answer at the moment ({why})"),
                &["Ask again in a few minutes.", LEASE],
            ),
            Self::Rules => (
                "rules-unreadable",
                "the rules in force cannot be read by this agent, so no tokens are spent"
                    .to_owned(),
                &["Have the agent on this machine updated.", "Ask whoever runs the licences."],
            ),
            Self::Clock => (
                "clock-wrong",
                "this machine's clock is more than five minutes wrong, or went backwards"
                    .to_owned(),
                &["Set the date and time right (or let the system set them), then ask again."],
            ),
        };
        let remedies = remedies.iter().map(|&text| text.to_owned()).collect();
        Refusal { code: code.to_owned(), detail, remedies, transient: true }
    }
}

const LEASE: &str = "Before the next journey, take a lease: `faregate-agent lease PRODUCT`.";

#[cfg(test)]
mod tests {
    use super::*;

    /// Every cell, the meeting ones too, as one picture: a change of any shows.
    #[test]
    fn the_whole_table() {
        use RulesAre::{Doubtful, Good, TooOld};
        let aways = [None, Some(Away::Unreachable), Some(Away::Unavailable)];
        let means = [
            Means::Seat,
            Means::Lease,
            Means::Nothing { graced: false },
            Means::Nothing { graced: true },
        ];
        let word = |verdict| match verdict {
            Verdict::Open(basis) => basis.word(),
            Verdict::Refuse(Cause::Away(Away::Unreachable)) => "unreachable",
            Verdict::Refuse(Cause::Away(Away::Unavailable)) => "unavailable",
            Verdict::Refuse(Cause::Rules) => "rules",
            Verdict::Refuse(Cause::Clock) => "clock",
            Verdict::Ask => "ask",
        };
        let mut lines = Vec::new();
        for (rules, off) in
            [(Good, false), (Good, true), (Doubtful, false), (Doubtful, true), (TooOld, false)]
        {
            for away in aways {
                let cells = means.map(|means| word(verdict(away, rules, off, means)));
                lines.push(cells.join(" "));
            }
        }
        let expected = [
            "seat lease ask ask",
            "seat lease unreachable grace",
            "seat lease unavailable unavailable",
            "seat lease clock clock",
            "seat lease clock clock",
            "seat lease clock clock",
            "seat lease rules rules",
            "seat lease rules rules",
            "seat lease rules rules",
            "seat lease rules rules",
            "seat lease rules rules",
            "seat lease rules rules",
            "rules lease rules rules",
            "rules lease rules rules",
            "rules lease rules rules",
        ];
        assert_eq!(lines, expected);
    }
}
