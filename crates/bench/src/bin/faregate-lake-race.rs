//! Our side of the races on the lake, in a process of its own, so that its memory can be measured, and in a
//! program of its own, so that the bench does without the engine: `cargo build --features lake` makes it.
//!
//! `fill SESSIONS LAKE` writes the generator's sessions as a lake, `ask LAKE SQL` asks it once, and `warm LAKE SQL…`
//! asks each statement once and then again and again, in one session. All print JSON.

use faregate_lake::queries::Kept;
use faregate_lake::queries::trials::{self, Asking};
use faregate_lake::{Lake, Means, Place};
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

const THREADS: usize = 2;
const MEMORY: usize = 512 << 20;
/// What answers that are kept may take, as the endpoint of a server gives them.
const KEPT: usize = 256 << 20;
/// How often a statement is asked again.
const AGAIN: usize = 9;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(THREADS).enable_all().build();
    let done = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(run(&arguments)));
    match done {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &[&str]) -> Result<serde_json::Value, Box<dyn Error>> {
    match arguments {
        ["fill", sessions, lake] => {
            std::fs::create_dir_all(lake)?;
            let mut lake = Lake::open(Place::directory(Path::new(lake))?).await?;
            let bytes = trials::fill(&mut lake, Path::new(sessions)).await?;
            Ok(serde_json::json!({ "bytes": bytes }))
        }
        ["ask", lake, sql] => ask(Path::new(lake), sql).await,
        ["warm", lake, statements @ ..] => warm(Path::new(lake), statements).await,
        _ => Err("usage: fill SESSIONS LAKE, ask LAKE SQL, or warm LAKE SQL…".into()),
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark takes the time")]
async fn ask(path: &Path, sql: &str) -> Result<serde_json::Value, Box<dyn Error>> {
    let begun = std::time::Instant::now();
    let (rows, sum) = asking(path, 0).await?.ask(sql).await?;
    let seconds = begun.elapsed().as_secs_f64();
    Ok(serde_json::json!({ "seconds": seconds, "rows": rows, "sum": sum }))
}

async fn asking(path: &Path, kept: usize) -> Result<Asking, Box<dyn Error>> {
    let lake = Lake::find(Place::directory(path)?).await?.ok_or("no lake there")?;
    let means = Means { memory: MEMORY, spill: path.join("spill"), threads: THREADS };
    Ok(Asking::of(&lake, &means, Arc::new(Kept::new(kept))).await?)
}

/// Of each statement: what it said first and how long that took, and whether and how quickly it said so again.
#[expect(clippy::disallowed_methods, reason = "a benchmark takes the time")]
async fn warm(path: &Path, statements: &[&str]) -> Result<serde_json::Value, Box<dyn Error>> {
    let asking = asking(path, KEPT).await?;
    let mut said = Vec::new();
    for sql in statements {
        let begun = std::time::Instant::now();
        let first = asking.ask(sql).await?;
        let cold = begun.elapsed().as_secs_f64();
        let (mut seconds, mut is_same) = (Vec::new(), true);
        for _ in 0..AGAIN {
            let begun = std::time::Instant::now();
            is_same &= asking.ask(sql).await? == first;
            seconds.push(begun.elapsed().as_secs_f64());
        }
        seconds.sort_by(f64::total_cmp);
        let warm = seconds.get(AGAIN / 2);
        said.push(serde_json::json!({
            "cold": cold, "seconds": warm, "rows": first.0, "sum": first.1, "same": is_same,
        }));
    }
    Ok(said.into())
}
