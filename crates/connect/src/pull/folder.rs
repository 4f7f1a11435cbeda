//! A watched folder: files that somebody else puts there, copied once each, when they are whole.
//!
//! It never changes anything in the folder, and takes plain files only: a link could lead anywhere. What is taken is
//! read from the one handle that was judged, whoever puts what in its place meanwhile.

use super::errands::{Errand, Taken};
use super::inbox::{Label, Place, SIDECAR, digest, digest_of};
use super::state::{Fault, seconds};
use super::{Freshness, PullError, Pulled, World};
use crate::sources::{Files, Folder, Source};
use faregate_core::when::{Instant, Zone};
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// The longest part of a file's name that its copy keeps, in bytes.
const NAME_MAX: usize = 100;
/// So much of a poll is looked at for its date, which stands above all else.
const HEAD_MAX: u64 = 64 << 10;

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
    let entries = entries(folder)?;
    if taken.forget(|name, mark| has_left(folder, place, &entries, (name, mark))) {
        place.keep_taken(&taken)?;
    }
    for (name, path) in entries {
        let copied = plain_file(&path).map_err(Unfit::from).and_then(|found| match found {
            Some(metadata) => {
                copy(place, &taken, folder, &Found { name: &name, path, metadata }, now)
            }
            None => Ok(None),
        });
        let (file, written, errand) = match copied {
            Ok(Some(copied)) => copied,
            Ok(None) => continue,
            Err(Unfit::Itself(words)) => {
                faults.push(Fault { what: name, period: None, words });
                continue;
            }
            Err(Unfit::Inbox(error)) => return Err(error),
        };
        let label = Label {
            what: folder.files.word(),
            period: None,
            export: None,
            zone: source.zone.as_ref().map(|zone| zone.name().to_owned()),
            fetched_at: now,
            written: Some(written),
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
struct Found<'n> {
    name: &'n str,
    path: PathBuf,
    metadata: Metadata,
}

/// Why a file was not copied.
enum Unfit {
    /// It is its own fault: the others go on.
    Itself(String),
    /// The inbox cannot be written.
    Inbox(PullError),
}

impl From<io::Error> for Unfit {
    fn from(why: io::Error) -> Self {
        Self::Itself(format!("it cannot be read: {why}"))
    }
}

impl Found<'_> {
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

/// What has a name that matches, in the order of the names.
fn entries(folder: &Folder) -> Result<Vec<(String, PathBuf)>, PullError> {
    let at = |why| PullError::disk(&folder.path, why);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&folder.path).map_err(at)? {
        let entry = entry.map_err(at)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') && matches(&folder.pattern, &name) {
            found.push((name, entry.path()));
        }
    }
    found.sort();
    Ok(found)
}

/// What a plain file is like; nothing of what is none, or was taken away since the folder was read.
fn plain_file(path: &Path) -> io::Result<Option<Metadata>> {
    Ok(there(std::fs::symlink_metadata(path))?.filter(Metadata::is_file))
}

/// Opens a plain file; nothing where it was taken away, or something else is in its place. Neither follows a link nor
/// waits for whoever writes into a pipe.
fn open(path: &Path) -> io::Result<Option<(File, Metadata)>> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags.bits().cast_signed());
    }
    let Some(file) = there(options.read(true).open(path))? else { return Ok(None) };
    let metadata = file.metadata()?;
    Ok(metadata.is_file().then_some((file, metadata)))
}

fn there<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(why) => Err(why),
    }
}

/// Copies a file beside the inbox's others, unless somebody may still be writing it, which is left for the next look,
/// or this very content came under this name before and is not of another moment now.
fn copy(
    place: &Place,
    taken: &Taken,
    folder: &Folder,
    seen: &Found<'_>,
    now: Instant,
) -> Result<Option<(String, Instant, Errand)>, Unfit> {
    let known = taken.mark(seen.name);
    let is_settled = |found: &Found<'_>| now.0 - found.changed() >= seconds(folder.settle);
    if !is_settled(seen) || known.is_some_and(|mark| mark.starts_with(&seen.stamp())) {
        return Ok(None);
    }
    let Some((mut file, metadata)) = open(&seen.path)? else { return Ok(None) };
    let found = Found { name: seen.name, path: seen.path.clone(), metadata };
    if !is_settled(&found) {
        return Ok(None);
    }
    if found.metadata.len() > folder.bytes_max {
        return Err(Unfit::Itself(format!("it is larger than {} bytes", folder.bytes_max)));
    }
    let (_, sha256) = digest_of(&mut file)?;
    let is_poll = folder.files == Files::Polls;
    if known.is_some_and(|mark| mark.ends_with(&sha256)) && !(is_poll && is_undated(&mut file)?) {
        return Ok(None);
    }
    let mark = format!("{}{sha256}", found.stamp());
    let written = Instant(found.changed());
    let errand = Errand::new(found.name, None).marked(Some(mark));
    let name = name_of_copy(folder, &sha256, written, found.name);
    if place.is_here(&name) {
        return Ok(Some((name, written, errand)));
    }
    let part = place.part(&name);
    file.rewind()?;
    let length = found.metadata.len();
    // One byte more than there was: so it is seen that it grew.
    let copied = copy_synced(&mut file.take(length.saturating_add(1)), &part)
        .map_err(|why| Unfit::Inbox(PullError::disk(&part, why)))?;
    let (_, after) = digest(&part).map_err(|why| Unfit::Inbox(PullError::disk(&part, why)))?;
    // Written to while it was read: the next look takes it.
    Ok((after == sha256 && copied == length).then_some((name, written, errand)))
}

