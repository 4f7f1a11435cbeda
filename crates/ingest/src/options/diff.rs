//! What changes between two texts, line by line, to be read before it is done.

use core::fmt;

/// Above so many pairs of lines, what differs is shown as a whole instead of matched up.
const PAIRS_MAX: usize = 4_000_000;
/// Unchanged lines shown around a change.
const CONTEXT: usize = 3;

/// The difference between two texts; its `Display` is a unified diff without file names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    steps: Vec<(Step, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Keep,
    Remove,
    Add,
}

impl Diff {
    /// What has to be done to `old` to make it `new`.
    #[must_use]
    pub fn between(old: &str, new: &str) -> Self {
        let old: Vec<&str> = old.split_inclusive('\n').collect();
        let new: Vec<&str> = new.split_inclusive('\n').collect();
        let head = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
        let (old_rest, new_rest) = (rest(&old, head), rest(&new, head));
        let pairs = old_rest.iter().rev().zip(new_rest.iter().rev());
        let tail = pairs.take_while(|(one, other)| one == other).count();
        let middle = |lines: &[&str]| lines.len().saturating_sub(tail);
        let (old_end, new_end) = (middle(old_rest), middle(new_rest));
        let mut diff = Self::default();
        old.iter().take(head).for_each(|line| diff.step(Step::Keep, line));
        diff.match_up(
            old_rest.get(..old_end).unwrap_or(&[]),
            new_rest.get(..new_end).unwrap_or(&[]),
        );
        rest(old_rest, old_end).iter().for_each(|line| diff.step(Step::Keep, line));
        diff
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.iter().all(|(step, _)| *step == Step::Keep)
    }

    /// The lines that come, with their ends.
    pub fn added(&self) -> impl Iterator<Item = &str> {
        self.of(Step::Add)
    }

    /// The lines that go, with their ends.
    pub fn removed(&self) -> impl Iterator<Item = &str> {
        self.of(Step::Remove)
    }

    fn of(&self, wanted: Step) -> impl Iterator<Item = &str> {
        let steps = self.steps.iter().filter(move |(step, _)| *step == wanted);
        steps.map(|(_, line)| line.as_str())
    }

    fn step(&mut self, step: Step, line: &str) {
        self.steps.push((step, line.to_owned()));
    }

    /// The steps between two runs of lines, by their longest common subsequence.
    fn match_up(&mut self, old: &[&str], new: &[&str]) {
        let lengths = lengths(old, new);
        let length =
            |i: usize, j: usize| lengths.get(i).and_then(|row| row.get(j)).copied().unwrap_or(0);
        let (mut i, mut j) = (0_usize, 0_usize);
        loop {
            let (next_i, next_j) = (i.saturating_add(1), j.saturating_add(1));
            match (old.get(i), new.get(j)) {
                (Some(one), Some(other)) if one == other => {
                    self.step(Step::Keep, one);
                    (i, j) = (next_i, next_j);
                }
                (Some(one), other) if other.is_none() || length(next_i, j) >= length(i, next_j) => {
                    self.step(Step::Remove, one);
                    i = next_i;
                }
                (_, Some(other)) => {
                    self.step(Step::Add, other);
                    j = next_j;
                }
                _ => break,
            }
        }
    }
}

fn rest<'a, 'b>(lines: &'a [&'b str], from: usize) -> &'a [&'b str] {
    lines.get(from..).unwrap_or(&[])
}

/// How many lines the rests from `i` and from `j` have in common; empty above [`PAIRS_MAX`].
fn lengths(old: &[&str], new: &[&str]) -> Vec<Vec<u32>> {
    if old.len().saturating_mul(new.len()) > PAIRS_MAX {
        return Vec::new();
    }
    let mut rows: Vec<Vec<u32>> = vec![vec![0; new.len().saturating_add(1)]];
    for one in old.iter().rev() {
        let below = rows.last().cloned().unwrap_or_default();
        let mut row = below.clone();
        let mut right = 0;
        for (j, other) in new.iter().enumerate().rev() {
            let at = |k: usize| below.get(k).copied().unwrap_or(0);
            let best = if one == other {
                at(j.saturating_add(1)).saturating_add(1)
            } else {
                at(j).max(right)
            };
            if let Some(cell) = row.get_mut(j) {
                *cell = best;
            }
            right = best;
        }
        rows.push(row);
    }
    rows.reverse();
    rows
}

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.shown();
        let (mut old, mut new) = (1_usize, 1_usize);
        let mut at = 0_usize;
        while let Some((step, _)) = self.steps.get(at) {
            if shown.get(at) != Some(&true) {
                old = old.saturating_add(usize::from(*step != Step::Add));
                new = new.saturating_add(usize::from(*step != Step::Remove));
                at = at.saturating_add(1);
                continue;
            }
            let hunk = shown.iter().skip(at).take_while(|shown| **shown).count();
            let steps: Vec<_> = self.steps.iter().skip(at).take(hunk).collect();
            let olds = steps.iter().filter(|(step, _)| *step != Step::Add).count();
            let news = steps.iter().filter(|(step, _)| *step != Step::Remove).count();
            writeln!(f, "@@ -{old},{olds} +{new},{news} @@")?;
            steps.iter().try_for_each(|(step, line)| write_line(f, *step, line))?;
            (old, new) = (old.saturating_add(olds), new.saturating_add(news));
            at = at.saturating_add(hunk);
        }
        Ok(())
    }
}

impl Diff {
    /// Which steps are near enough to a change to be shown.
    fn shown(&self) -> Vec<bool> {
        let mut shown = vec![false; self.steps.len()];
        let changes = self.steps.iter().enumerate().filter(|(_, (step, _))| *step != Step::Keep);
        for (at, _) in changes {
            let from = at.saturating_sub(CONTEXT);
            let width = at.saturating_sub(from).saturating_add(CONTEXT).saturating_add(1);
            shown.iter_mut().skip(from).take(width).for_each(|shown| *shown = true);
        }
        shown
    }
}

fn write_line(f: &mut fmt::Formatter<'_>, step: Step, line: &str) -> fmt::Result {
    let mark = match step {
        Step::Keep => ' ',
        Step::Remove => '-',
        Step::Add => '+',
    };
    let text = line.trim_end_matches(['\r', '\n']);
    writeln!(f, "{mark}{text}")?;
    if line.ends_with('\n') { Ok(()) } else { writeln!(f, "\\ no end of line") }
}
