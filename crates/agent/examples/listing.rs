//! What a look at all processes costs: `cargo run --release -p faregate-agent --example listing -- 300`.
//!
//! Starts so many processes beside those that run, looks a thousand times, and says what share of one core it would
//! take to look every two seconds.

#[cfg(target_os = "linux")]
fn main() {
    use faregate_agent::platform::SystemProcesses;
    use faregate_agent::ports::Processes;
    use rustix::time::{ClockId, clock_gettime};

    const LOOKS: u32 = 1_000;
    let count = std::env::args().nth(1).and_then(|word| word.parse().ok()).unwrap_or(300);
    let start = |_| std::process::Command::new("sleep").arg("600").spawn();
    let mut others: Vec<_> = (0..count).filter_map(|number: u32| start(number).ok()).collect();
    let mut processes = SystemProcesses::new().expect("/proc is mounted");
    let spent = || {
        let time = clock_gettime(ClockId::ProcessCPUTime);
        std::time::Duration::try_from(time).unwrap_or_default()
    };
    processes.running(&|_| false);
    let before = spent();
    for _ in 0..LOOKS {
        processes.running(&|name| name == "revit");
    }
    let each = (spent() - before) / LOOKS;
    // One that knows none of them yet looks at each.
    let all = SystemProcesses::new().expect("/proc is mounted").running(&|_| true).len();
    println!(
        "{all} processes: {each:?} a look, {:.3} % of a core every 2 s",
        each.as_secs_f64() * 50.0
    );
    for other in &mut others {
        let _ = other.kill();
        let _ = other.wait();
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("listing: Linux only");
}
