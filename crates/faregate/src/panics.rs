//! What becomes of the process when a thread panics.
//!
//! A state that was left in the middle of a change must decide nothing, so the process ends and its service manager
//! starts it anew from the journal. Threads that only answer questions in SQL are another matter: they hold nothing
//! that others use, and whoever may read must not be able to end the gate. There, the connection ends.

/// The name of threads that may.
pub(crate) const MAY_PANIC: &str = "sql";

/// From now on, a panic ends the process, unless the thread may.
pub(crate) fn end_the_process() {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tell(panic);
        if std::thread::current().name() != Some(MAY_PANIC) {
            std::process::abort();
        }
    }));
}
