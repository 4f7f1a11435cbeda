//! The processes and clocks of the machine: one adapter for each operating system, picked when it is built.
//!
//! | | Linux | macOS | Windows |
//! |---|---|---|---|
//! | list | `/proc` | `sysinfo` | tool help snapshot |
//! | stand still | `SIGSTOP` | `SIGSTOP` | not possible: says no |
//! | close | `SIGTERM` | `SIGTERM` | `WM_CLOSE` by `taskkill` |
//! | end | `SIGKILL` | `SIGKILL` | `TerminateProcess` |
//! | idle | `loginctl` | `ioreg` | `GetLastInputInfo` |
//! | boot | `boot_id` | `kern.bootsessionuuid` | the registry's `BootId`, else one word for all boots |
//!
//! Where a process leads its process group, the group stands still, goes on and ends with it: its helpers would go on
//! drawing on a licence otherwise. Nothing here signals a process without having compared its start, so that a number
//! that came again is safe, nor this process, nor its own group.

#[cfg(target_os = "linux")]
mod idle;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(unix)]
mod probe;
#[cfg(unix)]
mod unix;
mod version;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
pub use linux::{SystemProcesses, SystemTimes};
#[cfg(target_os = "macos")]
pub use macos::{SystemProcesses, SystemTimes};
#[cfg(windows)]
pub use windows::{SystemProcesses, SystemTimes};
