//! The version of an executable, from its file.
//!
//! Windows programs carry it in a resource that every system can read, and so a program under Wine tells its own;
//! macOS keeps it beside the program. Elsewhere only the path tells.

use crate::watch::version_in_path;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// More of a file's resources is not read.
const BYTES_MAX: u64 = 16 << 20;
/// How a block of version numbers begins: its mark, and the form's number.
const MARK: [u8; 8] = [0xbd, 0x04, 0xef, 0xfe, 0, 0, 1, 0];

/// The version that the file at a path says, else the one that stands in the path.
pub(super) fn of(path: &str) -> Option<String> {
    let file = Path::new(path);
    let said = of_program(file).or_else(|| of_bundle(file));
    said.or_else(|| version_in_path(path).map(str::to_owned))
}

/// `25.0.2.419` of a program in the portable executable format.
fn of_program(path: &Path) -> Option<String> {
    let mut file = File::open(path).ok()?;
    let (start, length) = resources(&mut file)?;
    file.seek(SeekFrom::Start(start)).ok()?;
    let mut bytes = Vec::new();
    file.take(length.min(BYTES_MAX)).read_to_end(&mut bytes).ok()?;
    let at = bytes.windows(MARK.len()).position(|window| window == MARK)?;
    let half = |offset: usize| number(&bytes, at + offset, 2);
    let parts = [half(10)?, half(8)?, half(14)?, half(12)?];
    Some(parts.map(|part| part.to_string()).join("."))
}

/// Where in a file its resources lie, and how long they are.
fn resources(file: &mut File) -> Option<(u64, u64)> {
    let mut head = Vec::new();
    file.take(4096).read_to_end(&mut head).ok()?;
    head.starts_with(b"MZ").then_some(())?;
    let at = usize::try_from(number(&head, 0x3c, 4)?).ok()?;
    (head.get(at..at.checked_add(4)?)? == b"PE\0\0").then_some(())?;
    let sections = usize::try_from(number(&head, at + 6, 2)?).ok()?;
    let table = at + 24 + usize::try_from(number(&head, at + 20, 2)?).ok()?;
    let section = (0..sections).map(|index| table + index * 40);
    let found = section
        .into_iter()
        .find(|at| head.get(*at..).is_some_and(|name| name.starts_with(b".rsrc\0")))?;
    Some((number(&head, found + 20, 4)?, number(&head, found + 16, 4)?))
}

fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let part = bytes.get(at..at.checked_add(length)?)?;
    Some(part.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

/// `2025.1` of a program in `Name.app/Contents/MacOS`, from the list beside it where that is text.
fn of_bundle(path: &Path) -> Option<String> {
    let contents = path.parent().filter(|place| place.ends_with("Contents/MacOS"))?.parent()?;
    let mut text = String::new();
    let file = File::open(contents.join("Info.plist")).ok()?;
    file.take(BYTES_MAX).read_to_string(&mut text).ok()?;
    let (_, after) = text.split_once("<key>CFBundleShortVersionString</key>")?;
    let (value, _) = after.trim_start().strip_prefix("<string>")?.split_once("</string>")?;
    Some(value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The smallest program with resources that say 25.0.2.419.
    fn program() -> Vec<u8> {
        let mut bytes = vec![0; 1024];
        let mut put = |at: usize, part: &[u8]| bytes[at..at + part.len()].copy_from_slice(part);
        put(0, b"MZ");
        put(0x3c, &[0x80]);
        put(0x80, b"PE\0\0");
        put(0x86, &[2]);
        put(0x94, &[0xf0]);
        put(0x80 + 24 + 0xf0, b".text\0\0\0");
        put(0x80 + 24 + 0xf0 + 40, b".rsrc\0\0\0");
        put(0x80 + 24 + 0xf0 + 40 + 16, &[0, 1]);
        put(0x80 + 24 + 0xf0 + 40 + 20, &[0, 3]);
        put(0x320, &MARK);
        put(0x328, &[0, 0, 25, 0, 0xa3, 1, 2, 0]);
        bytes
    }

    fn of_bytes(bytes: &[u8]) -> Option<String> {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("Revit.exe");
        std::fs::write(&path, bytes).unwrap();
        of_program(&path)
    }

    #[test]
    fn a_program_says_its_version() {
        assert_eq!(of_bytes(&program()).as_deref(), Some("25.0.2.419"));
    }

    #[test]
    fn what_is_cut_off_or_damaged_says_nothing() {
        let whole = program();
        for length in 0..0x330 {
            assert_eq!(of_bytes(&whole[..length]), None, "{length}");
        }
        for at in [0, 0x80, 0x1b0, 0x320] {
            let mut damaged = whole.clone();
            damaged[at..at + 4].fill(0xff);
            assert_eq!(of_bytes(&damaged), None, "{at:x}");
        }
        assert_eq!(of_bytes(b"#!/bin/sh\n"), None);
    }

    #[test]
    fn a_bundle_says_its_version_and_elsewhere_the_path_does() {
        let place = tempfile::tempdir().unwrap();
        let contents = place.path().join("Maya.app/Contents");
        std::fs::create_dir_all(contents.join("MacOS")).unwrap();
        let list = "<dict><key>CFBundleShortVersionString</key>\n <string>2025.1</string></dict>";
        std::fs::write(contents.join("Info.plist"), list).unwrap();
        let path = contents.join("MacOS/Maya");
        assert_eq!(of(path.to_str().unwrap()).as_deref(), Some("2025.1"));
        std::fs::write(contents.join("Info.plist"), b"bplist00\xd1").unwrap();
        assert_eq!(of_bundle(&path), None);
        assert_eq!(of("/opt/none/maya2024/maya").as_deref(), Some("2024"));
        assert_eq!(of("/opt/none/maya"), None);
    }
}
