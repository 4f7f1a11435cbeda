//! How fast one thread reads a table of use by a map, into a sink that keeps nothing:
//! `cargo run --release -p faregate-ingest --example rate_usage -- usage.csv map.toml`
//!
//! CPU seconds come from `/proc/self/stat`, so that this program asks for no clock.

use faregate_ingest::mapping::Map;
use faregate_ingest::usage::{Reader, Rejected, Said, Sink, Survey, UsageRow, When};
use std::error::Error;
use std::fs::File;
use std::io::Read;
use std::sync::Arc;

const CHUNK: usize = 1 << 20;

/// Adds up every field, so that none is left out as unused.
#[derive(Default)]
struct Sums {
    seconds: i64,
    letters: usize,
    ticks: i64,
    rejected: u64,
}

impl Sink for Sums {
    fn row(&mut self, row: &UsageRow<'_>) {
        if let When::Session { opened, closed: Some(closed) } = row.when {
            self.seconds += closed.since(opened);
        }
        let who = row.who.as_ref().map_or(0, |who| who.name.len());
        let texts = [row.host, row.product, row.bucket, row.site];
        self.letters += who + texts.into_iter().flatten().map(str::len).sum::<usize>();
        self.ticks = self.ticks.wrapping_add(row.tokens.map_or(0, |tokens| tokens.0));
    }

    fn rejected(&mut self, _: &Rejected<'_>) {
        self.rejected += 1;
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [table, map] = arguments.as_slice() else {
        return Err("usage: rate_usage TABLE MAP".into());
    };
    let map: Map = std::fs::read_to_string(map)?.parse()?;
    let before = cpu_seconds();
    let mut chunk = vec![0; CHUNK];
    let mut survey = Survey::mapped(Arc::new(map), Said::default());
    let surveyed = through(table, &mut chunk, |chunk| survey.feed(chunk))?;
    let mut reader = Reader::new(survey.finish()?);
    let mut sums = Sums::default();
    let bytes = through(table, &mut chunk, |chunk| {
        reader.feed(chunk, &mut sums);
        true
    })?;
    reader.finish(&mut sums);
    let seconds = cpu_seconds().zip(before).map(|(after, before)| (after - before).max(0.01));
    println!("{:#?}", reader.tally());
    println!(
        "{bytes} bytes, {surveyed} of them surveyed; {} s of use, {} letters of names, {} ticks, {} rejected",
        sums.seconds, sums.letters, sums.ticks, sums.rejected
    );
    match seconds {
        Some(seconds) => {
            println!("{seconds:.2} CPU-s, {:.0} MB/CPU-s", bytes as f64 / 1e6 / seconds);
        }
        None => println!("no CPU time: there is no /proc/self/stat here"),
    }
    Ok(())
}

/// Hands out a file in chunks for as long as they are wanted. Returns how many bytes that was.
fn through(
    file: &str,
    chunk: &mut [u8],
    mut take: impl FnMut(&[u8]) -> bool,
) -> std::io::Result<u64> {
    let mut file = File::open(file)?;
    let mut bytes = 0;
    loop {
        let count = file.read(chunk)?;
        bytes += count as u64;
        if count == 0 || !take(&chunk[..count]) {
            return Ok(bytes);
        }
    }
}

/// User and system time in seconds, at the kernel's usual 100 ticks a second.
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks / 100.0)
}