fn copy_synced(from: &mut impl Read, to: &Path) -> io::Result<u64> {
    let mut target = crate::disk::private(&mut OpenOptions::new()).truncate(true).open(to)?;
    let copied = io::copy(from, &mut target)?;
    target.sync_all()?;
    Ok(copied)
}

/// What a copy is called; polls of two moments may have the same content.
fn name_of_copy(folder: &Folder, sha256: &str, written: Instant, name: &str) -> String {
    let digest = sha256.get(..12).unwrap_or(sha256);
    match folder.files {
        Files::Polls => format!("{digest}_{}_{}", stamp(written), plain(name)),
        _ => format!("{digest}_{}", plain(name)),
    }
}

/// Whether a file that was copied once is neither in the folder nor in the inbox any more.
fn has_left(
    folder: &Folder,
    place: &Place,
    entries: &[(String, PathBuf)],
    (name, mark): (&str, &str),
) -> bool {
    let is_in_folder = || entries.binary_search_by(|(known, _)| known.as_str().cmp(name)).is_ok();
    let copy = || {
        let (stamp, sha256) = mark.rsplit_once(", ")?;
        let written = stamp.rsplit_once(' ')?.1.parse().ok()?;
        Some(name_of_copy(folder, sha256, Instant(written), name))
    };
    !is_in_folder() && !copy().is_some_and(|copy| place.is_here(&copy))
}

/// Whether a poll does not say of when it is: then the same again, written later, is of a later moment.
fn is_undated(file: &mut File) -> io::Result<bool> {
    const SAYS: &[u8] = b"License Manager status on ";
    let mut head = Vec::new();
    file.rewind()?;
    file.take(HEAD_MAX).read_to_end(&mut head)?;
    Ok(!head.windows(SAYS.len()).any(|words| words == SAYS))
}

/// A moment as names have it: `20260302T100000Z`.
fn stamp(at: Instant) -> String {
    at.to_string().chars().filter(|c| !"-:".contains(*c)).collect()
}

/// A name that any file system takes, with its end, which says what it is; one that would make its copy a sidecar gets
/// another.
fn plain(name: &str) -> String {
    let usual = |c: char| if c.is_alphanumeric() || "._-".contains(c) { c } else { '_' };
    let plain: String = name.chars().map(usual).collect();
    let from = plain.ceil_char_boundary(plain.len().saturating_sub(NAME_MAX));
    let plain = plain.get(from..).unwrap_or_default();
    if plain.ends_with(SIDECAR) { format!("{plain}_") } else { plain.to_owned() }
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
        // Three bytes each: no file system takes 300 of them, and none is cut in two.
        assert_eq!(plain(&"\u{8868}".repeat(80)), "\u{8868}".repeat(NAME_MAX / 3));
    }

    /// What is in the place of a file that was looked at a moment ago.
    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed_and_a_pipe_not_waited_for() {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name);
        std::fs::write(path("plain"), "text").unwrap();
        std::os::unix::fs::symlink(path("plain"), path("link")).unwrap();
        let pipe = std::process::Command::new("mkfifo").arg(path("pipe")).status().unwrap();
        assert!(pipe.success());
        assert_eq!(open(&path("plain")).unwrap().unwrap().1.len(), 4);
        assert!(open(&path("link")).is_err());
        assert!(open(&path("pipe")).unwrap().is_none());
        assert!(open(place.path()).unwrap().is_none());
        assert!(open(&path("gone")).unwrap().is_none());
    }
}
