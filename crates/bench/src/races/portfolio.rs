//! D: the mix of seats and tokens that costs least, against HiGHS on the same numbers.
//!
//! Ours is timed from the problem in memory to the mix with its certificate; the peer without reading and building.
//! CPU seconds of one thread on both sides. Each certificate is checked by the crate's own check up to 100,000
//! people, and by a separate program always.

use super::Setting;
use crate::ambient::{Tick, thread_seconds};
use crate::outcome::Outcome;
use crate::peers::optimiser::{Optimiser, Solved};
use crate::portfolio::{answer, read};
use anyhow::{Result, anyhow};
use faregate_plan::portfolio::{Effort, Problem, Solution, certificate, solve_within};
use std::path::Path;

/// The peer gets no longer for one instance, in seconds.
const PATIENCE: f64 = 300.0;
/// With discounts and minima, both get so long.
const COUPLED_SECONDS: f64 = 60.0;
/// So many looks take ours less than that.
const COUPLED: Effort = Effort { looks: 400_000_000, gap_millionths: 50 };
/// Short times are measured over at least so many seconds.
const TICKS: f64 = 0.25;
/// With discounts and minima, gaps below this count as closed: ours ends its search there.
const CLOSED: f64 = 5e-5;
/// Costs that differ by less are equal: the peer reckons in floats.
const SAME: f64 = 0.01;

pub(super) fn run(setting: &Setting) -> Result<Vec<Outcome>> {
    let peer = match Optimiser::find(&setting.home) {
        Ok(peer) => peer,
        Err(why) => {
            eprintln!("D: skipped, its peer needs Python packages: {why:#}");
            return Ok(Vec::new());
        }
    };
    let scaled = |people: f64| ((people * setting.scale) as usize).max(100);
    let (small, middle, coupled) = (scaled(1e3), scaled(1e4), scaled(1e4));
    let plain = Effort::default();
    Ok(vec![
        Heat { peer: &peer, people: small, effort: plain }.against(
            setting.rounds,
            setting.rounds,
            [None; 2],
        )?,
        Heat { peer: &peer, people: middle, effort: plain }.against(
            setting.rounds,
            1,
            [Some(100.0), Some(1000.0)],
        )?,
        Heat { peer: &peer, people: scaled(1e5), effort: plain }.alone(setting.rounds, 0.5)?,
        Heat { peer: &peer, people: scaled(1e6), effort: plain }.alone(setting.rounds, 6.0)?,
        Heat { peer: &peer, people: coupled, effort: COUPLED }.gaps()?,
    ])
}

struct Heat<'a> {
    peer: &'a Optimiser,
    people: usize,
    effort: Effort,
}

