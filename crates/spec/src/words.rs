//! Finds similar words, and lists Rust's reserved words.

/// Returns the word among these that was probably meant.
#[must_use]
pub fn nearest<'a>(word: &str, among: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // One typo for every four letters, and three at most. More would suggest unrelated words.
    let most = (word.chars().count() / 4).clamp(1, 3);
    let length = word.chars().count();
    // A word of a very different length needs no closer look, and there may be thousands of words.
    let among = among.filter(|other| other.chars().count().abs_diff(length) <= most);
    let close = among.map(|other| (distance(&word.to_lowercase(), &other.to_lowercase()), other));
    close
        // A word that differs in case only has the distance 0 and is a good suggestion; the word itself is none.
        .filter(|(distance, other)| *distance <= most && *other != word)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, other)| other)
}

/// Returns how many letters have to be inserted, deleted, changed or swapped with their neighbour.
///
/// This is the optimal string alignment distance. Without swaps, `pots` would be as far from `post` as from `put`.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows = vec![vec![0; other.len() + 1]; one.len() + 1];
    for i in 0..=one.len() {
        for j in 0..=other.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let changed = rows[i - 1][j - 1] + usize::from(one[i - 1] != other[j - 1]);
                let mut least = changed.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                    least = least.min(rows[i - 2][j - 2] + 1);
                }
                least
            };
        }
    }
    rows[one.len()][other.len()]
}

/// Lists the words that Rust reserves, in any edition.
#[rustfmt::skip]
pub const RESERVED: [&str; 53] = [
    "Self", "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match",
    "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognizes_a_typo_and_no_unrelated_word() {
        let methods = || ["get", "put", "post", "delete", "patch"].into_iter();
        for (slip, meant) in
            [("gett", Some("get")), ("pots", Some("post")), ("GET", Some("get")), ("delte", Some("delete"))]
        {
            assert_eq!(nearest(slip, methods()), meant, "{slip}");
        }
        assert_eq!(nearest("subscribe", methods()), None);
        assert_eq!(nearest("descirption", ["description", "summary"].into_iter()), Some("description"));
    }
}
