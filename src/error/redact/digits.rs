//! Classifies the characters of phone numbers: digits, pluses and separators.

/// Returns the value of a digit, also of a fullwidth or an Arabic one.
pub(super) fn digit(c: char) -> Option<u32> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6F0}'..='\u{6F9}' => '\u{6F0}',
        '\u{FF10}'..='\u{FF19}' => '\u{FF10}',
        _ => return None,
    };
    Some(u32::from(c) - u32::from(zero))
}

/// Returns whether a character is a plus, also a fullwidth one.
pub(super) fn is_plus(c: char) -> bool {
    matches!(c, '+' | '\u{FF0B}')
}

/// Returns whether a character can stand between the groups of a phone number.
pub(super) fn is_separator(c: char) -> bool {
    is_dash(c) || matches!(c, ' ' | '.' | '/' | '(' | ')' | '[' | ']' | '\u{B7}')
}

/// Returns whether a character is a hyphen, a dash or a minus: word processors put them in place of each other.
pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE63}' | '\u{FF0D}')
}
