//! Files in which an operator declares something: sign-in, channels, sources, a directory.

use crate::fault::{Code, Fault};
use faregate_connect::settings::SettingsFault;
use std::io::ErrorKind;
use std::path::Path;

/// What is said when a file is of no use.
pub(crate) struct Help {
    /// Of one that cannot be read.
    pub(crate) unread: &'static str,
    /// Of one whose lines have faults.
    pub(crate) faulty: &'static str,
}

/// Reads a file as `parse` does; `absent` holds where there is none, if anything does.
pub(crate) fn read<T>(
    file: &Path,
    absent: Option<T>,
    help: &Help,
    parse: impl FnOnce(&str) -> Result<T, Vec<SettingsFault>>,
) -> Result<T, Fault> {
    match (std::fs::read_to_string(file), absent) {
        (Ok(text), _) => parse(&text).map_err(|faults| {
            let told =
                faults.iter().map(|one| (one.line, format!("{}; {}", one.message, one.help)));
            faulty(file, told, help.faulty)
        }),
        (Err(why), Some(absent)) if why.kind() == ErrorKind::NotFound => Ok(absent),
        (Err(why), _) => {
            Err(Fault::new(Code::Input, format!("{}: {why}", file.display()), help.unread))
        }
    }
}

/// Faults of lines of a file, one below the other.
pub(crate) fn faulty(
    file: &Path,
    faults: impl IntoIterator<Item = (usize, String)>,
    help: &'static str,
) -> Fault {
    let told = faults.into_iter().map(|(line, why)| format!("{}:{line}: {why}", file.display()));
    Fault::new(Code::Input, told.collect::<Vec<String>>().join("\n"), help)
}
