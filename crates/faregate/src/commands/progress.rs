//! How far an import has come, and the operator's Ctrl-C.

use crate::fault::{Code, Fault};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A bar on stderr with rate and remaining time, and the wish to stop.
pub(super) struct Meter {
    bar: ProgressBar,
    stop: Arc<AtomicBool>,
}

impl Meter {
    /// Begins for so many bytes; a quiet one draws nothing.
    pub(super) fn start(bytes: u64, quiet: bool) -> Result<Self, Fault> {
        let target =
            if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let template = "{bar:30} {bytes}/{total_bytes}  {bytes_per_sec}  {eta} left  {msg}";
        let style = ProgressStyle::with_template(template).map_err(anyhow::Error::from)?;
        let bar = ProgressBar::with_draw_target(Some(bytes), target).with_style(style);
        let stop = Arc::new(AtomicBool::new(false));
        // The first Ctrl-C stops in good order; a second one does not wait for the next bytes.
        let code = i32::from(Code::Stopped as u8);
        signal_hook::flag::register_conditional_shutdown(
            signal_hook::consts::SIGINT,
            code,
            Arc::clone(&stop),
        )
        .map_err(anyhow::Error::from)?;
        signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::clone(&stop))
            .map_err(anyhow::Error::from)?;
        Ok(Self { bar, stop })
    }

    /// So many more bytes were read. Returns whether to go on.
    pub(super) fn read(&self, bytes: u64) -> bool {
        self.bar.inc(bytes);
        !self.stop.load(Ordering::Relaxed)
    }

    /// What is done now.
    pub(super) fn say(&self, what: &'static str) {
        self.bar.set_message(what);
    }

    /// Begins at no bytes again.
    pub(super) fn again(&self) {
        self.bar.reset();
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
