//! Ids that look like UUIDs and are the same at each start.

use std::fmt;

use serde::{Serialize, Serializer};

/// A UUID, in sixteen bytes: a town can have a hundred thousand keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id(u128);

impl Id {
    /// Reads an id in the very form it was given out in. Any other text is nobody's id.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let hyphens = [8, 13, 18, 23];
        if text.len() != 36 {
            return None;
        }
        let mut bits = 0_u128;
        for (place, byte) in text.bytes().enumerate() {
            let digit = match byte {
                b'-' if hyphens.contains(&place) => continue,
                _ if hyphens.contains(&place) => return None,
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

/// A sequence of version 4 UUIDs and other draws, fixed by its seed.
///
/// Each start of the emulator draws the same ids in the same order, so a test or a tutorial can name the lock it means.
pub(crate) struct Ids {
    state: u64,
}

impl Ids {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next id.
    pub(crate) fn next(&mut self) -> Id {
        let bits = (u128::from(self.draw()) << 64) | u128::from(self.draw());
        // The version and variant bits, as RFC 9562 places them.
        let bits = bits & !(0xf << 76) | (0x4 << 76);
        Id(bits & !(0x3 << 62) | (0x2 << 62))
    }

    /// A number below `end`, which is not zero.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.draw() % end.max(1) as u64) as usize
    }

    /// The next code in the form of an installer's invitation: `d3-3b-zM-Jk`.
    pub(crate) fn next_invite_code(&mut self) -> String {
        const LETTERS: &[u8] = b"23456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ";
        let mut bits = self.draw();
        let mut code = String::new();
        for place in 0..8 {
            if place > 0 && place % 2 == 0 {
                code.push('-');
            }
            let letter = LETTERS[(bits % LETTERS.len() as u64) as usize];
            code.push(char::from(letter));
            bits /= LETTERS.len() as u64;
        }
        code
    }

    /// SplitMix64: a full period over 64 bits, so no id repeats within an emulator's life.
    fn draw(&mut self) -> u64 {
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
    fn an_id_is_a_version_4_uuid() {
        let id = Ids::seeded(1).next().to_string();
        let parts: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert_eq!(&id[14..15], "4");
        assert!(matches!(&id[19..20], "8" | "9" | "a" | "b"), "{id}");
    }

    #[test]
    fn an_id_is_read_in_the_form_it_was_given_out_in_and_no_other() {
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
    fn an_invite_code_has_the_documented_form() {
        let code = Ids::seeded(1).next_invite_code();
        let parts: Vec<usize> = code.split('-').map(str::len).collect();
        assert_eq!(parts, [2, 2, 2, 2]);
    }
}
