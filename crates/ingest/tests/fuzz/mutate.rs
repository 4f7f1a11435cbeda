//! Changed copies of a file, the same ones each time.

/// A generator of Steele, Lea and Flood (SplitMix64): small, and good enough to be unkind.
struct Chance(u64);

impl Chance {
    /// Of a text and a number, by FNV-1a.
    fn of(text: &str, number: u64) -> Self {
        let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(text.bytes().chain(number.to_le_bytes()).fold(0xcbf2_9ce4_8422_2325, step))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `end`; 0 where that is 0.
    fn below(&mut self, end: usize) -> usize {
        (self.next() % (end.max(1) as u64)) as usize
    }

    /// A stretch of so many bytes, most often a short one.
    fn stretch(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        let room = length - start;
        let most = if self.below(4) == 0 { room } else { room.min(16) };
        start..start + self.below(most + 1)
    }
}

/// So long a copy becomes at most, where it is blown up.
const LENGTH_MAX: usize = 96 << 10;

/// What breaks parsers: numbers at the ends of their ranges, separators, marks, halves of letters.
const WORDS: [&[u8]; 24] = [
    b"\n",
    b"\r\n",
    b"\0",
    b"\"",
    b",",
    b";",
    b"-",
    b"{",
    b"}",
    b"[",
    b"(",
    b"\xff",
    b"\xc3",
    b"\xef\xbb\xbf",
    b"0",
    b"9",
    b"-1",
    b"99999999999999999999",
    b"18446744073709551615",
    b"-9223372036854775808",
    b"1e309",
    b"2/29/2100",
    b"23:59:60",
    b"\xe2\x80\xae",
];

/// The copy of this number of a file; number 0 is the file itself.
pub(crate) fn changed(name: &str, bytes: &[u8], other: &[u8], number: u64) -> Vec<u8> {
    let mut copy = bytes.to_vec();
    if number == 0 {
        return copy;
    }
    let mut chance = Chance::of(name, number);
    for _ in 0..=chance.below(4) {
        change(&mut copy, other, &mut chance);
    }
    copy
}

fn change(copy: &mut Vec<u8>, other: &[u8], chance: &mut Chance) {
    let place = chance.below(copy.len() + 1);
    match chance.below(9) {
        // A bit flips.
        0 | 1 => {
            if let Some(byte) = copy.get_mut(place) {
                *byte ^= 1 << chance.below(8);
            }
        }
        // A byte is another.
        2 => {
            if let Some(byte) = copy.get_mut(place) {
                *byte = chance.below(256) as u8;
            }
        }
        // The file ends early.
        3 => copy.truncate(place),
        // A stretch is gone.
        4 => drop(copy.drain(chance.stretch(copy.len()))),
        // A stretch is there twice.
        5 => {
            let twice = copy[chance.stretch(copy.len())].to_vec();
            copy.splice(place..place, twice);
        }
        // A stretch of another file.
        6 => {
            let stretch = other[chance.stretch(other.len())].to_vec();
            copy.splice(place..place, stretch);
        }
        // A word that breaks parsers.
        7 => {
            let word = WORDS[chance.below(WORDS.len())];
            copy.splice(place..place, word.iter().copied());
        }
        // A stretch without end.
        _ if chance.below(8) == 0 => {
            let stretch = chance.stretch(copy.len());
            let room = LENGTH_MAX.saturating_sub(copy.len());
            let again: Vec<u8> = copy[stretch].iter().copied().cycle().take(room).collect();
            copy.splice(place..place, again);
        }
        _ => {}
    }
}
