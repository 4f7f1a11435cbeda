//! What must not be committed: a machine's paths, a registry's host, large files.

use super::tree::FILE_BYTES_MAX;
use super::{Tree, Violation};

// Split, so that this file does not break its own rules.
const MACHINE: &[&str] = &[concat!("/wo", "rk/"), concat!("/ro", "ot/")];
const HOSTS: &[&str] = &[
    concat!("crates", ".io"),
    concat!("npm", "js.org"),
    concat!("npm", "js.com"),
    concat!("yarn", "pkg.com"),
    concat!("py", "pi.org"),
    concat!("python", "hosted.org"),
    concat!("deb.", "debian.org"),
    concat!("node", "source.com"),
    concat!("proxy.", "golang.org"),
    concat!("docker", ".io"),
    concat!("ghcr", ".io"),
];

/// Cargo writes the registry's name into its lock file.
const LOCK: &str = "Cargo.lock";

/// No absolute path of the machine that a file was written on.
pub(super) fn machine_paths(tree: &Tree) -> Vec<Violation> {
    let remedy = "write it from the root of the repository";
    each_line(tree, MACHINE, "a path of one machine", remedy, |before| {
        !before.ends_with(|c: char| c.is_alphanumeric() || "._-}~/)*<>".contains(c))
    })
}

/// No host of a package registry: the machine's settings choose it.
pub(super) fn registry_hosts(tree: &Tree) -> Vec<Violation> {
    let remedy =
        "name the package only; in a lock file of npm, set omit-lockfile-registry-resolved";
    each_line(tree, HOSTS, "the host of a package registry", remedy, |_| true)
}

fn each_line(
    tree: &Tree,
    words: &[&str],
    message: &str,
    remedy: &'static str,
    starts: fn(&str) -> bool,
) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in tree.files().iter().filter(|file| file.path != LOCK) {
        for (number, line) in file.lines() {
            let hit = |word: &&str| line.match_indices(*word).any(|(at, _)| starts(&line[..at]));
            if let Some(word) = words.iter().find(|word| hit(word)) {
                found.push(Violation::new(file, number, format!("{message}: `{word}`"), remedy));
            }
        }
    }
    found
}

/// No file over a mebibyte.
pub(super) fn large_files(tree: &Tree) -> Vec<Violation> {
    let large = tree.files().iter().filter(|file| file.bytes > FILE_BYTES_MAX);
    let remedy = "generate it when it is needed, or keep a small excerpt";
    let message = |bytes| format!("{} KiB, over {}", bytes / 1024, FILE_BYTES_MAX / 1024);
    large.map(|file| Violation::new(file, 1, message(file.bytes), remedy)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::places;
    use super::*;

    #[test]
    fn a_machine_path_is_caught() {
        let path = format!("ok\nsee {}main\n", MACHINE[0]);
        let files = [("a.md", &*path), ("b.md", "docs/work/a, $home/root/b, `/v1/root/c`\n")];
        assert_eq!(places(machine_paths, &Tree::planted(&files)), ["a.md:2"]);
    }

    #[test]
    fn a_registry_host_is_caught() {
        let line = format!("registry = \"https://{}\"\n", HOSTS[1]);
        let tree = Tree::planted(&[("web/.npmrc", &line), ("Cargo.lock", &line)]);
        assert_eq!(places(registry_hosts, &tree), ["web/.npmrc:1"]);
    }

    #[test]
    fn a_large_file_is_caught() {
        let (large, small) = ("x".repeat(1 << 20) + "y", "x".repeat(1 << 20));
        let tree = Tree::planted(&[("a.csv", &large), ("b.csv", &small)]);
        assert_eq!(places(large_files, &tree), ["a.csv:1"]);
    }
}
