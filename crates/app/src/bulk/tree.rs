//! What lies above what: parents come before children, and nothing lies above itself.

use rustc_hash::FxHashMap;

/// Deeper trees are refused: whoever asks what lies above walks all of it.
pub(super) const DEPTH_MAX: usize = 64;

/// Why rows cannot be put in order, and the row at which it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Knot {
    /// The row's thing would lie above itself, through these.
    Cycle(usize, Vec<String>),
    /// More than [`DEPTH_MAX`] lie above the row's thing.
    Deep(usize),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Open,
    Done,
}

/// The places of `keys`, parents before children, and what stands in the way. `parents` tells what will lie
/// directly above a key, whether the key is one of `keys` or not.
pub(super) fn order(
    keys: &[String],
    parents: impl Fn(&str) -> Vec<String>,
) -> (Vec<usize>, Vec<Knot>) {
    let places: FxHashMap<&str, usize> = keys.iter().map(String::as_str).zip(0..).collect();
    let mut walk =
        Walk { parents, marks: FxHashMap::default(), order: Vec::new(), knots: Vec::new() };
    for key in keys {
        walk.from(key, &places);
    }
    (walk.order, walk.knots)
}

struct Walk<P> {
    parents: P,
    marks: FxHashMap<String, Mark>,
    order: Vec<usize>,
    knots: Vec<Knot>,
}

impl<P: Fn(&str) -> Vec<String>> Walk<P> {
    /// Walks upward from a key. With a stack of its own: a file can be deeper than the thread's.
    fn from(&mut self, key: &str, places: &FxHashMap<&str, usize>) {
        if self.marks.contains_key(key) {
            return;
        }
        let mut stack: Vec<(String, Vec<String>)> = vec![(key.to_owned(), (self.parents)(key))];
        self.marks.insert(key.to_owned(), Mark::Open);
        while let Some((_, above)) = stack.last_mut() {
            let Some(parent) = above.pop() else {
                let done = stack.pop().map(|(done, _)| done).unwrap_or_default();
                self.order.extend(places.get(done.as_str()));
                self.marks.insert(done, Mark::Done);
                continue;
            };
            match self.marks.get(&parent) {
                Some(Mark::Done) => {}
                Some(Mark::Open) => {
                    let through = stack.iter().map(|(key, _)| key.clone());
                    let mut cycle: Vec<String> = through.skip_while(|key| *key != parent).collect();
                    let place = cycle.iter().find_map(|key| places.get(key.as_str()));
                    cycle.push(parent);
                    self.knots.push(Knot::Cycle(place.copied().unwrap_or(0), cycle));
                }
                None if stack.len() >= DEPTH_MAX => {
                    let place = stack.iter().find_map(|(key, _)| places.get(key.as_str()));
                    self.knots.push(Knot::Deep(place.copied().unwrap_or(0)));
                }
                None => {
                    self.marks.insert(parent.clone(), Mark::Open);
                    let above = (self.parents)(&parent);
                    stack.push((parent, above));
                }
            }
        }
    }
}

impl Knot {
    /// The row's place, what is wrong, and the remedy.
    pub(super) fn told(self, what: &str) -> (usize, String, &'static str) {
        match self {
            Self::Cycle(place, cycle) => {
                let key = cycle.first().cloned().unwrap_or_default();
                let message =
                    format!("{what} `{key}` would lie above itself: {}", cycle.join(" below "));
                (place, message, "take one of these parents away")
            }
            Self::Deep(place) => {
                let message = format!("more than {DEPTH_MAX} {what}s would lie above one another");
                (place, message, "make the tree flatter")
            }
        }
    }
}
