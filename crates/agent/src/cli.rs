//! What can be said on the command line.

use crate::home::Fault;
use std::path::PathBuf;

/// Shown by `--help`.
pub const HELP: &str = "\
The workstation agent of Faregate: asks before a product spends tokens, and keeps to the answer.

Usage: faregate-agent [--state DIR] COMMAND

Commands:
  enrol --server URL [--code-file FILE] [--ca FILE]
          Makes this device known; the one-time code comes from FILE or from standard input
  run [--no-ui] [--once]
          Watches products; --no-ui answers every question with no, --once ends when nothing is under way
  status [--json]
          How the agent is: contact, rules, sessions, queue, grants
  why PRODUCT|SESSION [--json]
          What was decided last, and on what ground
  logs [-n LINES]
          The last lines of the agent's log; 50
  lease PRODUCT [--hours HOURS] [--account ACCOUNT]
          Holds tokens beforehand, to use PRODUCT without the server; 8 hours
  return [PRODUCT] [--account ACCOUNT]
          Gives leases back

Options:
  --state DIR  Directory of the agent's state
  --version    Version
  --help       This text

Exit codes: 0 done; 1 failed; 2 misunderstood; 3 not enrolled; 4 the server cannot be reached; 5 the server refuses
";

/// What was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Directory of the state.
    pub state: Option<PathBuf>,
    /// What to do.
    pub command: Command,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Make this device known.
    Enrol {
        /// Where the server is.
        server: String,
        /// File with the code; standard input where there is none.
        code_file: Option<PathBuf>,
        /// File with certificates.
        ca: Option<PathBuf>,
    },
    /// Watch products.
    Run {
        /// Whether somebody can be asked.
        ui: bool,
        /// Whether to end when nothing is under way.
        once: bool,
    },
    /// How the agent is.
    Status {
        /// For programs.
        json: bool,
    },
    /// What was decided last.
    Why {
        /// A product, or a session.
        what: String,
        /// For programs.
        json: bool,
    },
    /// The end of the log.
    Logs {
        /// How many lines.
        lines: usize,
    },
    /// Hold tokens beforehand.
    Lease {
        /// The product.
        product: String,
        /// For how long.
        hours: u32,
        /// For whom.
        account: Option<String>,
    },
    /// Give leases back.
    Return {
        /// Of this product, or all.
        product: Option<String>,
        /// Whose.
        account: Option<String>,
    },
    /// Show the version.
    Version,
    /// Show the help.
    Help,
}

/// Understands what was said.
///
/// # Errors
/// It cannot be understood (exit code 2).
pub fn read(words: &[String]) -> Result<Said, Fault> {
    let mut words = Words { left: words.to_vec() };
    if words.flag("--help") || words.flag("-h") {
        return Ok(Said { state: None, command: Command::Help });
    }
    if words.flag("--version") || words.flag("-V") {
        return Ok(Said { state: None, command: Command::Version });
    }
    let state = words.value("--state")?.map(PathBuf::from);
    let command = command(&mut words)?;
    match words.left.first() {
        None => Ok(Said { state, command }),
        Some(word) => Err(misunderstood(&format!("`{word}` is not understood here"))),
    }
}

fn command(words: &mut Words) -> Result<Command, Fault> {
    Ok(match words.next().as_deref() {
        Some("run") => Command::Run { ui: !words.flag("--no-ui"), once: words.flag("--once") },
        Some("enrol" | "enroll") => {
            let code_file = words.value("--code-file")?.map(PathBuf::from);
            let ca = words.value("--ca")?.map(PathBuf::from);
            let server = words.value("--server")?;
            let server = server.ok_or_else(|| misunderstood("`enrol` needs `--server URL`"))?;
            Command::Enrol { server, code_file, ca }
        }
        Some("status") => Command::Status { json: words.flag("--json") },
        Some("why") => {
            let json = words.flag("--json");
            Command::Why { what: words.needed("why", "PRODUCT or SESSION")?, json }
        }
        Some("logs") => Command::Logs { lines: words.number("-n", 1, 1_000_000)?.unwrap_or(50) },
        Some("lease") => {
            let hours = words.number("--hours", 1, 24)?.unwrap_or(8);
            let account = words.value("--account")?;
            Command::Lease { product: words.needed("lease", "PRODUCT")?, hours, account }
        }
        Some("return") => {
            let account = words.value("--account")?;
            Command::Return { product: words.next(), account }
        }
        Some(other) => return Err(misunderstood(&format!("there is no command `{other}`"))),
        None => return Err(misunderstood("no command is given")),
    })
}

