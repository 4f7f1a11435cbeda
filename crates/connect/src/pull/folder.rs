//! A watched folder: files that somebody else puts there, copied once each, when they are whole.
//!
//! It never changes anything in the folder, and takes plain files only: a link could lead anywhere.

use super::errands::{Errand, Taken};
use super::inbox::{Label, Place, digest};
use super::state::{Fault, seconds};
use super::{Freshness, PullError, Pulled, World};
use crate::sources::{Folder, Source};
use faregate_core::when::Zone;
use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// The longest part of a file's name that its copy keeps, in characters.
const NAME_MAX: usize = 100;

/// Copies what is new.
pub(super) fn look(
    source: &Source,
    folder: &Folder,
    place: &Place,
    world: &dyn World,
) -> Result<Pulled, PullError> {
    let now = world.instant();
    let mut taken = place.taken()?;
    let (mut files, mut faults) = (Vec::new(), Vec::new());
    for found in entries(folder)? {
        // Somebody may still be writing it: the next look takes it.
        if now.0 - found.changed() < seconds(folder.settle) {
            continue;
        }
        if found.metadata.len() > folder.bytes_max {
            let words = format!("it is larger than {} bytes", folder.bytes_max);
            faults.push(Fault { what: found.name, period: None, words });
            continue;
        }
        let Some((file, errand)) = copy(place, &taken, &found)? else { continue };
        let label = Label {
            what: folder.files.clone(),
            period: None,
            export: None,
            zone: source.zone.name().to_owned(),
            fetched_at: now,
            freshness: Freshness::default(),
        };
        files.push(place.land(&file, label)?);
        taken.note(&errand, Zone::utc().date(now));
        place.keep_taken(&taken)?;
    }
    let freshness = Freshness::default();
    Ok(Pulled { files, freshness, next_due: now, is_whole: true, faults })
}

/// A file of the folder.
struct Found {
    name: String,
    path: PathBuf,
    metadata: Metadata,
}

impl Found {
    /// When it was last written, in seconds since 1970.
    fn changed(&self) -> i64 {
        let changed = self.metadata.modified().ok();
        let changed = changed.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        changed.map_or(0, seconds)
    }

    /// What tells, without reading it, whether it was written since.
    fn stamp(&self) -> String {
        format!("{} bytes of {}, ", self.metadata.len(), self.changed())
    }
}

/// The plain files whose names match, in the order of their names.
fn entries(folder: &Folder) -> Result<Vec<Found>, PullError> {
    let at = |why| PullError::disk(&folder.path, why);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&folder.path).map_err(at)? {
        let entry = entry.map_err(at)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || !matches(&folder.pattern, &name) {
            continue;
        }
        let path = entry.path();
        // Not followed: a link is no plain file.
        match std::fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_file() => found.push(Found { name, path, metadata }),
            // It may have been taken away since the folder was read.
            Ok(_) => {}
            Err(why) if why.kind() == io::ErrorKind::NotFound => {}
            Err(why) => return Err(PullError::disk(&path, why)),
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// Copies a file beside the inbox's others, unless this very content came under this name before.
fn copy(
    place: &Place,
    taken: &Taken,
    found: &Found,
) -> Result<Option<(String, Errand)>, PullError> {
    let Found { name, path, metadata } = found;
    let known = taken.mark(name);
    if known.is_some_and(|mark| mark.starts_with(&found.stamp())) {
        return Ok(None);
    }
    let sha256 = match digest(path) {
        Ok((_, sha256)) => sha256,
        // It was taken away since the folder was read.
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(PullError::disk(path, why)),
    };
    if known.is_some_and(|mark| mark.ends_with(&sha256)) {
        return Ok(None);
    }
    let mark = format!("{}{sha256}", found.stamp());
    let errand = Errand::new(name.as_str(), None).marked(Some(mark));
    let file = format!("{}_{}", sha256.get(..12).unwrap_or(&sha256), plain(name));
    if place.is_here(&file) {
        return Ok(Some((file, errand)));
    }
    let part = place.part(&file);
    let copied = copy_synced(path, &part).map_err(|why| PullError::disk(&part, why))?;
    let (_, after) = digest(&part).map_err(|why| PullError::disk(&part, why))?;
    // Written to while it was read: the next look takes it.
    Ok((after == sha256 && copied == metadata.len()).then_some((file, errand)))
}

fn copy_synced(from: &Path, to: &Path) -> io::Result<u64> {
    let mut options = std::fs::OpenOptions::new();
    let mut target = crate::disk::private(&mut options).truncate(true).open(to)?;
    let copied = io::copy(&mut File::open(from)?, &mut target)?;
    target.sync_all()?;
    Ok(copied)
}

/// A name that any file system takes, with its end, which says what it is.
fn plain(name: &str) -> String {
    let usual = |c: char| if c.is_alphanumeric() || "._-".contains(c) { c } else { '_' };
    let plain: Vec<char> = name.chars().map(usual).collect();
    plain.iter().skip(plain.len().saturating_sub(NAME_MAX)).collect()
}

/// Whether a name matches a pattern of `*` and `?`, capitals or not.
fn matches(pattern: &str, name: &str) -> bool {
    let fold = |text: &str| text.to_lowercase().chars().collect::<Vec<char>>();
    let (pattern, name) = (fold(pattern), fold(name));
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || name.get(n) == Some(c) => (p, n) = (p + 1, n + 1),
            // The last star takes one character more.
            _ => match &mut star {
                Some((at, from)) => {
                    *from += 1;
                    (p, n) = (*at + 1, *from);
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_means_what_it_says() {
        for (pattern, name, expected) in [
            ("*", "a.csv", true),
            ("*.csv", "A.CSV", true),
            ("*.csv", "a.csv.gz", false),
            ("usage-??.csv", "usage-01.csv", true),
            ("usage-??.csv", "usage-001.csv", false),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b*", "xxbxxaxx", false),
            ("a", "", false),
            ("", "", true),
            ("*aab", "aaaab", true),
            ("[a]", "[a]", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
        // No pattern takes long, however many stars it has.
        assert!(!matches(&"*a".repeat(50), &"a".repeat(49).replace("a", "ab")));
    }

    #[test]
    fn a_name_is_made_plain() {
        assert_eq!(plain("Jan 2024/..\\é.csv"), "Jan_2024_.._é.csv");
        assert_eq!(plain(&"x".repeat(300)).len(), NAME_MAX);
    }
}
