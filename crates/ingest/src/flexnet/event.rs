//! What one line means, interned, still without a date.

use super::clock::Stamp;
use super::report::{DenialKind, Ended};
use crate::names::NameId;

/// An event, small enough to keep a million while the first date is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) what: What,
    /// The holder: a number of [`super::holders::Holders`].
    pub(crate) seat: u32,
    pub(crate) feature: NameId,
    /// The address of the workstation; empty where the log is not verbose.
    pub(crate) address: NameId,
    pub(crate) package: bool,
    pub(crate) daemon: u16,
    pub(crate) at: Stamp,
    pub(crate) line: u64,
    /// The position among the usage events, to tell neighbours.
    pub(crate) place: u64,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Out {
        licences: u16,
    },
    In {
        ended: Ended,
    },
    Upgrade {
        licences: u16,
    },
    Denial {
        kind: DenialKind,
        major: i32,
        minor: i32,
        reason: NameId,
    },
    /// The daemon was started anew; the stamp of the event is its last sign of life before.
    DaemonStarted,
    /// The daemon said that it ends.
    DaemonEnded,
}

impl What {
    /// The word that the line began with; `None` for the life of daemons.
    pub(crate) const fn word(self) -> Option<&'static str> {
        Some(match self {
            Self::Out { .. } => "OUT",
            Self::In { .. } => "IN",
            Self::Upgrade { .. } => "UPGRADE",
            Self::Denial { kind: DenialKind::Denied, .. } => "DENIED",
            Self::Denial { kind: DenialKind::Unsupported, .. } => "UNSUPPORTED",
            Self::Denial { kind: DenialKind::Queued, .. } => "QUEUED",
            Self::Denial { kind: DenialKind::Dequeued, .. } => "DEQUEUED",
            Self::Denial { kind: DenialKind::Expired, .. } => "EXPIRED",
            Self::DaemonStarted | Self::DaemonEnded => return None,
        })
    }
}
