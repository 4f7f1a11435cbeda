//! Everything that can go wrong on the command line: a message, what to do about it, an exit code.

use crate::aside;
use crate::estate::DATA;
use faregate_app::engine::Failure;
use faregate_app::import::flexnet::ImportError;
use faregate_app::ports::StoreError;
use faregate_ingest::flexnet::NotADebugLog;
use faregate_store::directory::Unusable;
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;

/// Exit codes; they never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Code {
    /// Anything without a code of its own.
    Failed = 1,
    /// The command line is wrong.
    Usage = 2,
    /// An input file cannot be read.
    Input = 3,
    /// The data directory is missing, or there already.
    Data = 4,
    /// Another process uses the data directory.
    InUse = 5,
    /// The store is damaged.
    Damaged = 6,
    /// There is no such zone.
    Zone = 7,
    /// The address cannot be listened on.
    Address = 8,
    /// `doctor`, `explain` or `options check` found something wrong.
    Findings = 9,
    /// The store was written by a newer release.
    Newer = 10,
    /// A tariff cannot be used.
    Tariff = 11,
    /// A table of feature codes cannot be used.
    Features = 12,
    /// An order was refused: it contradicts what is true, or is not theirs to give.
    Refused = 13,
    /// Policies are not valid, or their cases fail.
    Policy = 14,
    /// An estate file cannot be taken in.
    Estate = 15,
    /// An options file, its plan or its settings cannot be used.
    Options = 16,
    /// Nobody knows whether the licence server took the options file.
    Unverified = 17,
    /// The licence server did not take the options file.
    NotTaken = 18,
    /// A log is empty.
    Empty = 20,
    /// A log is compressed.
    Compressed = 21,
    /// A log is UTF-16.
    Utf16 = 22,
    /// A log is binary, or an encrypted report log.
    Binary = 23,
    /// A log is a file of another format.
    Format = 24,
    /// A log begins mid-stream: nothing in it says on which day.
    Undated = 25,
    /// A file leaves open what it means, and an option says it.
    Open = 26,
    /// A map of a table cannot be used.
    Map = 27,
    /// Stopped by the operator.
    Stopped = 130,
}

/// What went wrong, for the reader.
#[derive(Debug)]
pub(crate) struct Fault {
    code: Code,
    message: String,
    help: String,
}

impl Fault {
    pub(crate) fn new(code: Code, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: help.into() }
    }

    /// A command line that makes no sense, from how the parser puts it: what is wrong, then what to do.
    pub(crate) fn not_understood(told: &str) -> Self {
        let mut lines = told.lines().map(str::trim).filter(|line| !line.is_empty());
        let first = lines.next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        let rest: Vec<&str> = lines.collect();
        Self::new(Code::Usage, first, rest.join("; "))
    }

    /// Whether another process uses the data directory.
    pub(crate) fn is_in_use(&self) -> bool {
        self.code == Code::InUse
    }

    /// What went wrong.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    pub(crate) fn help(&self) -> &str {
        &self.help
    }

    /// With each line of its message told otherwise.
    pub(crate) fn retold(self, line: impl Fn(&str) -> String) -> Self {
        let lines: Vec<String> = self.message.lines().map(line).collect();
        Self { message: lines.join("\n"), ..self }
    }

    /// With a word on what was done before it, instead of its remedy.
    pub(crate) fn after(self, done: &str) -> Self {
        Self { help: done.to_owned(), ..self }
    }

    /// With another remedy, when another process uses the data directory.
    pub(crate) fn helped_if_in_use(self, help: &str) -> Self {
        if self.is_in_use() { Self { help: help.to_owned(), ..self } } else { self }
    }

    /// Prints the fault to stderr, as words or as JSON, and gives its exit code.
    pub(crate) fn report(self, as_json: bool) -> ExitCode {
        let Self { code, message, help } = self;
        if as_json {
            let value = json!({ "error": message, "help": help, "exit_code": code as u8 });
            // A value of texts and a number always has a line.
            aside!("{}", crate::output::json_line(&value).unwrap_or_default());
        } else {
            aside!("faregate: {message}");
            if !help.is_empty() {
                aside!("  help: {help}");
            }
        }
        ExitCode::from(code as u8)
    }
}

