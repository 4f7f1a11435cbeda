//! Which product a process is: pure, so that every trap has a case.
//!
//! A process fits a product when its name fits, and its path and its version where the rules ask for them.
//! - Its name is what the operating system calls it, or the last part of its executable's path: either may be the
//!   true one, since a process can change the first and a script's second is its interpreter's.
//! - A renamed executable fits nothing, wherever it lies: what is not recognised is never stopped. The vendor's
//!   report and the licence server's log still tell of it.
//! - What is asked for and not known does not fit, for the same reason.

use crate::ports::Process;
use faregate_protocol::rules::{Rules, Watched};

/// The product that a process is, the first of the rules that fits.
///
/// `version` is what the executable says of itself; a version in its path is tried as well, because people write
/// `2025` where the file says `25.0.2.419`.
///
/// ```
/// use faregate_agent::{ports::{Process, ProcessId}, watch};
/// use faregate_protocol::rules::Rules;
///
/// let rules = Rules::from_toml("[[product]]\nproduct = \"revit\"\nprocesses = [\"Revit.exe\"]")?;
/// let process = Process {
///     id: ProcessId { boot: "b".into(), pid: 7, start: 1 },
///     name: "REVIT".into(),
///     path: None,
///     account: "jo".into(),
/// };
/// assert_eq!(watch::product_of(&rules, &process, None).unwrap().product, "revit");
/// # Ok::<(), String>(())
/// ```
#[must_use]
pub fn product_of<'a>(
    rules: &'a Rules,
    process: &Process,
    version: Option<&str>,
) -> Option<&'a Watched> {
    let file = process.path.as_deref().map(base);
    let in_path = process.path.as_deref().and_then(version_in_path);
    rules.products.iter().find(|one| {
        let named = names(one, &process.name) || file.is_some_and(|file| names(one, file));
        let known = [version, in_path];
        let dated = |glob: &String| known.iter().flatten().any(|version| fits(glob, version));
        let placed = |glob: &String| process.path.as_deref().is_some_and(|path| fits(glob, path));
        named
            && (one.paths.is_empty() || one.paths.iter().any(placed))
            && (one.versions.is_empty() || one.versions.iter().any(dated))
    })
}

/// Whether a process of this name could be a product at all: cheap, to be asked of every process.
#[must_use]
pub fn is_wanted(rules: &Rules, name: &str) -> bool {
    rules.products.iter().any(|one| names(one, name))
}

/// A version as people write it into paths: the last year or dotted number, such as `2025` of
/// `/usr/autodesk/maya2025/bin/maya`.
#[must_use]
pub fn version_in_path(path: &str) -> Option<&str> {
    let inner = |c: char| c.is_ascii_digit() || c == '.';
    path.split(|c| !inner(c)).map(|run| run.trim_matches('.')).rfind(|run| is_version(run))
}

fn is_version(run: &str) -> bool {
    let year = |year: u32| (1980..2100).contains(&year);
    let dotted = run.split('.').count() > 1 && run.split('.').all(|part| !part.is_empty());
    dotted || (run.len() == 4 && run.parse().is_ok_and(year))
}

fn names(one: &Watched, name: &str) -> bool {
    let bare = bare(name);
    !bare.is_empty() && one.processes.iter().any(|wanted| bare == self::bare(wanted))
}

/// A name without what does not count: case, `.exe`, blanks around it.
fn bare(name: &str) -> String {
    let name = name.trim().to_lowercase();
    name.strip_suffix(".exe").map_or(name.clone(), str::to_owned)
}

