//! How fast events are read: `cargo run --release -p faregate-ingest --example rate_events -- FILE`.
//!
//! The file may be packed with gzip, or be a zip, of which the first member is read. `-- make COUNT` writes so many events to the standard output, one a line, the same ones each time. The seconds are
//! CPU seconds of this process, reading included, as Linux counts them in `/proc/self/stat`.

use faregate_core::when::Instant;
use faregate_ingest::cloudevents::{Event, Fields, Reader, Rejected, Sink};
use faregate_ingest::container::{Contents, Limits, open};
use std::io::{BufWriter, Read, Write as _};
use std::process::ExitCode;

/// Counts and sums, so that nothing is optimised away and the result can be compared.
#[derive(Default)]
struct Sums {
    seconds: i64,
    letters: usize,
    keys: u128,
    shown: u32,
}

impl Sink for Sums {
    fn event(&mut self, event: &Event<'_>) {
        self.seconds += event.closed.map_or(0, |closed| closed.since(event.opened));
        self.letters += event.subject.len() + event.product.len();
        self.keys ^= event.key();
    }

    fn rejected(&mut self, rejected: Rejected) {
        self.shown += 1;
        if self.shown <= 10 {
            eprintln!("{rejected}");
        }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["make", count] => count.parse().map_err(|e| format!("{e}")).and_then(make),
        [path] => run(path),
        _ => Err("usage: rate_events FILE | make COUNT".to_owned()),
    };
    if let Err(message) = done {
        eprintln!("{message}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn make(count: u64) -> Result<(), String> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    for number in 0..count {
        // A few primes make people, products and durations that do not repeat together.
        let (user, product, host) =
            (number * 7919 % 60_000, number * 31 % 40, number * 104_729 % 90_000);
        let time = Instant(1_735_689_600 + i64::try_from(number * 10).unwrap_or(0));
        let seconds = 5 + number * 613 % 50_400;
        writeln!(
            out,
            r#"{{"specversion":"1.0","type":"session","id":"{number:08x}","source":"licence-server-{}","subject":"user{user:06}@example.com","time":"{time}","data":{{"product":"ADSK{product:04}_2026_0F","host":"WS-{host:07}","region":"EMEA","ip":"10.2.{}.{}","mode":"flex","duration_seconds":{seconds},"value":"10"}}}}"#,
            number % 4,
            number % 256,
            number / 256 % 256,
        )
        .map_err(|e| e.to_string())?;
    }
    Ok(())
}

fn run(path: &str) -> Result<(), String> {
    let file = std::fs::File::open(path).map_err(|e| format!("`{path}`: {e}"))?;
    match open(path, file, &Limits::default()).map_err(|fault| fault.to_string())? {
        Contents::Plain(mut plain) => read(&mut plain),
        Contents::Gzip(mut gzip) => read(&mut gzip),
        Contents::Zip(archive) => {
            let name = archive.names().next().ok_or("the zip is empty")?;
            read(&mut archive.member(name).map_err(|fault| fault.to_string())?)
        }
        Contents::Workbook(_) => Err(format!("`{path}`: a workbook holds no events")),
    }
}

fn read(source: &mut dyn Read) -> Result<(), String> {
    let mut chunk = vec![0; 1 << 20];
    let (mut reader, mut sums) = (Reader::new(Fields::default()), Sums::default());
    let before = cpu_seconds();
    loop {
        let count = source.read(&mut chunk).map_err(|error| error.to_string())?;
        if count == 0 {
            break;
        }
        reader.feed(&chunk[..count], &mut sums);
    }
    reader.finish(&mut sums);
    let seconds = cpu_seconds().zip(before).map(|(after, before)| (after - before).max(0.01));
    let tally = reader.tally();
    println!("{tally:#?}");
    println!("{} s of use, {} letters, keys {:032x}", sums.seconds, sums.letters, sums.keys);
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        status.lines().filter(|line| line.starts_with("VmHWM")).for_each(|line| println!("{line}"));
    }
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
