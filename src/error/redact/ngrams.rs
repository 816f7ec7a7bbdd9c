//! Provides a Bloom filter of n-grams, which tells cheaply that two texts have no substring in common.
//!
//! A token has some hundred characters, and the full comparison takes each of them for each character of a text. It
//! took three times the instructions of a refused call. Nearly no text quotes a token, and this filter costs a tenth of
//! it.

/// Is the length of an n-gram, in characters. The shortest secret is as long, so every one has an n-gram.
const LENGTH: usize = 4;

/// Holds the n-grams of a text as bits of a table.
///
/// An n-gram whose bit is missing is not in the text; one whose bit is set may be.
// 4096 bits: a token of some hundred characters sets a few per cent of them, so false positives in a row are rare.
pub(super) struct NgramFilter([u64; 64]);

impl NgramFilter {
    /// Creates the filter of a text.
    pub(super) fn of(text: &[char]) -> Self {
        let mut table = [0; 64];
        for ngram in text.windows(LENGTH) {
            let bit = ngram.iter().fold(0, |hash, c| next(hash, *c));
            table[bit as usize / 64] |= 1 << (bit % 64);
        }
        Self(table)
    }

    /// Returns whether a substring of `row` characters, four or more, may occur in both texts.
    pub(super) fn may_share(&self, text: impl Iterator<Item = char>, row: usize) -> bool {
        let (mut hash, mut read, mut found) = (0, 0, 0);
        for c in text {
            hash = next(hash, c);
            read += 1;
            let is_there = read >= LENGTH && self.0[hash as usize / 64] & (1 << (hash % 64)) != 0;
            // A common substring of `row` characters has `row - LENGTH + 1` n-grams in a row.
            found = if is_there { found + 1 } else { 0 };
            if found + LENGTH > row {
                return true;
            }
        }
        false
    }
}

/// Returns the hash of the last four characters, of which each has three bits; older ones are shifted out.
fn next(hash: u32, c: char) -> u32 {
    // Services quote in another case, and with a plus for a space. What `is_same` takes as equal must hash equally.
    let c = if c == '+' { ' ' } else { c.to_ascii_lowercase() };
    // Fibonacci hashing: the high bits of the product depend on all bits of the character.
    let mixed = (u32::from(c).wrapping_mul(0x9E37_79B1) >> 29) & 7;
    ((hash << 3) | mixed) & 0xFFF
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn may_share(secret: &str, text: &str, row: usize) -> bool {
        NgramFilter::of(&secret.chars().collect::<Vec<_>>()).may_share(text.chars(), row)
    }

    #[test]
    fn rules_out_texts_that_quote_no_part_of_a_token() {
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJzY29wZSI6ImxvY2tIb2xkZXIifQ.Xk3vQy1c0b6w9ZrT";
        for text in ["JWT expired", "JsonWebTokenError", "no such lock", "durationMinutes must be a whole number"] {
            assert!(!may_share(token, text, 8), "{text}");
        }
        assert!(may_share(token, "token eyJhbGciOi expired", 8) && may_share(token, "EYJHBGCIOI", 8));
        assert!(may_share("a b c d e", "at a+b+c+d+e", 9));
    }

    proptest! {
        #[test]
        fn never_rules_out_a_common_substring(secret in "[ -~é鍵]{8,80}", front in ".{0,20}", behind in ".{0,20}", at in 0_usize..80, row in 4_usize..12) {
            let secret: Vec<char> = secret.chars().collect();
            let row = row.min(secret.len());
            let from = at.min(secret.len() - row);
            let part: String = secret[from..from + row].iter().collect();
            for quoted in [part.to_ascii_uppercase(), part.replace(' ', "+"), part] {
                let text = format!("{front}{quoted}{behind}");
                prop_assert!(NgramFilter::of(&secret).may_share(text.chars(), row), "{}", text);
            }
        }
    }
}
