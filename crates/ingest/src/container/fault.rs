//! What can be wrong with a container, in words for the person who sent it.

use std::io::ErrorKind;
use std::sync::Arc;

/// One container, or one member of it, that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file.
    pub file: Arc<str>,
    /// The member of it, where it is one.
    pub member: Option<Arc<str>>,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A password is needed.
    Encrypted,
    /// It ends too early.
    Cut,
    /// Its bytes are not what they should be; how that shows.
    Damaged(String),
    /// It is packed in a way that is not read.
    Packed(&'static str),
    /// A member is packed in a way that is not read: the number of the method.
    Method(u16),
    /// There is a container in it: which.
    Nested(&'static str),
    /// A workbook of the format before 2007.
    OldWorkbook,
    /// A document of another program.
    Document(&'static str),
    /// Two members have one name.
    Twice,
    /// Members lie over each other, as only a bomb's do.
    Overlap,
    /// There is no member, or sheet, of this name; what there is.
    Missing(String, Vec<String>),
    /// More than the cap of so many of these.
    TooMany(u64, &'static str),
    /// It unpacks to more than so many times its size.
    Ratio(u64),
    /// The file cannot be read, for a reason of the machine.
    Io(String),
}

impl Fault {
    pub(super) fn new(file: &Arc<str>, member: Option<&Arc<str>>, problem: Problem) -> Self {
        Self { file: file.clone(), member: member.cloned(), problem }
    }

    /// The fault within an error of one of the readers here, if that is what it is.
    #[must_use]
    pub fn of(error: &std::io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }

    /// The same of any error of reading: decoders tell damage and a cut end by the kind of it.
    pub(super) fn from_io(
        file: &Arc<str>,
        member: Option<&Arc<str>>,
        error: &std::io::Error,
    ) -> Self {
        if let Some(fault) = Self::of(error) {
            return fault.clone();
        }
        let problem = match error.kind() {
            ErrorKind::UnexpectedEof => Problem::Cut,
            ErrorKind::InvalidData | ErrorKind::InvalidInput => Problem::Damaged(error.to_string()),
            _ => Problem::Io(error.to_string()),
        };
        Self::new(file, member, problem)
    }

    /// The stable code, for machines.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.problem {
            Problem::Encrypted => "container-encrypted",
            Problem::Cut => "container-cut",
            Problem::Damaged(_) => "container-damaged",
            Problem::Packed(_) | Problem::Method(_) => "container-method-unknown",
            Problem::Nested(_) => "container-nested",
            Problem::OldWorkbook | Problem::Document(_) => "container-of-another-format",
            Problem::Twice => "member-repeated",
            Problem::Overlap => "members-overlap",
            Problem::Missing(..) => "member-missing",
            Problem::TooMany(..) => "container-too-large",
            Problem::Ratio(_) => "container-ratio",
            Problem::Io(_) => "file-unreadable",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match &self.problem {
            Problem::Encrypted => "save it without a password, and import that".to_owned(),
            Problem::Cut => "copy or download it again, until its size is the sender's".to_owned(),
            Problem::Damaged(_) => "copy or download it again, or ask for a new export".to_owned(),
            Problem::Packed(_) | Problem::Nested(_) => {
                "unpack it, and import what is in it".to_owned()
            }
            Problem::Method(_) => {
                "pack it again as an ordinary zip (Deflate) or with gzip, or import it unpacked"
                    .to_owned()
            }
            Problem::OldWorkbook | Problem::Document(_) => {
                "save the table as .xlsx or as CSV UTF-8".to_owned()
            }
            Problem::Twice => "pack it again, each file once".to_owned(),
            Problem::Overlap | Problem::Ratio(_) => {
                "do not trust it unless you made it; then import the files unpacked".to_owned()
            }
            Problem::Missing(_, known) => format!("there are {}", list(known)),
            Problem::TooMany(..) => "divide it, and import the parts".to_owned(),
            Problem::Io(_) => "look whether the file and its disk are well".to_owned(),
        }
    }
}

impl core::fmt::Display for Problem {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Encrypted => f.write_str("it is encrypted"),
            Self::Cut => f.write_str("it ends too early"),
            Self::Damaged(how) => write!(f, "it is damaged: {how}"),
            Self::Packed(how) => write!(f, "it is packed with {how}, which is not read"),
            Self::Method(number) => write!(f, "it is packed by method {number}, which is not read"),
            Self::Nested(what) => write!(f, "there is a file of {what} within it"),
            Self::OldWorkbook => f.write_str("it is a document of Office before 2007"),
            Self::Document(what) => write!(f, "it is {what}"),
            Self::Twice => f.write_str("two of its members have this name"),
            Self::Overlap => f.write_str("it shares its bytes with another member"),
            Self::Missing(name, _) => write!(f, "there is no `{name}` in it"),
            Self::TooMany(most, what) => write!(f, "it has more than {most} {what}"),
            Self::Ratio(most) => write!(f, "it unpacks to more than {most} times its size"),
            Self::Io(error) => write!(f, "it cannot be read: {error}"),
        }
    }
}

impl core::fmt::Display for Fault {
    /// `june.zip: usage.csv: it is encrypted; save it without …`
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}: ", self.file)?;
        if let Some(member) = &self.member {
            write!(f, "{member}: ")?;
        }
        write!(f, "{}; {}", self.problem, self.help())
    }
}

impl core::error::Error for Fault {}

impl From<Fault> for std::io::Error {
    fn from(fault: Fault) -> Self {
        Self::new(ErrorKind::InvalidData, fault)
    }
}

/// Some names, as a sentence lists them.
fn list(names: &[String]) -> String {
    const SHOWN: usize = 10;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(SHOWN) {
        0 if names.is_empty() => "none".to_owned(),
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
