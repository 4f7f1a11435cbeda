//! Our side of the races on the lake, in a process of its own, so that its memory can be measured, and in a
//! program of its own, so that the bench does without the engine: `cargo build --features lake` makes it.
//!
//! `fill SESSIONS LAKE` writes the generator's sessions as a lake, `ask LAKE SQL` asks it. Both print JSON.

use faregate_lake::queries::trials;
use faregate_lake::{Lake, Means, Place};
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

const THREADS: usize = 2;
const MEMORY: usize = 512 << 20;

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
        _ => Err("usage: fill SESSIONS LAKE, or ask LAKE SQL".into()),
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark takes the time")]
async fn ask(path: &Path, sql: &str) -> Result<serde_json::Value, Box<dyn Error>> {
    let begun = std::time::Instant::now();
    let lake = Lake::find(Place::directory(path)?).await?.ok_or("no lake there")?;
    let means = Means { memory: MEMORY, spill: path.join("spill"), threads: THREADS };
    let (rows, sum) = trials::ask(&lake, &means, sql).await?;
    let seconds = begun.elapsed().as_secs_f64();
    Ok(serde_json::json!({ "seconds": seconds, "rows": rows, "sum": sum }))
}
