//! A1: one durable decision a request, against PostgreSQL, Redis and our own null endpoint; then `kill -9`.

mod aftermath;

use super::Setting;
use crate::load::{Load, load};
use crate::machine::Cpu;
use crate::outcome::{Outcome, highest, short};
use crate::peers::postgres::Postgres;
use crate::peers::redis::Redis;
use crate::scripts::{Caller, Null, Opens};
use crate::server::Server;
use crate::{ambient, estate};
use anyhow::Result;
use std::path::Path;

pub(crate) const CONNECTIONS: usize = 64;
/// A server of either peer is at its best with one of these numbers of clients.
const CLIENTS: [usize; 2] = [16, 64];
/// What Redis is asked for in a second of its heat.
const REDIS_A_SECOND: f64 = 20_000.0;

pub(super) fn run(setting: &Setting) -> Result<Vec<Outcome>> {
    let template = setting.fresh("store-a1")?;
    estate::create(&template, setting.policies)?;
    let mut heats = Heats::default();
    for round in 1..=setting.rounds {
        heats.ours(setting, &template)?;
        heats.peers(setting);
        eprintln!("A1 round {round}: {}", heats.last_round());
    }
    let lost = aftermath::run(setting, &template)?;
    Ok(heats.outcomes(lost))
}

#[derive(Default)]
struct Heats {
    null: Vec<f64>,
    many: Vec<f64>,
    hot: Vec<f64>,
    postgres_many: Vec<f64>,
    postgres_hot: Vec<f64>,
    redis: Vec<f64>,
    /// Milliseconds at the median and at 99 in 100.
    p50: Vec<f64>,
    p99: Vec<f64>,
    costs: String,
    wrong: Vec<String>,
    absent: [Option<String>; 2],
}

impl Heats {
    fn ours(&mut self, setting: &Setting, template: &Path) -> Result<()> {
        let data = copy(setting, template, "store-a1-heat")?;
        let server = Server::start(&setting.binary, &data)?;
        let null = load(server.address, CONNECTIONS, setting.seconds, &mut Null)?;
        self.null.push(null.rate());
        let caller = Caller { key: server.key.clone() };
        let before = server.threads()?;
        let many = self.opens(&server, &caller, setting, false)?;
        self.costs = costs(&many, &before, &server.threads()?);
        self.many.push(many.rate());
        self.p50.push(many.latency.quantile(0.5));
        self.p99.push(many.latency.quantile(0.99));
        let hot = self.opens(&server, &caller, setting, true)?;
        self.hot.push(hot.rate());
        server.stop()
    }

    fn opens(
        &mut self,
        server: &Server,
        caller: &Caller,
        setting: &Setting,
        hot: bool,
    ) -> Result<Load> {
        let mut script = Opens::new(caller.clone(), ambient::chance(), CONNECTIONS, hot);
        let done = load(server.address, CONNECTIONS, setting.seconds, &mut script)?;
        if done.failures > 0 || done.broken {
            self.wrong.push(format!("{} requests failed", done.failures));
        }
        if script.on_tokens * 100 < done.count * 99 {
            self.wrong.push(format!("only {} of {} on tokens", script.on_tokens, done.count));
        }
        Ok(done)
    }

    /// A peer that is not here has no figure, and its races do not hold.
    fn peers(&mut self, setting: &Setting) {
        if let Err(why) = self.postgres(setting) {
            self.absent[0] = Some(format!("peer absent: PostgreSQL: {why:#}"));
        }
        if let Err(why) = self.redis(setting) {
            self.absent[1] = Some(format!("peer absent: Redis: {why:#}"));
        }
    }

    fn postgres(&mut self, setting: &Setting) -> Result<()> {
        let peer = Postgres::start()?;
        let best = |hot| -> Result<f64> {
            let heats = CLIENTS.map(|clients| peer.race(clients, hot, setting.seconds));
            let rates = heats.into_iter().collect::<Result<Vec<f64>>>()?;
            Ok(highest(&rates).unwrap_or(0.0))
        };
        let (many, hot) = (best(false)?, best(true)?);
        self.postgres_many.push(many);
        self.postgres_hot.push(hot);
        Ok(())
    }

