//! FlexNet debug logs (`lmgrd -l`, `DEBUGLOG`) into sessions, denials and rejected lines.
//!
//! One pass, in memory proportional to what is out and to the distinct names, whatever the size
//! of the file. The rules, each in its own module: [`sniff`] what the file is · `line` and `usage`
//! one line · `verbose` what a verbose log adds to it · `clock` dates for times of day · `packages` one session written twice · `pairs`
//! OUT with IN · `daemons` who wrote it. None of them reads a file or the time.
//!
//! **Restarts.** A licence dies with the daemon that gave it, and the new daemon writes no IN for
//! it. Such a session ends, as [`Ended::ServerRestart`], when the daemon said that it ends, else at
//! its last sign of life: usage, a `TIMESTAMP` (every six hours) or statistics (every four), so
//! that this is at most hours early and never late. Daemons that die with lmgrd share the latest of
//! their last signs.
//! A start is lmgrd's `… started on HOST … (date)`, its `Started|REStarted DAEMON (…)`, or the
//! daemon's own `FlexNet Licensing version …`; an end is the daemon's own `EXITING …` or lmgrd's
//! `DAEMON exited with …`. After an end the INs with `(SHUTDOWN)` still count; what is out when
//! the daemon's next OUT or start or the end of the file comes, ended with it. The daemon's
//! `Server started on HOST for:` is no start: a re-read writes it too, and ends nothing.
//!
//! **Dates.** A log of events alone, without the `TIMESTAMP` lines that every server writes, may be
//! silent for more than a day without the reader noticing; the next date in the log sets it right,
//! but not the events in between.

mod clock;
mod daemons;
mod event;
mod holders;
mod line;
mod mark;
mod packages;
mod pairs;
mod reader;
mod report;
mod sniff;
mod usage;
mod verbose;

pub use reader::{Options, Reader};
pub use report::{
    Collected, Denial, DenialKind, Ended, RejectReason, Rejected, Session, Sink, Tally,
};
pub use sniff::{NotADebugLog, sniff};

#[cfg(test)]
mod tests;