struct Words {
    left: Vec<String>,
}

impl Words {
    /// The next word that is no option.
    fn next(&mut self) -> Option<String> {
        let is_word = self.left.first().is_some_and(|word| !word.starts_with('-'));
        is_word.then(|| self.left.remove(0))
    }

    fn needed(&mut self, command: &str, what: &str) -> Result<String, Fault> {
        self.next().ok_or_else(|| misunderstood(&format!("`{command}` needs {what}")))
    }

    fn flag(&mut self, name: &str) -> bool {
        let at = self.left.iter().position(|word| word == name);
        at.map(|at| self.left.remove(at)).is_some()
    }

    /// `--name VALUE` or `--name=VALUE`.
    fn value(&mut self, name: &str) -> Result<Option<String>, Fault> {
        let joined = format!("{name}=");
        if let Some(at) = self.left.iter().position(|word| word.starts_with(&joined)) {
            return Ok(self.left.remove(at).strip_prefix(&joined).map(str::to_owned));
        }
        let Some(at) = self.left.iter().position(|word| word == name) else { return Ok(None) };
        self.left.remove(at);
        let has_value = self.left.get(at).is_some_and(|word| !word.starts_with("--"));
        let missing = || misunderstood(&format!("`{name}` needs a value"));
        has_value.then(|| Some(self.left.remove(at))).ok_or_else(missing)
    }

    fn number<N: std::str::FromStr + PartialOrd + std::fmt::Display>(
        &mut self,
        name: &str,
        least: N,
        most: N,
    ) -> Result<Option<N>, Fault> {
        let Some(text) = self.value(name)? else { return Ok(None) };
        let number = text.parse().ok().filter(|number| (&least..=&most).contains(&number));
        let wrong = || misunderstood(&format!("`{name} {text}`: write {least} to {most}"));
        number.map(Some).ok_or_else(wrong)
    }
}

fn misunderstood(what: &str) -> Fault {
    Fault::new(what, "see `faregate-agent --help`").with_code(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: &str) {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let said = match read(&words) {
            Ok(said) => format!("{:?} {:?}", said.state, said.command),
            Err(fault) => format!("{} {}", fault.code, fault.what),
        };
        assert_eq!(said, expected, "{line}");
    }

    #[test]
    fn what_is_understood() {
        check("run", "None Run { ui: true, once: false }");
        check("run --once --no-ui", "None Run { ui: false, once: true }");
        check("--state /x run", "Some(\"/x\") Run { ui: true, once: false }");
        check("status --json --state=/x", "Some(\"/x\") Status { json: true }");
        check("why revit", "None Why { what: \"revit\", json: false }");
        check("logs -n 5", "None Logs { lines: 5 }");
        check("logs", "None Logs { lines: 50 }");
        let lease = "None Lease { product: \"revit\", hours: 8, account: None }";
        check("lease revit", lease);
        check("lease --hours 8 revit", lease);
        check("lease revit --hours=8", lease);
        check("return", "None Return { product: None, account: None }");
        check(
            "return revit --account jo",
            "None Return { product: Some(\"revit\"), account: Some(\"jo\") }",
        );
        let enrol = "None Enrol { server: \"https://a\", code_file: Some(\"c\"), ca: None }";
        check("enrol --server https://a --code-file c", enrol);
        check("enroll --code-file=c --server=https://a", enrol);
        check("--version", "None Version");
        check("run --help", "None Help");
    }

    #[test]
    fn what_is_not() {
        check("", "2 no command is given");
        check("start", "2 there is no command `start`");
        check("run now", "2 `now` is not understood here");
        check("run --fast", "2 `--fast` is not understood here");
        check("enrol", "2 `enrol` needs `--server URL`");
        check("enrol --server", "2 `--server` needs a value");
        check("enrol --server --ca x", "2 `--server` needs a value");
        check("why", "2 `why` needs PRODUCT or SESSION");
        check("lease", "2 `lease` needs PRODUCT");
        check("lease revit --hours 25", "2 `--hours 25`: write 1 to 24");
        check("lease revit --hours 0", "2 `--hours 0`: write 1 to 24");
        check("logs -n many", "2 `-n many`: write 1 to 1000000");
        check("--state", "2 `--state` needs a value");
    }
}
