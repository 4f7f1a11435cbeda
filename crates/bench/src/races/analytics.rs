//! C1: six questions of a year of sessions, from disk and without roll-ups, against the best peer of each round.
//! C2: the same questions asked again in one session, of answers that are kept, against a limit.
//!
//! Ours reads a lake, the peers the generator's Parquet; everybody gets two threads, and all answers must agree.
//! Peaks are what the domain means by them: what runs past midnight counts from the first second of the day.

use super::Setting;
use crate::command::{Ran, measured, output};
use crate::outcome::{Outcome, highest, median, short};
use crate::peers::analytics::{Analytics, ENGINES};
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

/// Sessions of the whole race; a scale makes it smaller.
const SESSIONS: f64 = 50_000_000.0;
/// Ours, which `--features lake` builds.
const PROGRAM: &str = "faregate-lake-race";
/// The most resident memory, in MiB, and the most bytes of files at full scale.
const MEMORY_MAX: f64 = 600.0;
const BYTES_MAX: f64 = 758e6;
/// So many seconds an answer that is kept takes at most.
const WARM_MAX: f64 = 0.1;

struct Question {
    name: &'static str,
    about: &'static str,
    /// The figure of each row is called `v`.
    sql: &'static str,
    first: f64,
    last: f64,
    /// How many times below the limit in the end, when the answer is kept.
    warm_last: f64,
}

const QUESTIONS: [Question; 6] = [
    Question {
        name: "q1",
        about: "daily tokens by product",
        sql: "SELECT day, product_id, persons_products * 10 AS v
            FROM daily_use('product', 'tokens', NULL, NULL)",
        first: 1.0,
        last: 4.0,
        warm_last: 5.0,
    },
    Question {
        name: "q2",
        about: "active days by person, product, month",
        sql: "SELECT person_id, product_id, month, active_days AS v
            FROM usage_totals('person, product', 'all', NULL, NULL)",
        first: 1.0,
        last: 4.0,
        warm_last: 5.0,
    },
    Question {
        name: "q3",
        about: "rolling 30-day burn by segment",
        sql: "SELECT bucket_1_id, day, sum(persons_products * 10) OVER (
                PARTITION BY bucket_1_id ORDER BY day
                RANGE BETWEEN INTERVAL '29' DAY PRECEDING AND CURRENT ROW) AS v
            FROM daily_use('bucket_1', 'tokens', NULL, NULL)",
        first: 1.0,
        last: 4.0,
        warm_last: 5.0,
    },
    Question {
        name: "q4",
        about: "peak concurrency by product and day",
        sql: "SELECT product_id, day, peak AS v FROM peaks('product', 'all', NULL, NULL)",
        first: 2.0,
        last: 8.0,
        warm_last: 1.0,
    },
    Question {
        name: "q5",
        about: "top 100 with percentiles",
        sql: "WITH u AS (
                SELECT person_id, sum(sessions) AS n, sum(active_days) AS nd, sum(seconds) AS sec
                FROM usage_totals('person', 'tokens', NULL, NULL) GROUP BY person_id
            ), q AS (
                SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY sec) AS p50,
                    percentile_cont(0.95) WITHIN GROUP (ORDER BY sec) AS p95,
                    percentile_cont(0.99) WITHIN GROUP (ORDER BY sec) AS p99
                FROM u
            )
            SELECT person_id, n, nd, sec AS v, percent_rank() OVER (ORDER BY sec) AS pr, p50, p95, p99
            FROM u CROSS JOIN q ORDER BY sec DESC, person_id LIMIT 100",
        first: 1.0,
        last: 6.0,
        warm_last: 1.0,
    },
    Question {
        name: "q6",
        about: "exact 24-hour windows",
        sql: "SELECT person_id, product_id, sum(windows) AS v
            FROM charge_windows('person, product', 'tokens', NULL, NULL, 24)
            GROUP BY person_id, product_id",
        first: 4.0,
        last: 15.0,
        warm_last: 5.0,
    },
];

pub(super) fn raw(setting: &Setting) -> Result<Vec<Outcome>> {
    let Some(field) = Field::ready(setting)? else { return Ok(Vec::new()) };
    let mut heats: Vec<Heats> = QUESTIONS.iter().map(|_| Heats::default()).collect();
    for round in 1..=setting.rounds {
        for (question, heats) in QUESTIONS.iter().zip(&mut heats) {
            field.round(question, heats)?;
            let last = |all: &[f64]| all.last().copied().map_or_else(|| "–".to_owned(), short);
            let (ours, best) = (last(&heats.ours), last(&heats.best));
            eprintln!("C1 round {round}, {}: {ours} s, best peer {best} s", question.name);
        }
    }
    let outcomes = QUESTIONS.iter().zip(heats);
    Ok(outcomes.map(|(question, heats)| field.outcome(question, heats)).collect())
}

pub(super) fn warm(setting: &Setting) -> Result<Vec<Outcome>> {
    let Some(field) = Field::ready(setting)? else { return Ok(Vec::new()) };
    let mut rounds = Vec::new();
    for _ in 0..setting.rounds {
        rounds.push(field.warm()?);
    }
    let outcome = |(place, question): (usize, &Question)| {
        let all = || rounds.iter().filter_map(move |(said, _)| said.get(place));
        let figures = |name: &str| all().filter_map(|one| one[name].as_f64()).collect::<Vec<_>>();
        let is_same = all().all(|one| one["same"] == true);
        let peak = highest(&rounds.iter().map(|(_, peak)| *peak).collect::<Vec<_>>());
        let peak = peak.map_or_else(|| "–".to_owned(), short);
        let cold = median(&figures("cold")).map_or_else(|| "–".to_owned(), short);
        let answers: BTreeSet<String> =
            all().map(|one| format!("{} rows, sum {}", one["rows"], one["sum"])).collect();
        let differ = (answers.len() != 1 || !is_same).then(|| format!("answers {answers:?}"));
        let about = question.about;
        Outcome {
            race: format!("C2 {}, kept, limit 100 ms", question.name),
            unit: "s",
            ours: figures("seconds"),
            peer: vec![WARM_MAX],
            less_is_better: true,
            first: Some(1.0),
            last: Some(question.warm_last),
            wrong: differ.into_iter().collect(),
            notes: vec![format!("{about}; asked first {cold} s; all questions {peak} MiB at most")],
        }
    };
    Ok(QUESTIONS.iter().enumerate().map(outcome).collect())
}

