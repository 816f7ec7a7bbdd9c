//! Generates UUIDs that are the same at each start of the emulator.

use std::fmt;

use serde::{Serialize, Serializer};

/// Holds a UUID as a number, because an emulator can have a million keys and a text takes more than twice the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id(u128);

impl Id {
    /// Parses an id in the format in which the emulator writes ids. Returns `None` for any other text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let hyphens = [8, 13, 18, 23];
        if text.len() != 36 {
            return None;
        }
        let mut bits = 0_u128;
        for (index, byte) in text.bytes().enumerate() {
            let digit = match byte {
                b'-' if hyphens.contains(&index) => continue,
                _ if hyphens.contains(&index) => return None,
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'f' => byte - b'a' + 10,
                _ => return None,
            };
            bits = bits << 4 | u128::from(digit);
        }
        Some(Self(bits))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |from: u32, bits: u32| self.0 >> from & ((1 << bits) - 1);
        let (a, b, c, d, e) = (part(96, 32), part(80, 16), part(64, 16), part(48, 16), part(0, 48));
        write!(formatter, "{a:08x}-{b:04x}-{c:04x}-{d:04x}-{e:012x}")
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Generates version 4 UUIDs and other pseudo-random values from a seed.
///
/// The same seed gives the same ids in the same order, so a test or a tutorial can name a lock by its id.
pub(crate) struct Ids {
    state: u64,
}

impl Ids {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Returns the next id.
    pub(crate) fn next(&mut self) -> Id {
        let bits = (u128::from(self.next_u64()) << 64) | u128::from(self.next_u64());
        // RFC 9562, section 5.4: version 4 in bits 48 to 51, variant 10 in bits 64 and 65.
        let bits = bits & !(0xf << 76) | (0x4 << 76);
        Id(bits & !(0x3 << 62) | (0x2 << 62))
    }

    /// Returns a number below `end`; 0 if `end` is 0.
    pub(crate) fn next_below(&mut self, end: usize) -> usize {
        (self.next_u64() % end.max(1) as u64) as usize
    }

    /// Returns the next installer invite code, in the documented format `d3-3b-zM-Jk`.
    pub(crate) fn next_invite_code(&mut self) -> String {
        // Without 0, 1, i, l, o, I and O, which look alike.
        const LETTERS: &[u8] = b"23456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ";
        let mut bits = self.next_u64();
        let mut code = String::new();
        for index in 0..8 {
            if index > 0 && index % 2 == 0 {
                code.push('-');
            }
            let letter = LETTERS[(bits % LETTERS.len() as u64) as usize];
            code.push(char::from(letter));
            bits /= LETTERS.len() as u64;
        }
        code
    }

    /// Returns the next number of SplitMix64. Its period is 2^64, so no id occurs twice in the life of an emulator.
    fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids() {
        let (mut one, mut other) = (Ids::seeded(7), Ids::seeded(7));
        let (first, second) = (one.next(), one.next());
        assert_eq!([first, second], [other.next(), other.next()]);
        assert_ne!(first, second);
    }

    #[test]
    fn ids_are_version_4_uuids() {
        let id = Ids::seeded(1).next().to_string();
        let parts: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert_eq!(&id[14..15], "4");
        assert!(matches!(&id[19..20], "8" | "9" | "a" | "b"), "{id}");
    }

    #[test]
    fn parses_only_the_format_in_which_ids_are_written() {
        let id = Ids::seeded(1).next();
        let text = id.to_string();
        assert_eq!(Id::parse(&text), Some(id));
        for bad in
            [text.to_uppercase(), text.replace('-', ""), format!("{text}0"), text.replace('-', "é"), String::new()]
        {
            assert_eq!(Id::parse(&bad), None, "{bad}");
        }
    }

    #[test]
    fn invite_codes_have_the_documented_format() {
        let code = Ids::seeded(1).next_invite_code();
        let parts: Vec<usize> = code.split('-').map(str::len).collect();
        assert_eq!(parts, [2, 2, 2, 2]);
    }
}
