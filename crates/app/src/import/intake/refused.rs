//! Why files are not taken in, in words for whoever sent them.

use super::super::flexnet::ImportError;
use crate::engine::Failure;
use faregate_ingest::container;
use faregate_ingest::flexnet::NotADebugLog;
use faregate_ingest::usage::Refusal;

/// Why nothing of a batch was taken in. The store is as it was.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// A file is not what is read, or leaves open what it means.
    #[error("{file}: {why}")]
    File {
        /// Which.
        file: String,
        /// The stable code, for machines.
        code: &'static str,
        /// What is wrong, with the line where there is one, and what to do.
        why: String,
    },
    /// The operator stopped it.
    #[error("stopped; nothing was imported")]
    Stopped,
    /// The store or the core refused.
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl Refused {
    pub(super) fn file(file: &str, code: &'static str, why: impl Into<String>) -> Self {
        Self::File { file: file.to_owned(), code, why: why.into() }
    }

    pub(super) fn table(file: &str, refusal: &Refusal) -> Self {
        Self::file(file, refusal.code(), refusal.to_string())
    }

    pub(super) fn no_log(file: &str, why: NotADebugLog) -> Self {
        Self::file(file, why.code(), why.to_string())
    }

    /// An error of reading, which may be a container's fault.
    pub(super) fn io(file: &str, error: &std::io::Error) -> Self {
        match container::Fault::of(error) {
            Some(fault) => fault.clone().into(),
            None => Self::file(file, "file-unreadable", error.to_string()),
        }
    }
}

impl From<container::Fault> for Refused {
    fn from(fault: container::Fault) -> Self {
        let (file, code) = (fault.file.to_string(), fault.code());
        let member = fault.member.as_ref().map_or_else(String::new, |member| format!("{member}: "));
        Self::File { file, code, why: format!("{member}{}; {}", fault.problem, fault.help()) }
    }
}

impl From<ImportError> for Refused {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Format { file, why } => Self::no_log(&file, why),
            ImportError::Io { file, why } => Self::io(&file, &why),
            ImportError::Stopped => Self::Stopped,
            ImportError::Failed(failure) => Self::Failed(failure),
        }
    }
}
