//! Takes out of a text what must not be shown.
//!
//! Two kinds of things are redacted: what the call itself sent, by its digits and characters and wherever it stands
//! ([`Sent`]), and what looks like a phone number or a token, by its form. The form is asked for in the words of others
//! only: in our own words and those of the TLS and HTTP libraries, a number is a time, a size or a port.

mod escapes;
mod grams;
mod harmless;
mod numbers;
mod sent;
mod texts;
mod tokens;

pub(crate) use sent::Sent;
pub(crate) use texts::Texts;

const PHONE: &str = "[phone number]";
const TOKEN: &str = "[token]";

/// The longest text that is shown, in characters.
const SHOWN: usize = 500;

/// The longest text that is looked at, in characters: the rest could be shown only if nearly all of this were redacted.
const READ: usize = 4096;

/// A text of others on one line, with phone numbers and tokens redacted by their form: the service's words quote what
/// they were given.
pub(crate) fn redact(text: &str) -> String {
    Sent::default().redact(text)
}

/// A text of ours, or of a library, on one line.
pub(crate) fn one_line(text: &str) -> String {
    shortened(characters(text).into_iter().collect())
}

/// The characters of a text without those that cannot be seen, and blanks for those that move the cursor.
///
/// Format characters turn the reading direction or hide what stands between digits (Unicode Technical Report 36, 2.5 and
/// 3.6): a terminal would show another line than the one that was logged.
fn characters(text: &str) -> Vec<char> {
    let seen = text.trim().chars().filter(|c| !is_invisible(*c));
    seen.map(|c| if c.is_whitespace() || c.is_control() { ' ' } else { c }).take(READ).collect()
}

/// The general category Cf, and what else has the property `Default_Ignorable_Code_Point` (Unicode 16).
fn is_invisible(c: char) -> bool {
    matches!(u32::from(c),
        0xAD | 0x34F | 0x600..=0x605 | 0x61C | 0x6DD | 0x70F | 0x890..=0x891 | 0x8E2 | 0x115F..=0x1160
        | 0x17B4..=0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0x3164
        | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB | 0x110BD | 0x110CD | 0x13430..=0x1343F
        | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF)
}

fn shortened(mut text: String) -> String {
    if let Some((index, _)) = text.char_indices().nth(SHOWN) {
        text.truncate(index);
        text.push('…');
    }
    text
}

/// A text, and what of it is to be redacted.
struct Marks {
    chars: Vec<char>,
    /// What stands in the place of each character that is redacted.
    labels: Vec<Option<&'static str>>,
}

impl Marks {
    fn new(text: &str) -> Self {
        let chars = characters(text);
        Self { labels: vec![None; chars.len()], chars }
    }

    /// Redacts from one place to another; what is redacted already keeps its label.
    fn mark(&mut self, from: usize, to: usize, label: &'static str) {
        for place in &mut self.labels[from..to] {
            place.get_or_insert(label);
        }
    }

    /// The characters that are left to look at. What is redacted is a character that no text has.
    fn rest(&self) -> Vec<char> {
        self.chars.iter().zip(&self.labels).map(|(c, label)| if label.is_some() { '\0' } else { *c }).collect()
    }

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