/// The last part of a path of any operating system.
pub(crate) fn base(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Whether a text fits a pattern in which `*` stands for any characters; case and the kind of slash do not count.
fn fits(glob: &str, text: &str) -> bool {
    let fold = |text: &str| text.trim().to_lowercase().replace('\\', "/");
    let (glob, text) = (fold(glob), fold(text));
    let mut parts = glob.split('*');
    let Some(mut rest) = parts.next().and_then(|head| text.strip_prefix(head)) else {
        return false;
    };
    let Some(tail) = parts.next_back() else {
        return rest.is_empty();
    };
    // The first place of each part leaves the most for the others.
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::ProcessId;

    const RULES: &str = r#"
[[product]]
product = "revit-2024"
processes = ["Revit.exe"]
versions = ["2024", "24.*"]

[[product]]
product = "maya"
processes = ["maya.bin", "maya"]
paths = ["/usr/autodesk/*/bin/*", 'C:\Program Files\Autodesk\*']

[[product]]
product = "revit"
processes = ["Revit.exe", "  AcRevitHelperProcess "]
"#;

    fn product(name: &str, path: Option<&str>, version: Option<&str>) -> Option<String> {
        let process = Process {
            id: ProcessId { boot: String::new(), pid: 1, start: 1 },
            name: name.to_owned(),
            path: path.map(str::to_owned),
            account: String::new(),
        };
        let rules = Rules::from_toml(RULES).unwrap();
        product_of(&rules, &process, version).map(|one| one.product.clone())
    }

    #[track_caller]
    fn check(name: &str, path: &str, version: &str, expected: &str) {
        let given = |text: &'static str| Some(text).filter(|text| !text.is_empty());
        let leak = |text: &str| given(Box::leak(text.to_owned().into_boxed_str()));
        let found = product(name, leak(path), leak(version));
        assert_eq!(found.as_deref().unwrap_or("-"), expected, "{name} {path} {version}");
    }

    #[test]
    fn case_and_ending_of_a_name_do_not_count_and_nothing_else_is_let_off() {
        check("Revit.exe", "", "", "revit");
        check("REVIT.EXE", "", "", "revit");
        check("revit", "", "", "revit");
        check("acrevithelperprocess.exe", "", "", "revit");
        for other in ["Revit.exe.exe", "revit2", "xrevit", "", ".exe", "Revit.com"] {
            check(other, "", "", "-");
        }
    }

    #[test]
    fn a_version_may_stand_in_the_file_or_in_the_path_and_unknown_fits_none() {
        check("Revit.exe", "", "24.1.0.66", "revit-2024");
        check("Revit.exe", r"C:\Program Files\Autodesk\Revit 2024\Revit.exe", "", "revit-2024");
        check("Revit.exe", r"C:\Autodesk\Revit 2025\Revit.exe", "25.0.2.419", "revit");
        check("Revit.exe", "", "124.1", "revit");
    }

    #[test]
    fn a_path_that_is_asked_for_must_be_known_and_fit() {
        check("maya.bin", "/usr/autodesk/maya2025/bin/maya.bin", "", "maya");
        check("MAYA.EXE", "c:/program files/AUTODESK/maya2025/bin/maya.exe", "", "maya");
        check("maya.bin", "/home/jo/maya.bin", "", "-");
        check("maya.bin", "/x/usr/autodesk/maya2025/bin/maya.bin", "", "-");
        check("maya.bin", "", "", "-");
    }

    #[test]
    fn a_process_that_calls_itself_otherwise_is_known_by_its_file_and_a_script_by_its_name() {
        check("RenderThread", "/opt/revit/Revit.exe", "", "revit");
        check("revit", "/usr/bin/bash", "", "revit");
        check("maya", "/usr/bin/bash", "", "-");
    }

    #[test]
    fn a_renamed_executable_fits_nothing_even_in_its_place() {
        check("notes", "/usr/autodesk/maya2025/bin/notes", "", "-");
        check("notes.exe", r"C:\Program Files\Autodesk\Revit 2024\notes.exe", "24.1", "-");
    }

    #[test]
    fn patterns() {
        for (glob, text) in [
            ("", ""),
            ("*", ""),
            ("*", "anything"),
            ("a*", "A"),
            ("*a*a", "aa"),
            ("a*b*c", "a-b-b-c"),
            ("2025*", "2025.1"),
            ("**x", "x"),
        ] {
            assert!(fits(glob, text), "{glob} {text}");
        }
        for (glob, text) in [("", "a"), ("a", ""), ("a*a", "a"), ("*ab*b", "ab"), ("a?c", "abc")] {
            assert!(!fits(glob, text), "{glob} {text}");
        }
        assert!(!fits(&"*a".repeat(200), &"a".repeat(199)), "the worst pattern ends");
    }

    #[test]
    fn versions_in_paths() {
        for (path, version) in [
            ("/usr/autodesk/maya2025/bin/maya.bin", "2025"),
            (r"C:\Autodesk\Revit 2026\Revit.exe", "2026"),
            ("/opt/tool-7.2.1/bin/tool", "7.2.1"),
            ("/opt/2024/tool 2025.1.exe", "2025.1"),
        ] {
            assert_eq!(version_in_path(path), Some(version), "{path}");
        }
        for path in ["/usr/lib/x86_64-linux-gnu/acad", "/opt/app64/a", "/a/..", "", "/1234/12345"] {
            assert_eq!(version_in_path(path), None, "{path}");
        }
    }

    #[test]
    fn wanted_is_by_name_alone() {
        let rules = Rules::from_toml(RULES).unwrap();
        assert!(is_wanted(&rules, "MAYA.bin") && is_wanted(&rules, "revit"));
        assert!(!is_wanted(&rules, "bash") && !is_wanted(&rules, ""));
        assert!(!is_wanted(&Rules::default(), "revit"));
    }
}
