//! Whether two texts can have a row of characters in common, without comparing them.
//!
//! A token has some hundred characters, and the comparison takes each of them for each character of a text. Nearly no text
//! quotes a token, so that this takes a tenth of what every refusal would cost otherwise.

/// So many characters in a row are one gram.
const LENGTH: usize = 4;

/// The grams of a text, as bits of a table: one that is missing is not in the text, one that is there may be.
pub(super) struct Grams([u64; 64]);

impl Grams {
    pub(super) fn of(text: &[char]) -> Self {
        let mut table = [0; 64];
        for gram in text.windows(LENGTH) {
            let slot = gram.iter().fold(0, |hash, c| next(hash, *c));
            table[slot as usize / 64] |= 1 << (slot % 64);
        }
        Self(table)
    }

    /// Whether so many characters in a row, four or more, may stand in both texts.
    pub(super) fn may_share(&self, text: impl Iterator<Item = char>, row: usize) -> bool {
        let (mut hash, mut read, mut found) = (0, 0, 0);
        for c in text {
            hash = next(hash, c);
            read += 1;
            let is_there = read >= LENGTH && self.0[hash as usize / 64] & (1 << (hash % 64)) != 0;
            found = if is_there { found + 1 } else { 0 };
            if found + LENGTH > row {
                return true;
            }
        }
        false
    }
}

/// The hash of the last four characters: three bits of each are left, and older ones are shifted out. What may come back as
/// another character (in another case, a plus for a blank) counts as that.
fn next(hash: u32, c: char) -> u32 {
    let c = if c == '+' { ' ' } else { c.to_ascii_lowercase() };
    let mixed = (u32::from(c).wrapping_mul(0x9E37_79B1) >> 29) & 7;
    ((hash << 3) | mixed) & 0xFFF
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn may_share(secret: &str, text: &str, row: usize) -> bool {
        Grams::of(&secret.chars().collect::<Vec<_>>()).may_share(text.chars(), row)
    }

    #[test]
    fn most_texts_share_nothing_with_a_token() {
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJzY29wZSI6ImxvY2tIb2xkZXIifQ.Xk3vQy1c0b6w9ZrT";
        for text in ["JWT expired", "JsonWebTokenError", "no such lock", "durationMinutes must be a whole number"] {
            assert!(!may_share(token, text, 8), "{text}");
        }
        assert!(may_share(token, "token eyJhbGciOi expired", 8) && may_share(token, "EYJHBGCIOI", 8));
        assert!(may_share("a b c d e", "at a+b+c+d+e", 9));
    }

    proptest! {
        #[test]
        fn a_row_that_both_have_is_never_overlooked(secret in "[ -~é鍵]{8,80}", front in ".{0,20}", behind in ".{0,20}", at in 0_usize..80, row in 4_usize..12) {
            let secret: Vec<char> = secret.chars().collect();
            let row = row.min(secret.len());
            let from = at.min(secret.len() - row);
            let part: String = secret[from..from + row].iter().collect();
            for quoted in [part.to_ascii_uppercase(), part.replace(' ', "+"), part] {
                let text = format!("{front}{quoted}{behind}");
                prop_assert!(Grams::of(&secret).may_share(text.chars(), row), "{}", text);
            }
        }
    }
}