    fn redis(&mut self, setting: &Setting) -> Result<()> {
        let peer = Redis::start()?;
        let count = (setting.seconds * REDIS_A_SECOND) as u64;
        let heats = CLIENTS.map(|clients| peer.race(clients, count));
        let rates = heats.into_iter().collect::<Result<Vec<f64>>>()?;
        self.redis.extend(highest(&rates));
        Ok(())
    }

    fn last_round(&self) -> String {
        let last = |name, all: &[f64]| {
            format!("{name} {}", all.last().map_or_else(|| "–".to_owned(), |last| short(*last)))
        };
        let all = [
            last("null", &self.null),
            last("ours", &self.many),
            last("hot", &self.hot),
            last("PostgreSQL", &self.postgres_many),
            last("hot", &self.postgres_hot),
            last("Redis", &self.redis),
        ];
        all.join(", ")
    }

    fn outcomes(self, lost: Vec<String>) -> Vec<Outcome> {
        let outcome = |race: &str, ours: &[f64], peer: &[f64], first, last| Outcome {
            race: format!("A1 {race}"),
            unit: "/s",
            ours: ours.to_vec(),
            peer: peer.to_vec(),
            less_is_better: false,
            first: Some(first),
            last: Some(last),
            wrong: self.wrong.iter().chain(&lost).cloned().collect(),
            notes: Vec::new(),
        };
        let (many, hot) = (&self.many, &self.hot);
        let mut outcomes = vec![
            outcome("PostgreSQL, 120 buckets", many, &self.postgres_many, 3.0, 8.0),
            outcome("PostgreSQL, one hot bucket", hot, &self.postgres_hot, 5.0, 15.0),
            outcome("Redis, appendfsync always", many, &self.redis, 1.0, 2.5),
            outcome("our null endpoint", many, &self.null, 0.3, 0.6),
        ];
        let [postgres, redis] = self.absent;
        outcomes[0].notes.extend(postgres.clone());
        outcomes[1].notes.extend(postgres);
        outcomes[2].notes.extend(redis);
        let list = |all: &[f64]| all.iter().map(|one| short(*one)).collect::<Vec<_>>().join(" ");
        let latency =
            format!("p50 {} ms, p99 {} ms, round by round", list(&self.p50), list(&self.p99));
        outcomes[3].notes.extend([latency, self.costs]);
        outcomes
    }
}

/// A copy of the store, so that every heat begins alike.
fn copy(setting: &Setting, template: &Path, name: &str) -> Result<std::path::PathBuf> {
    let data = setting.fresh(name)?;
    std::fs::create_dir_all(&data)?;
    for file in std::fs::read_dir(template)? {
        let file = file?;
        std::fs::copy(file.path(), data.join(file.file_name()))?;
    }
    Ok(data)
}

/// Where the CPU time went, in microseconds a decision.
pub(crate) fn costs(load: &Load, before: &[(String, Cpu)], after: &[(String, Cpu)]) -> String {
    let each = 1e6 / load.count.max(1) as f64;
    let words = |name: &str, cpu: Cpu| {
        let (user, system) = (short(cpu.user * each), short(cpu.system * each));
        format!("{name} {user} user + {system} system")
    };
    let used = after.iter().map(|(name, cpu)| {
        let known = before.iter().find(|(known, _)| known == name);
        (name, known.map_or(*cpu, |(_, before)| cpu.minus(*before)))
    });
    let mut used: Vec<_> = used.filter(|(_, cpu)| cpu.total() > 0.0).collect();
    used.sort_by(|a, b| b.1.total().total_cmp(&a.1.total()));
    let threads: Vec<String> = used.into_iter().map(|(name, cpu)| words(name, cpu)).collect();
    let load = words("the load", load.cpu);
    format!("CPU microseconds a decision: {}; {load}", threads.join(", "))
}
