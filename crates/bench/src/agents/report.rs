//! What a morning cost, in words.

use super::tally::{Kind, Tally};
use crate::ambient::Tick;
use crate::machine::{self, Cpu};
use crate::outcome::short;
use crate::server::Server;
use anyhow::Result;

/// CPU used so far.
pub(super) struct Used {
    at: Tick,
    server: Cpu,
    generator: Cpu,
    /// By everybody on the machine.
    all: f64,
    load: String,
}

impl Used {
    pub(super) fn now(server: &Server) -> Result<Self> {
        let (generator, all) = (machine::own_cpu()?, machine::all_cpu()?);
        let (at, load) = (Tick::now(), machine::load_average());
        Ok(Self { at, server: server.cpu()?, generator, all, load })
    }

    /// Percent of one core that the server used until a later look.
    fn share(&self, later: &Self) -> f64 {
        let used = later.server.minus(self.server).total();
        used / self.at.until(later.at).as_secs_f64() * 100.0
    }
}

/// A morning, all told.
pub(super) struct Report<'a> {
    pub(super) tally: &'a Tally,
    /// At the beginning and at the end of each minute.
    pub(super) minutes: Vec<Used>,
    /// Seconds until the server listened.
    pub(super) loaded: f64,
    /// Resident memory then, in MiB.
    pub(super) at_rest: f64,
    /// Resident memory in the end and at its highest, in MiB.
    pub(super) memory: (f64, f64),
    /// Events and bytes that the store grew by.
    pub(super) events: u64,
    pub(super) grown: u64,
    /// Sessions that run in the end.
    pub(super) sessions: usize,
}

impl Report<'_> {
    pub(super) fn print(&self) {
        println!("{}\n\n{}", machine::class(), table(self.tally));
        let [before, .., after] = self.minutes.as_slice() else { return };
        let seconds = before.at.until(after.at).as_secs_f64();
        let share = |used: f64| short(used / seconds * 100.0);
        let server = after.server.minus(before.server);
        let minutes = self.minutes.windows(2).filter_map(|pair| match pair {
            [from, until] => Some(short(from.share(until))),
            _ => None,
        });
        println!(
            "server: {} CPU s ({} user, {} system), {} % of one core; minute by minute: {}",
            short(server.total()),
            short(server.user),
            short(server.system),
            share(server.total()),
            minutes.collect::<Vec<_>>().join(", ")
        );
        println!(
            "server: listens after {} s; {:.0} MiB then, {:.0} MiB in the end, {:.0} MiB at most",
            short(self.loaded),
            self.at_rest,
            self.memory.0,
            self.memory.1
        );
        println!(
            "store: {} events and {} KiB more; {} sessions run, all of them known to their devices",
            self.events,
            self.grown / 1024,
            self.sessions
        );
        let generator = after.generator.minus(before.generator).total();
        println!(
            "generator: {} CPU s, {} % of one core; 99 in 100 requests left within {} ms of when they were due",
            short(generator),
            share(generator),
            short(self.tally.late.quantile(0.99))
        );
        let others = after.all - before.all - server.total() - generator;
        println!(
            "machine: everybody else {} % of one core; load average {} before, {} after",
            share(others),
            before.load,
            after.load
        );
        self.tally.words.iter().for_each(|words| println!("WRONG: {words}"));
    }
}

/// How far the agents are, in a line.
pub(super) fn progress(tally: &Tally) -> String {
    let answered = |kind: Kind| format!("{} {}", tally.of(kind).count, kind.name());
    let all = [Kind::Beat, Kind::Rules, Kind::Ask, Kind::Open, Kind::Close].map(answered);
    let wrong = tally.total(|answered| answered.wrong + answered.lost);
    format!("{}; {wrong} wrong or lost", all.join(", "))
}

fn table(tally: &Tally) -> String {
    let mut text = format!(
        "{:<14} {:>9} {:>6} {:>6} {:>9} {:>9} {:>9}",
        "", "answers", "wrong", "lost", "p50 ms", "p99 ms", "p99.9 ms"
    );
    for kind in Kind::ALL {
        let answered = tally.of(kind);
        let [half, most, nearly_all] =
            [0.5, 0.99, 0.999].map(|share| short(answered.latency.quantile(share)));
        text += &format!(
            "\n{:<14} {:>9} {:>6} {:>6} {half:>9} {most:>9} {nearly_all:>9}",
            kind.name(),
            answered.count,
            answered.wrong,
            answered.lost
        );
    }
    text + "\n"
}
