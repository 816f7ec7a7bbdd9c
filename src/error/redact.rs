//! Redacts phone numbers, secrets, tokens and cursors from the texts of errors and logs.
//!
//! Values are recognized in two ways:
//!
//! * By content: what the call itself sent ([`Sent`]), by its digits or characters, wherever and however it is quoted.
//! * By pattern: what has the form of a phone number ([`phone_numbers`]) or of a token ([`tokens`]). Digits that have a
//!   more likely meaning, such as a time or a version, stay ([`numeric_formats`]).
//!
//! Patterns apply to texts of others only. In our own texts and those of the TLS and HTTP libraries, a number is a
//! time, a size or a port.

mod body_strings;
mod digits;
mod escapes;
mod ngrams;
mod numeric_formats;
mod phone_numbers;
mod sent_values;
mod tokens;

pub(crate) use body_strings::Texts;
pub(crate) use sent_values::Sent;

const PHONE: &str = "[phone number]";
const TOKEN: &str = "[token]";

/// Limits a shown text, in characters: an error stays readable on a terminal, and a log line within its limits.
const SHOWN: usize = 500;

/// Limits how much of a text is scanned, in characters.
///
/// Of what follows nothing is shown, unless nearly all before it is redacted.
const READ: usize = 4096;

/// Returns a text of others on one line, with phone numbers and tokens redacted by pattern.
///
/// Services quote in their errors what they were given.
pub(crate) fn redact(text: &str) -> String {
    Sent::default().redact(text)
}

/// Returns a text of ours, or of a library, on one line. Nothing is redacted.
pub(crate) fn one_line(text: &str) -> String {
    shortened(characters(text).into_iter().collect())
}

/// Returns the visible characters of a text, with a space for each control and white space character.
///
/// Format characters turn the reading direction or hide between digits (Unicode Technical Report 36, 2.5 and 3.6). A
/// terminal would then show a different line from the one that was logged.
fn characters(text: &str) -> Vec<char> {
    // Removed before anything is searched for: a zero-width space inside a secret would hide it from the search.
    let seen = text.trim().chars().filter(|c| !is_invisible(*c));
    // A line break would let a service forge a line of the log.
    seen.map(|c| if c.is_whitespace() || c.is_control() { ' ' } else { c }).take(READ).collect()
}

/// Returns whether a character cannot be seen: the general category Cf, and the rest of the property
/// `Default_Ignorable_Code_Point` (Unicode 16).
fn is_invisible(c: char) -> bool {
    // A table, since neither property is in the standard library, and this list is too short for a dependency.
    matches!(u32::from(c),
        0xAD | 0x34F | 0x600..=0x605 | 0x61C | 0x6DD | 0x70F | 0x890..=0x891 | 0x8E2 | 0x115F..=0x1160
        | 0x17B4..=0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0x3164
        | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB | 0x110BD | 0x110CD | 0x13430..=0x1343F
        | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF)
}

/// Cuts a text after [`SHOWN`] characters, with an ellipsis.
fn shortened(mut text: String) -> String {
    if let Some((index, _)) = text.char_indices().nth(SHOWN) {
        text.truncate(index);
        text.push('…');
    }
    text
}

/// Holds a text, and which of its characters are to be redacted.
struct Marks {
    chars: Vec<char>,
    /// Holds the label of each character that is redacted, such as `[token]`.
    labels: Vec<Option<&'static str>>,
}

impl Marks {
    /// Creates marks for a text, none of which is redacted yet.
    fn new(text: &str) -> Self {
        let chars = characters(text);
        Self { labels: vec![None; chars.len()], chars }
    }

    /// Redacts a range of characters. What is redacted already keeps its label.
    fn mark(&mut self, from: usize, to: usize, label: &'static str) {
        // What the call sent is marked first and is known for certain, so its label is the better one.
        for place in &mut self.labels[from..to] {
            place.get_or_insert(label);
        }
    }

    /// Returns the characters, with NUL for those that are redacted.
    fn rest(&self) -> Vec<char> {
        // `characters` turns control characters into spaces, so NUL occurs in no text, and belongs to no pattern.
        self.chars.iter().zip(&self.labels).map(|(c, label)| if label.is_some() { '\0' } else { *c }).collect()
    }

    /// Writes the text, with one label for each run of characters with the same label.
    fn render(self) -> String {
        let mut text = String::with_capacity(self.chars.len());
        let mut last = None;
        for (c, label) in self.chars.into_iter().zip(self.labels) {
            match label {
                None => text.push(c),
                Some(label) if last != Some(label) => text.push_str(label),
                Some(_) => {}
            }
            last = label;
        }
        shortened(text)
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
