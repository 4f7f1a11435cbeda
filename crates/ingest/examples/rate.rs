//! How fast a debug log is read: `cargo run --release -p faregate-ingest --example rate -- FILE [ZONE]`.
//!
//! Reads the file once, in 1 MiB chunks, and prints what was found and the rate. The seconds are
//! CPU seconds of this process, reading included, as Linux counts them in `/proc/self/stat`.

use faregate_core::when::Zone;
use faregate_ingest::flexnet::{Denial, Options, Reader, Rejected, Session, Sink, sniff};
use std::io::Read as _;
use std::process::ExitCode;

/// Counts and sums, so that nothing is optimised away and the result can be compared.
#[derive(Default)]
struct Sums {
    seconds: i64,
    open: u64,
    shown: u32,
}

impl Sink for Sums {
    fn session(&mut self, session: Session) {
        match session.closed {
            Some(closed) => self.seconds += closed.since(session.opened),
            None => self.open += 1,
        }
    }

    fn denial(&mut self, _: Denial) {}

    fn rejected(&mut self, rejected: Rejected) {
        self.shown += 1;
        if self.shown <= 10 {
            eprintln!("{rejected}");
        }
    }
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(path) = arguments.next() else {
        eprintln!("usage: rate FILE [ZONE]");
        return ExitCode::FAILURE;
    };
    let zone = arguments.next().unwrap_or_else(|| "UTC".to_owned());
    match Zone::named(&zone).map_err(|e| e.to_string()).and_then(|zone| run(&path, zone)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run(path: &str, zone: Zone) -> Result<(), String> {
    let mut file = std::fs::File::open(path).map_err(|e| format!("`{path}`: {e}"))?;
    let mut chunk = vec![0; 1 << 20];
    let mut reader = Reader::with(Options { zone, start_date: None });
    let mut sums = Sums::default();
    let before = cpu_seconds();
    let mut first = true;
    loop {
        let count = file.read(&mut chunk).map_err(|e| format!("`{path}`: {e}"))?;
        if first {
            sniff(&chunk[..count]).map_err(|e| format!("`{path}`: {e}"))?;
            first = false;
        }
        if count == 0 {
            break;
        }
        reader.feed(&chunk[..count], &mut sums);
    }
    reader.finish(&mut sums);
    let seconds = cpu_seconds().zip(before).map(|(after, before)| (after - before).max(0.01));
    let tally = reader.tally();
    println!("{tally:#?}");
    println!(
        "{} bytes, {} sessions ({} open, {} s closed), {} names",
        tally.bytes,
        tally.sessions,
        sums.open,
        sums.seconds,
        reader.names().count()
    );
    match seconds {
        Some(seconds) => {
            println!("{seconds:.2} CPU-s, {:.0} MB/CPU-s", tally.bytes as f64 / 1e6 / seconds);
        }
        None => println!("no CPU time: there is no /proc/self/stat here"),
    }
    Ok(())
}

/// User and system time in seconds, at the kernel's usual 100 ticks a second.
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks / 100.0)
}
