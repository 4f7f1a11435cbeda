//! What the rules read: the files that are, or would be, committed, and the crates they make.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::host::Host;

/// A larger file is not read: it breaks a rule of its own.
pub(super) const FILE_BYTES_MAX: u64 = 1 << 20;

/// A file of the tree.
#[derive(Clone, Debug)]
pub struct File {
    /// Its path from the root, with `/`.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Its text, empty when it is not text or too large.
    pub text: String,
}

impl File {
    /// The last part of the path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// What follows the last dot of the name.
    #[must_use]
    pub fn extension(&self) -> &str {
        self.name().rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    /// The lines with their numbers, counted from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }
}

/// A crate of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its name without `faregate-`.
    pub name: String,
    /// Its manifest, from the root.
    pub manifest: String,
    /// What it depends on: a package name without `faregate-`, and whether only its tests do.
    pub dependencies: Vec<(String, bool)>,
}

/// The files and crates of the repository.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    files: Vec<File>,
    packages: Vec<Package>,
}

impl Tree {
    /// Reads the tree: tracked files, and new ones that git does not ignore.
    pub fn read(host: &Host) -> Result<Self> {
        let list = ["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others"];
        let names = host.output("git", &[&list[..], &["--exclude-standard"]].concat())?;
        let files = names.split_terminator('\0').filter_map(|path| file(host.root(), path));
        let metadata = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
        let metadata = host.output("cargo", &metadata)?;
        let mut files: Vec<File> = files.collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        Ok(Self { files, packages: packages(&metadata, host.root())? })
    }

    /// A tree made up by a test.
    #[cfg(test)]
    pub(super) fn planted(files: &[(&str, &str)]) -> Self {
        let file = |(path, text): &(&str, &str)| File {
            path: (*path).to_owned(),
            bytes: text.len() as u64,
            text: (*text).to_owned(),
        };
        Self { files: files.iter().map(file).collect(), packages: Vec::new() }
    }

    /// The same tree with a crate: its name, and dependencies; `dev:` in front marks those of tests.
    #[cfg(test)]
    pub(super) fn with_package(mut self, name: &str, dependencies: &[&str]) -> Self {
        let dependency = |text: &&str| match text.strip_prefix("dev:") {
            Some(name) => (name.to_owned(), true),
            None => ((*text).to_owned(), false),
        };
        let dependencies = dependencies.iter().map(dependency).collect();
        let manifest = format!("crates/{name}/Cargo.toml");
        self.packages.push(Package { name: name.to_owned(), manifest, dependencies });
        self
    }

    /// Every file, by path.
    #[must_use]
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// Every file whose extension is one of `extensions`.
    pub fn with_extension(&self, extensions: &[&str]) -> impl Iterator<Item = &File> {
        self.files.iter().filter(move |file| extensions.contains(&file.extension()))
    }

    /// Every crate of the workspace.
    #[must_use]
    pub fn packages(&self) -> &[Package] {
        &self.packages
    }

    /// The file at `path`.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Whether `path` is a file or a directory.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let inside = |file: &File| {
            file.path
                .strip_prefix(path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        path.is_empty() || self.files.iter().any(inside)
    }
}

/// A file listed but gone (deleted, not yet committed) is no file.
fn file(root: &Path, path: &str) -> Option<File> {
    let full = root.join(path);
    let bytes = full.symlink_metadata().ok().filter(std::fs::Metadata::is_file)?.len();
    let read = if bytes > FILE_BYTES_MAX { Vec::new() } else { std::fs::read(full).ok()? };
    Some(File { path: path.to_owned(), bytes, text: String::from_utf8(read).unwrap_or_default() })
}

fn packages(metadata: &str, root: &Path) -> Result<Vec<Package>> {
    let metadata: Value = serde_json::from_str(metadata).context("cargo metadata is not JSON")?;
    let list = metadata["packages"].as_array().context("cargo metadata names no packages")?;
    Ok(list.iter().map(|value| package(value, root)).collect())
}

fn package(value: &Value, root: &Path) -> Package {
    let manifest = Path::new(value["manifest_path"].as_str().unwrap_or_default());
    let manifest = manifest.strip_prefix(root).unwrap_or(manifest);
    let dependencies = value["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default();
    let dependency = |value: &Value| (short(&value["name"]), value["kind"] == "dev");
    Package {
        name: short(&value["name"]),
        manifest: manifest.display().to_string(),
        dependencies: dependencies.iter().map(dependency).collect(),
    }
}

fn short(name: &Value) -> String {
    let name = name.as_str().unwrap_or_default();
    name.strip_prefix("faregate-").unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_cargo_says() {
        let metadata = r#"{"packages": [{"name": "faregate-app", "manifest_path": "/r/crates/app/Cargo.toml",
            "dependencies": [{"name": "faregate-core", "kind": null}, {"name": "proptest", "kind": "dev"}]}]}"#;
        let expected = Package {
            name: "app".to_owned(),
            manifest: "crates/app/Cargo.toml".to_owned(),
            dependencies: vec![("core".to_owned(), false), ("proptest".to_owned(), true)],
        };
        assert_eq!(packages(metadata, Path::new("/r")).unwrap(), [expected]);
    }

    #[test]
    fn knows_directories() {
        let tree = Tree::planted(&[("docs/adr/0001-a.md", "")]);
        assert!(tree.has("docs") && tree.has("docs/adr/") && tree.has("docs/adr/0001-a.md"));
        assert!(!tree.has("doc") && !tree.has("docs/adr/0002-b.md"));
    }
}
