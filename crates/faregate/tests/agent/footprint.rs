//! What an agent costs that has nothing to do.

use crate::away::office;
use crate::desk::Desk;
use crate::office::{pause, uptime};
use std::process::{Child, Command};
use std::time::Duration;

/// Processes that are none of its business.
const OTHERS: usize = 300;
const MEMORY_KIB_MAX: u64 = 20 * 1_024;
/// Ticks of the processor's account in a second.
const TICKS: f64 = 100.0;
/// The least time between two heartbeats: nine tenths of the period.
const BEAT_SECONDS_MIN: usize = 270;
/// Shorter measurements say nothing of the processor.
const SECONDS_MIN: usize = 60;

fn seconds() -> usize {
    option_env!("FAREGATE_FOOTPRINT_SECONDS").map_or(3, |seconds| seconds.parse().unwrap())
}

struct Others(Vec<Child>);

impl Others {
    fn start() -> Self {
        let one = |_| Command::new("/bin/sleep").arg("100000").spawn().unwrap();
        Self((0..OTHERS).map(one).collect())
    }
}

impl Drop for Others {
    fn drop(&mut self) {
        for child in &mut self.0 {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

fn read(agent: &Child, file: &str) -> String {
    std::fs::read_to_string(format!("/proc/{}/{file}", agent.id())).unwrap()
}

/// A line of `/proc/PID/status`, in KiB.
fn memory(agent: &Child, name: &str) -> u64 {
    let text = read(agent, "status");
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Seconds of the processor so far.
fn processor(agent: &Child) -> f64 {
    let text = read(agent, "stat");
    let fields: Vec<&str> = text.rsplit(") ").next().unwrap().split(' ').collect();
    let ticks = |at: usize| fields[at].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / TICKS
}

fn pass(seconds: usize) {
    let begun = uptime();
    while uptime() - begun < seconds as f64 {
        pause(Duration::from_millis(100));
    }
}

#[test]
fn an_agent_with_nothing_to_do_costs_next_to_nothing() {
    let _others = Others::start();
    let office = office("idle");
    let mut desk = Desk::with(&office, "", false);
    // Without a clock of its own: that would be measured as well.
    desk.clock = None;
    desk.begin();
    let agent = desk.agent().unwrap();
    let (spent, requests) = (processor(agent), office.proxy.counted().requests);
    let seconds = seconds();
    pass(seconds);
    let (spent, requests) = (processor(agent) - spent, office.proxy.counted().requests - requests);
    let share = spent * 100.0 / seconds as f64;
    println!(
        "{seconds} s beside {OTHERS} processes: {} KiB resident, {} at most; {spent:.2} s of one core, {share:.3} %; \
         {requests} requests",
        memory(agent, "VmRSS"),
        memory(agent, "VmHWM"),
    );
    assert!(memory(agent, "VmHWM") < MEMORY_KIB_MAX);
    assert!(requests <= 1 + seconds / BEAT_SECONDS_MIN, "{requests} requests");
    assert!(
        seconds < SECONDS_MIN || share < 0.1 || cfg!(debug_assertions),
        "{share} % of one core"
    );
}
