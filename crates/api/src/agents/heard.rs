//! What was last heard of a device.

use faregate_core::when::Instant;

/// What a device said of itself when it was last heard of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// When.
    pub at: Instant,
    /// How far its wall clock was ahead of the server's, in seconds.
    pub clock_ahead: i64,
    /// Release of the agent.
    pub version: String,
    /// Sessions that it keeps alive.
    pub sessions: usize,
}
