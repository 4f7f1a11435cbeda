//! Which crate may depend on which; a new arrow needs a decision record.

/// Each crate and the crates it may depend on; `*` is any. Tests may also use [`TEST_ONLY`].
const ARROWS: &[(&str, &[&str])] = &[
    ("core", &[]),
    ("protocol", &[]),
    ("plan", &["core"]),
    ("report", &[]),
    ("policy", &["core"]),
    ("ingest", &["core"]),
    ("app", &["plan", "policy", "ingest", "protocol", "core"]),
    ("library", &["app", "report", "core"]),
    ("store", &["app", "core"]),
    ("lake", &["app", "core"]),
    ("connect", &["app", "core"]),
    ("api", &["app", "plan", "library", "protocol", "core"]),
    ("agent", &["protocol"]),
    ("sim", &["app", "ingest", "core"]),
    (
        "faregate",
        &[
            "api", "store", "lake", "library", "connect", "sim", "app", "plan", "report", "ingest",
            "protocol", "core",
        ],
    ),
    ("bench", &["*"]),
    ("xtask", &["*"]),
];

/// Crates that the tests of any crate may use.
const TEST_ONLY: &[&str] = &["sim"];

/// Outside crates (a name, or its beginning before `-`) and the only crates that may name them.
const OWNERS: &[(&str, &[&str])] = &[
    ("datafusion", &["lake"]),
    ("deltalake", &["lake"]),
    ("ballista", &["lake"]),
    ("cedar-policy", &["policy"]),
    ("rusqlite", &["store"]),
    ("tokio-postgres", &["store"]),
    ("axum", &["api", "bench"]),
    ("krilla", &["report"]),
    ("typst", &["report"]),
    ("rust_xlsxwriter", &["report"]),
];

/// The crates without I/O, clock, async or randomness.
pub(super) const PURE: &[&str] = &["core", "plan", "policy", "ingest", "protocol"];

/// Outside crates that a pure crate may not name, its tests aside.
const IMPURE: &[&str] = &[
    "async-std",
    "fastrand",
    "futures",
    "getrandom",
    "hyper",
    "mio",
    "rand",
    "reqwest",
    "socket2",
    "tempfile",
    "tokio",
    "tower",
    "ureq",
];

use super::{Package, Tree, Violation};

/// Arrows between the crates of the workspace point downward.
pub(super) fn crate_arrows(tree: &Tree) -> Vec<Violation> {
    let ours = |name: &str| tree.packages().iter().any(|package| package.name == name);
    let mut found = Vec::new();
    for package in tree.packages() {
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == package.name) else {
            let message = format!("crate `{}` has no row in the table of arrows", package.name);
            found.push(at(tree, package, "name", message, "add it to `ARROWS`, with a record"));
            continue;
        };
        for (name, dev) in package.dependencies.iter().filter(|(name, _)| ours(name)) {
            let tests = [*allowed, TEST_ONLY].concat();
            let listed = |list: &[&str]| list.contains(&"*") || list.contains(&name.as_str());
            if !listed(if *dev { &tests } else { allowed }) {
                let message = format!("`{}` may not depend on `{name}`", package.name);
                let remedy = "move the code down, or put a port in `app`";
                found.push(at(tree, package, &format!("faregate-{name}"), message, remedy));
            }
        }
    }
    found
}

/// Heavy outside crates stay behind the one crate that adapts them.
pub(super) fn crate_owners(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for package in tree.packages() {
        for (name, _) in &package.dependencies {
            let owner = OWNERS.iter().find(|(owned, _)| is(owned, name));
            if let Some((owned, owners)) = owner
                && !owners.contains(&package.name.as_str())
            {
                let message = format!("only `{}` may name `{owned}`", owners.join("`, `"));
                found.push(at(tree, package, name, message, "use the owner's functions instead"));
            }
        }
    }
    found
}

/// The manifests of the pure crates keep them pure.
pub(super) fn pure_manifests(tree: &Tree) -> Vec<Violation> {
    let pure = tree.packages().iter().filter(|package| PURE.contains(&package.name.as_str()));
    let mut found = Vec::new();
    for package in pure {
        for (name, dev) in &package.dependencies {
            if !dev && IMPURE.iter().any(|impure| is(impure, name)) {
                let message = format!("`{}` is pure and may not name `{name}`", package.name);
                found.push(at(
                    tree,
                    package,
                    name,
                    message,
                    "do the effect in `app` or an adapter",
                ));
            }
        }
    }
    found
}

fn is(owned: &str, name: &str) -> bool {
    name.strip_prefix(owned).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

fn at(
    tree: &Tree,
    package: &Package,
    key: &str,
    message: String,
    remedy: &'static str,
) -> Violation {
    let manifest = tree.file(&package.manifest);
    let line = manifest.and_then(|file| {
        file.lines().find(|(_, line)| line.starts_with(key)).map(|(number, _)| number)
    });
    Violation { path: package.manifest.clone(), line: line.unwrap_or(1), message, remedy }
}

#[cfg(test)]
mod tests {
    use super::super::places;
    use super::*;

    fn core() -> Tree {
        Tree::planted(&[]).with_package("core", &[])
    }

    #[test]
    fn an_upward_arrow_is_caught_at_its_line() {
        let manifest =
            [("crates/core/Cargo.toml", "[package]\n\n[dependencies]\nfaregate-app = 1\n")];
        let tree = Tree::planted(&manifest).with_package("core", &["app"]);
        let tree = tree.with_package("app", &["core"]);
        assert_eq!(places(crate_arrows, &tree), ["crates/core/Cargo.toml:4"]);
    }

    #[test]
    fn a_sibling_is_caught() {
        let tree = core().with_package("store", &["core"]).with_package("api", &["store"]);
        assert_eq!(places(crate_arrows, &tree), ["crates/api/Cargo.toml:1"]);
    }

    #[test]
    fn only_tests_may_use_the_simulator() {
        let tree = core().with_package("sim", &["core"]);
        let tests = tree.clone().with_package("store", &["dev:sim"]);
        assert!(places(crate_arrows, &tests).is_empty());
        let code = tree.with_package("store", &["sim"]);
        assert_eq!(places(crate_arrows, &code).len(), 1);
    }

    #[test]
    fn a_crate_without_a_row_is_caught() {
        assert_eq!(places(crate_arrows, &core().with_package("extra", &[])).len(), 1);
    }

    #[test]
    fn an_owned_crate_elsewhere_is_caught() {
        let tree = core().with_package("app", &["rusqlite"]).with_package("store", &["rusqlite"]);
        assert_eq!(places(crate_owners, &tree), ["crates/app/Cargo.toml:1"]);
        let tree = core().with_package("connect", &["datafusion-functions"]);
        assert_eq!(places(crate_owners, &tree).len(), 1);
    }

    #[test]
    fn an_impure_manifest_is_caught() {
        let tree = Tree::planted(&[]).with_package("ingest", &["memchr", "dev:rand", "tokio"]);
        assert_eq!(places(pure_manifests, &tree).len(), 1);
    }
}