impl From<anyhow::Error> for Fault {
    fn from(error: anyhow::Error) -> Self {
        Self::new(Code::Failed, format!("{error:#}"), "")
    }
}

/// The command that begins a store in a directory, as a shell takes it.
fn begin(path: &Path) -> String {
    if path == Path::new(DATA) {
        return "faregate init".to_owned();
    }
    let shown = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "_-./\\:".contains(c);
    if !shown.is_empty() && shown.chars().all(plain) {
        return format!("faregate --data {shown} init");
    }
    // Within single quotes a shell reads everything as it stands but for these quotes; Windows knows double ones only.
    match cfg!(windows) {
        true => format!("faregate --data \"{shown}\" init"),
        false => format!("faregate --data '{}' init", shown.replace('\'', r"'\''")),
    }
}

impl From<Unusable> for Fault {
    fn from(unusable: Unusable) -> Self {
        match unusable {
            Unusable::Missing(path) => Self::new(
                Code::Data,
                format!("there is no store in `{}`", path.display()),
                format!(
                    "create one with `{}`, or name another directory with --data",
                    begin(&path)
                ),
            ),
            Unusable::Exists(path) => Self::new(
                Code::Data,
                format!("there is a store in `{}` already", path.display()),
                "use it as it is, or name another directory with --data",
            ),
            Unusable::InUse(path) => Self::new(
                Code::InUse,
                format!("another process uses `{}`", path.display()),
                "stop that server first, or let it follow the log itself: `faregate serve --tail FILE`",
            ),
            Unusable::Io(path, why) => Self::new(
                Code::Data,
                format!("`{}` cannot be used: {why}", path.display()),
                "check that the directory can be written to, or name another with --data",
            ),
            Unusable::Store(path, why) => Self::store(&why, &format!("`{}`: ", path.display())),
        }
    }
}

impl Fault {
    fn store(why: &StoreError, prefix: &str) -> Self {
        let (code, help) = match why {
            StoreError::Newer { .. } => {
                (Code::Newer, "use the release that wrote it, or a newer one")
            }
            StoreError::Damaged(_) => {
                (Code::Damaged, "restore a backup; the file was left as it is")
            }
            StoreError::Full => (Code::Failed, "free space on the disk; nothing was lost"),
            StoreError::Fenced { .. } => (Code::InUse, "stop the other writer, then try again"),
            StoreError::Other(_) => (Code::Failed, "check the file and its directory"),
        };
        Self::new(code, format!("{prefix}{why}"), help)
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Store(why) => Self::store(&why, ""),
            Failure::Broken(why) => Self::new(
                Code::Damaged,
                why.to_string(),
                "run `faregate doctor`; nothing was changed",
            ),
            other => Self::new(Code::Failed, other.to_string(), ""),
        }
    }
}

impl Fault {
    /// The file is no debug log.
    pub(crate) fn not_a_log(file: &str, why: NotADebugLog) -> Self {
        let code = match why {
            NotADebugLog::Empty => Code::Empty,
            NotADebugLog::Compressed(_) => Code::Compressed,
            NotADebugLog::Utf16 => Code::Utf16,
            NotADebugLog::Binary => Code::Binary,
            NotADebugLog::Other(_) | NotADebugLog::Unrecognised => Code::Format,
        };
        let help = match why {
            NotADebugLog::Compressed("gzip" | "zip") => {
                "`faregate import FILE` reads it as it is; nothing was imported"
            }
            _ => "nothing was imported",
        };
        Self::new(code, format!("{file}: {why}"), help)
    }
}

impl From<StoreError> for Fault {
    fn from(why: StoreError) -> Self {
        Self::store(&why, "")
    }
}

impl From<ImportError> for Fault {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Format { file, why } => Self::not_a_log(&file, why),
            ImportError::Io { .. } => {
                Self::new(Code::Input, error.to_string(), "nothing was imported")
            }
            ImportError::Stopped => Self::new(Code::Stopped, error.to_string(), ""),
            ImportError::Failed(failure) => failure.into(),
        }
    }
}

#[cfg(test)]
mod tests;