impl Heat<'_> {
    /// The mix, and the CPU seconds it took; of a quick one the mean of several, as the system counts in ticks.
    fn ours(&self, problem: &Problem) -> Result<(Solution, f64)> {
        let begun = Tick::now();
        let before = thread_seconds(begun);
        let mut runs = 0.0;
        loop {
            let solution = solve_within(problem, self.effort).map_err(|why| anyhow!("{why}"))?;
            runs += 1.0;
            let seconds = thread_seconds(begun) - before;
            if seconds > TICKS {
                return Ok((solution, seconds / runs));
            }
        }
    }

    /// What both checks find wrong, and what they say.
    fn check(
        &self,
        file: &Path,
        problem: &Problem,
        solution: &Solution,
    ) -> Result<(Vec<String>, String)> {
        let mut wrong = Vec::new();
        if self.people <= 100_000 {
            wrong
                .extend(certificate::check(problem, solution).err().map(|fault| fault.to_string()));
        }
        let checked = self.peer.check(file, &answer(solution))?;
        wrong.extend(checked.wrong);
        let note = format!(
            "the separate check finds the cost right and, by the multipliers alone, a gap of {:.1e}; with enumeration {:.1e}",
            checked.gap,
            solution.certificate.gap()
        );
        Ok((wrong, note))
    }

    fn against(
        &self,
        rounds: usize,
        peer_rounds: usize,
        [first, last]: [Option<f64>; 2],
    ) -> Result<Outcome> {
        let file = self.peer.make(self.people, false)?;
        let problem = read(&file)?;
        let mut outcome = self.outcome(first, last);
        for round in 0..rounds {
            let (solution, seconds) = self.ours(&problem)?;
            outcome.ours.push(seconds);
            if round < peer_rounds {
                let theirs = self.peer.solve(&file, PATIENCE)?;
                outcome.peer.push(theirs.cpu);
                outcome.wrong.extend(different(&solution, &theirs));
                outcome.notes.push(format!(
                    "HiGHS: {}, cost {:?}, bound {:?}",
                    theirs.status, theirs.objective, theirs.bound
                ));
            }
            if round == 0 {
                let (wrong, note) = self.check(&file, &problem, &solution)?;
                outcome.wrong.extend(wrong);
                outcome.notes.push(note);
            }
        }
        if peer_rounds < rounds {
            outcome.notes.push(format!(
                "HiGHS ran in {peer_rounds} of {rounds} rounds, as it takes so long"
            ));
        }
        outcome.notes.dedup();
        Ok(outcome)
    }

    fn alone(&self, rounds: usize, seconds: f64) -> Result<Outcome> {
        let file = self.peer.make(self.people, false)?;
        let problem = read(&file)?;
        let mut outcome = self.outcome(Some(1.0), Some(1.0));
        outcome.race = format!("D {} people, alone", self.people);
        outcome.peer.push(seconds);
        outcome.notes.push(
            "no peer has a mix at this size: what stands in its column is the target".to_owned(),
        );
        for round in 0..rounds {
            let (solution, seconds) = self.ours(&problem)?;
            outcome.ours.push(seconds);
            if round == 0 {
                let (wrong, note) = self.check(&file, &problem, &solution)?;
                outcome.wrong.extend(wrong);
                outcome.notes.push(note);
                if solution.certificate.gap() > 0.0 {
                    outcome.wrong.push(format!("a gap of {:.1e}", solution.certificate.gap()));
                }
            }
        }
        Ok(outcome)
    }

    /// With discounts and minima: how far cost and bound are apart.
    fn gaps(&self) -> Result<Outcome> {
        let file = self.peer.make(self.people, true)?;
        let problem = read(&file)?;
        let (solution, seconds) = self.ours(&problem)?;
        let theirs = self.peer.solve(&file, COUPLED_SECONDS)?;
        let (wrong, note) = self.check(&file, &problem, &solution)?;
        let mut outcome = self.outcome(Some(1.0), Some(1.0));
        let gap = solution.certificate.gap();
        outcome.race = format!("D {} people, discounts, minima", self.people);
        outcome.unit = "gap";
        outcome.ours.push(gap.max(CLOSED));
        let their_gap =
            theirs.objective.zip(theirs.bound).map_or(1.0, |(cost, bound)| (cost - bound) / cost);
        outcome.peer.push(their_gap.max(CLOSED));
        outcome.wrong = wrong;
        let cost = solution.cost.total() as f64 / 1e6;
        if theirs.objective.is_some_and(|theirs| theirs < cost - SAME) {
            outcome
                .wrong
                .push(format!("HiGHS found a mix for {:?}, ours costs {cost}", theirs.objective));
        }
        if gap > 1e-4 {
            outcome.wrong.push(format!("a gap of {gap:.1e}, where 1e-4 is asked for"));
        }
        if seconds > COUPLED_SECONDS {
            outcome.wrong.push(format!("took {seconds:.0} s"));
        }
        outcome.notes = vec![
            note,
            format!(
                "ours {cost} in {seconds:.1} CPU s; HiGHS {:?} in {:.1}: {}",
                theirs.objective, theirs.cpu, theirs.status
            ),
        ];
        Ok(outcome)
    }

    fn outcome(&self, first: Option<f64>, last: Option<f64>) -> Outcome {
        Outcome {
            race: format!("D {} people, HiGHS", self.people),
            unit: "CPU s",
            ours: Vec::new(),
            peer: Vec::new(),
            less_is_better: true,
            first,
            last,
            wrong: Vec::new(),
            notes: Vec::new(),
        }
    }
}

/// Ours may not cost more than the peer's mix, nor less than its bound; equal when the peer says it is done.
fn different(ours: &Solution, theirs: &Solved) -> Option<String> {
    let cost = ours.cost.total() as f64 / 1e6;
    let objective = theirs.objective?;
    let is_same = (cost - objective).abs() <= SAME;
    let is_better = cost <= objective && theirs.bound.is_none_or(|bound| cost >= bound - SAME);
    let is_done = theirs.status == "Optimal";
    let is_right = is_same || (is_better && !is_done);
    (!is_right).then(|| format!("ours costs {cost}, HiGHS's {objective}"))
}