/// The data and all who are asked.
struct Field {
    program: PathBuf,
    peers: Analytics,
    sessions: PathBuf,
    lake: PathBuf,
    bytes: f64,
    is_whole: bool,
}

/// What one question came to, round by round.
#[derive(Default)]
struct Heats {
    ours: Vec<f64>,
    best: Vec<f64>,
    by_peer: [Vec<f64>; ENGINES.len()],
    peaks: Vec<f64>,
    cpu: Vec<f64>,
    wrong: Vec<String>,
}

/// Seconds, and what the answer was.
type Said = (f64, (i64, i64));

impl Field {
    /// Nothing where something is missing, which is said.
    fn ready(setting: &Setting) -> Result<Option<Self>> {
        let program = crate::ambient::own_directory()?.join(PROGRAM);
        if !program.exists() {
            eprintln!("C: skipped, there is no {PROGRAM}: build the bench with `--features lake`");
            return Ok(None);
        }
        let peers = match Analytics::find(&setting.home) {
            Ok(peers) => peers,
            Err(why) => {
                eprintln!("C: skipped, its sessions and peers need Python packages: {why:#}");
                return Ok(None);
            }
        };
        let sessions = peers.sessions((SESSIONS * setting.scale) as u64)?;
        let lake = setting.fresh("lake-c")?;
        eprintln!("filling the lake …");
        let filled = output(Command::new(&program).arg("fill").arg(&sessions).arg(&lake))?;
        let filled: Value = serde_json::from_str(filled.trim())?;
        let bytes = filled["bytes"].as_f64().context("the lake's size was not said")?;
        let is_whole = setting.scale >= 1.0;
        Ok(Some(Self { program, peers, sessions, lake, bytes, is_whole }))
    }

    /// What is said of each question, and the memory that it took.
    fn warm(&self) -> Result<(Vec<Value>, f64)> {
        let mut ask = Command::new(&self.program);
        ask.arg("warm").arg(&self.lake).args(QUESTIONS.iter().map(|question| question.sql));
        let ran = measured(&mut ask)?;
        Ok((serde_json::from_str(ran.stdout.trim())?, ran.peak))
    }

    fn round(&self, question: &Question, heats: &mut Heats) -> Result<()> {
        let mut ask = Command::new(&self.program);
        let ran = measured(ask.arg("ask").arg(&self.lake).arg(question.sql))?;
        let (seconds, answer) = said(&ran)?;
        heats.ours.push(seconds);
        heats.peaks.push(ran.peak);
        heats.cpu.push(ran.cpu);
        let mut best = f64::INFINITY;
        for (engine, seconds) in ENGINES.iter().zip(&mut heats.by_peer) {
            let Some(ran) = self.peers.ask(engine, question.name, &self.sessions)? else {
                continue;
            };
            let (took, theirs) = said(&ran)?;
            seconds.push(took);
            best = best.min(took);
            if theirs != answer {
                heats.wrong.push(format!("ours (rows, sum) {answer:?}, {engine} {theirs:?}"));
            }
        }
        heats.best.push(best);
        Ok(())
    }

    fn outcome(&self, question: &Question, heats: Heats) -> Outcome {
        let Heats { ours, best, by_peer, peaks, cpu, mut wrong } = heats;
        wrong.sort_unstable();
        wrong.dedup();
        let peak = highest(&peaks).unwrap_or(0.0);
        if peak > MEMORY_MAX {
            wrong.push(format!("{} MiB resident, over {MEMORY_MAX}", short(peak)));
        }
        if self.is_whole && self.bytes > BYTES_MAX {
            wrong.push(format!("{} MB of files, over {}", self.bytes / 1e6, BYTES_MAX / 1e6));
        }
        let middle = |all: &[f64]| median(all).map_or_else(|| "–".to_owned(), short);
        let peers = ENGINES.iter().zip(&by_peer);
        let peers: Vec<String> =
            peers.map(|(name, all)| format!("{name} {} s", middle(all))).collect();
        let size = std::fs::metadata(&self.sessions).map_or(0.0, |file| file.len() as f64);
        let notes = vec![
            format!("{}; {}", question.about, peers.join(", ")),
            format!("ours {} CPU s, {} MiB at most", middle(&cpu), short(peak)),
            format!("files {} MB, the peers' {} MB", short(self.bytes / 1e6), short(size / 1e6)),
        ];
        Outcome {
            race: format!("C1 {}, best peer", question.name),
            unit: "s",
            ours,
            peer: best,
            less_is_better: true,
            first: Some(question.first),
            last: Some(question.last),
            wrong,
            notes,
        }
    }
}

fn said(ran: &Ran) -> Result<Said> {
    let said: Value = serde_json::from_str(ran.stdout.trim())?;
    let answer = said["rows"].as_i64().zip(said["sum"].as_i64());
    let both = said["seconds"].as_f64().zip(answer);
    both.with_context(|| format!("no seconds, rows and sum in `{}`", ran.stdout.trim()))
}
