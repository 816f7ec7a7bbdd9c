//! Ids that look like UUIDs and are the same at each start.

/// A sequence of version 4 UUID strings, fixed by its seed.
///
/// Each start of the sandbox draws the same ids in the same order, so a test or a tutorial can name the lock it means.
pub(crate) struct Ids {
    state: u64,
}

impl Ids {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next id.
    pub(crate) fn next(&mut self) -> String {
        let bits = (u128::from(self.draw()) << 64) | u128::from(self.draw());
        // The version and variant bits, as RFC 9562 places them.
        let bits = bits & !(0xf << 76) | (0x4 << 76);
        let bits = bits & !(0x3 << 62) | (0x2 << 62);
        let hex = format!("{bits:032x}");
        let (a, b, c, d, e) = (&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
        format!("{a}-{b}-{c}-{d}-{e}")
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

    /// SplitMix64: a full period over 64 bits, so no id repeats within a sandbox's life.
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
        assert_eq!([first.clone(), second.clone()], [other.next(), other.next()]);
        assert_ne!(first, second);
    }

    #[test]
    fn an_id_is_a_version_4_uuid() {
        let id = Ids::seeded(1).next();
        let parts: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert_eq!(&id[14..15], "4");
        assert!(matches!(&id[19..20], "8" | "9" | "a" | "b"), "{id}");
    }

    #[test]
    fn an_invite_code_has_the_documented_form() {
        let code = Ids::seeded(1).next_invite_code();
        let parts: Vec<usize> = code.split('-').map(str::len).collect();
        assert_eq!(parts, [2, 2, 2, 2]);
    }
}
