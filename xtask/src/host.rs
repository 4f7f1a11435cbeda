//! The machine the tools run on: the clock, the environment, programs and the tree's root.
//!
//! The only file of this crate that asks for any of them.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// Where the tools run.
#[derive(Clone, Debug)]
pub struct Host {
    root: PathBuf,
    target: PathBuf,
    path: Option<OsString>,
}

impl Host {
    /// This machine, and the tree that this binary was built from.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the tools' one reading of the environment")]
    pub fn here() -> Self {
        let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        root.pop();
        let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        Self { target: root.join(target), path: std::env::var_os("PATH"), root }
    }

    /// The root of the repository.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where cargo puts what it builds.
    #[must_use]
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Whether the tree has this path.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }

    /// Whether a program of this name is in the search path.
    #[must_use]
    pub fn installed(&self, program: &str) -> bool {
        let path = self.path.iter().flat_map(std::env::split_paths);
        path.into_iter().any(|directory| directory.join(program).is_file())
    }

    /// The search path with `first` in front.
    pub fn path_with(&self, first: &Path) -> Result<OsString> {
        let rest = self.path.iter().flat_map(std::env::split_paths);
        let all = std::iter::once(first.to_owned()).chain(rest);
        std::env::join_paths(all).context("the search path holds a colon in a name")
    }

    /// A command in the root, without input, and without what cargo told this program about itself.
    #[must_use]
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).stdin(Stdio::null());
        for name in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH"] {
            command.env_remove(name);
        }
        command
    }

    /// Runs a command line (split at spaces), shows its output, and fails when it fails.
    pub fn run(&self, line: &str) -> Result<()> {
        self.run_noting(line, |_| false).map(drop)
    }

    /// As [`Host::run`], and returns the lines of output that `notable` picks; when it fails, they stand in the error.
    pub fn run_noting(&self, line: &str, notable: fn(&str) -> bool) -> Result<Vec<String>> {
        println!("$ {line}");
        let script = format!("exec 2>&1; exec {line}");
        let mut command = self.command("bash");
        command.args(["-c", &script]).stdout(Stdio::piped()).env("NO_COLOR", "1");
        let mut child = command.spawn().with_context(|| format!("cannot start `{line}`"))?;
        let output = child.stdout.take().context("no output to read")?;
        let mut noted = Vec::new();
        for bytes in BufReader::new(output).split(b'\n') {
            let text = String::from_utf8_lossy(&bytes?).into_owned();
            println!("{text}");
            if notable(&text) {
                noted.push(text.trim().to_owned());
            }
        }
        let status = child.wait()?;
        if !status.success() {
            let noted: String = noted.iter().map(|line| format!("\n{line}")).collect();
            bail!("`{line}` failed ({status}){noted}");
        }
        Ok(noted)
    }

    /// The standard output of a command that must succeed.
    pub fn output(&self, program: &str, arguments: &[&str]) -> Result<String> {
        let mut command = self.command(program);
        command.args(arguments).stderr(Stdio::inherit());
        let output = command.output().with_context(|| format!("cannot start `{program}`"))?;
        if !output.status.success() {
            bail!("`{program} {}` failed ({})", arguments.join(" "), output.status);
        }
        String::from_utf8(output.stdout).with_context(|| format!("`{program}` did not print text"))
    }

    /// Does `work`, and says how long it took.
    #[expect(clippy::disallowed_methods, reason = "the steps are timed for the reader only")]
    pub fn timed<T>(&self, work: impl FnOnce() -> T) -> (T, Duration) {
        let start = std::time::Instant::now();
        let value = work();
        (value, start.elapsed())
    }
}
