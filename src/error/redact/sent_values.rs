//! Redacts by content: collects the sensitive values that a call sent, and finds them in texts in any form.

use url::Url;

use super::body_strings::Texts;
use super::escapes::{self, Unit};
use super::ngrams::NgramFilter;
use super::{Marks, PHONE, digits, is_invisible, phone_numbers, tokens};
use crate::model::operation::{Operation, Sensitive};

const SECRET: &str = "[secret]";
const CURSOR: &str = "[cursor]";

/// Is the number of consecutive digits by which a phone number is recognized, whatever stands before, after and between
/// them.
///
/// With fewer, as a local number without its area code has them, dates and sizes would be redacted as well.
const DIGITS: usize = 7;

/// Limits the characters between two digits of one number, none of which may be a letter or a digit.
const GAP: usize = 8;

/// Is the length of the shortest secret. A shorter one cannot be told from a word, and would be redacted everywhere.
const LEAST: usize = 4;

/// Holds the sensitive values that a call sent.
#[derive(Default)]
pub(crate) struct Sent {
    /// Holds the digits of each phone number.
    numbers: Vec<Vec<u32>>,
    secrets: Vec<Hidden>,
}

/// Holds a value that is found by its characters.
struct Hidden {
    text: Vec<char>,
    label: &'static str,
    /// Is the length from which a part of the value is redacted as well, since services truncate what they quote.
    fragment: usize,
    ngrams: NgramFilter,
}

impl Sent {
    /// Collects the sensitive values of a request from its path, its query and its body.
    ///
    /// The spec names the sensitive parameters and properties (`x-sensitive`). Digits after a plus are taken for a
    /// phone number in any parameter or property.
    pub(crate) fn of(operation: &Operation, base_path: &str, url: &Url, body: &dyn Texts) -> Self {
        let mut sent = Self::default();
        sent.path(operation, base_path, url);
        for (name, value) in url.query_pairs() {
            sent.value(operation, &name, &value);
        }
        body.each(&mut |name, text| sent.value(operation, name, text));
        sent
    }

    /// Collects the sensitive parameters of a path.
    fn path(&mut self, operation: &Operation, base_path: &str, url: &Url) {
        let path = url.path().strip_prefix(base_path).unwrap_or_default();
        // Segment by segment: a parameter is a whole one, in all paths of the specs.
        for (found, name) in path.split('/').zip(operation.path.split('/')) {
            if let Some(name) = name.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                let found: Vec<char> = found.chars().collect();
                let value: String = escapes::decoded(&found).into_iter().map(|unit| unit.c).collect();
                self.value(operation, name, &value);
            }
        }
    }

    /// Collects a value, by what the spec says of its name.
    fn value(&mut self, operation: &Operation, name: &str, value: &str) {
        match operation.sensitive.iter().find(|(other, _)| *other == name) {
            Some((_, Sensitive::PhoneNumber)) => {
                self.number(value);
                // Also by its characters: a user id that was read from a response may not be a number.
                self.hide(value, PHONE, value.len());
            }
            Some((_, Sensitive::Secret)) => self.secret(value),
            // The id of a page's last entry, and ids resemble each other: a part counts only if it is nearly the whole.
            // The cursor of a list of roles holds a phone number.
            Some((_, Sensitive::Cursor)) => self.hide(value, CURSOR, 16),
            None => {}
        }
        // The cursor of a list of roles holds a number after a plus; other values may, too.
        value.split('+').skip(1).for_each(|number| self.number(number));
    }

    /// Adds a secret or a token.
    pub(crate) fn secret(&mut self, text: &str) {
        self.hide(text, SECRET, 8);
    }

    /// Adds a value that is redacted under `label`, whole or by a part of at least `fragment` characters.
    fn hide(&mut self, text: &str, label: &'static str, fragment: usize) {
        // The searched text has lost these characters, too.
        let text: Vec<char> = text.trim().chars().filter(|c| !is_invisible(*c)).collect();
        if text.len() >= LEAST {
            self.secrets.push(Hidden { ngrams: NgramFilter::of(&text), text, label, fragment });
        }
    }

    /// Adds the phone number that a text begins with, if it has enough digits.
    fn number(&mut self, text: &str) {
        // Up to a letter, so that no digits of an id that follows are taken for digits of the number; 15 by E.164.
        let number = text.chars().take_while(|c| !c.is_alphabetic());
        let digits: Vec<u32> = number.filter_map(|c| c.to_digit(10)).take(15).collect();
        if digits.len() >= DIGITS {
            self.numbers.push(digits);
        }
    }

    /// Returns a text of others on one line, redacted by content and by pattern.
    pub(crate) fn redact(&self, text: &str) -> String {
        let mut marks = Marks::new(text);
        // Content first: its labels say more than those of patterns, which look only at what is left.
        self.mark(&mut marks, |_| true);
        tokens::mark(&mut marks);
        phone_numbers::mark(&mut marks);
        marks.render()
    }

    /// Returns a text of ours, or of a library, on one line, redacted by content only.
    ///
    /// A password that is a word stays: the word is ours, and redacting it would reveal the password.
    pub(crate) fn redact_own(&self, text: &str) -> String {
        let mut marks = Marks::new(text);
        self.mark(&mut marks, |hidden| hidden.text.len() >= 8 && !is_words(&hidden.text));
        marks.render()
    }

    /// Marks all values in a text, as it is written and with its escapes decoded.
    fn mark(&self, marks: &mut Marks, with: impl Fn(&Hidden) -> bool) {
        // Both: a secret may itself hold a `%`, and decoding would break it.
        let raw = escapes::raw(&marks.chars);
        // Nearly no text has an escape, and decoding doubles the work.
        let decoded = marks.chars.iter().any(|c| escapes::BEGIN.contains(c)).then(|| escapes::decoded(&marks.chars));
        for units in std::iter::once(raw).chain(decoded) {
            self.secrets.iter().filter(|hidden| with(hidden)).for_each(|hidden| hidden.mark(&units, marks));
            self.numbers.iter().for_each(|number| mark_number(number, &units, marks));
        }
    }
}

impl Hidden {
    /// Marks the whole value, and parts of it.
    fn mark(&self, units: &[Unit], marks: &mut Marks) {
        let (most, is_long) = (self.text.len(), self.text.len() >= 8);
        // The search below takes time by the product of both lengths.
        if !self.ngrams.may_share(units.iter().map(|unit| unit.c), self.fragment.min(most)) {
            return;
        }
        // The longest common substring, by dynamic programming: for each character of the value, the length of the
        // common part that ends there and at the previous character of the text.
        let mut before = vec![0_usize; most];
        for (place, unit) in units.iter().enumerate() {
            let mut here = vec![0_usize; most];
            for (index, c) in self.text.iter().enumerate() {
                if !is_same(*c, unit.c, is_long) {
                    continue;
                }
                let length = 1 + if index == 0 { 0 } else { before[index - 1] };
                here[index] = length;
                let part = &self.text[index + 1 - length..=index];
                // A part that is prose counts only if it is long: a secret of words must not hide the same words
                // elsewhere.
                let counts = length == most || (length >= self.fragment && (length >= 16 || !is_words(part)));
                if counts {
                    marks.mark(units[place + 1 - length].from, unit.to, self.label);
                }
            }
            before = here;
        }
    }
}

/// Returns whether a service may quote one character as the other.
fn is_same(sent: char, quoted: char, is_long: bool) -> bool {
    // In another case, but not for short secrets, which would match words. A plus is a space in form encoding.
    sent == quoted || (is_long && sent.eq_ignore_ascii_case(&quoted)) || (sent == ' ' && quoted == '+')
}

/// Returns whether a text could be prose, or a row of zeros.
fn is_words(text: &[char]) -> bool {
    let is_letter = |c: &char| c.is_alphabetic() || *c == ' ';
    // Words have no capital inside, while secrets of letters nearly always do.
    let has_hump = |pair: &[char]| pair[0].is_lowercase() && pair[1].is_uppercase();
    let is_first = |(at, c): &(usize, &char)| !text[..*at].contains(c);
    let distinct = text.iter().enumerate().filter(is_first).take(4).count();
    distinct < 4 || (text.iter().all(is_letter) && !text.windows(2).any(has_hump))
}

/// Marks every run of seven or more of a number's digits, with the separators between them and the prefix before them.
fn mark_number(number: &[u32], units: &[Unit], marks: &mut Marks) {
    // The longest common substring again, over the digits alone, so that any separators may stand between them.
    let digits: Vec<(usize, u32)> =
        units.iter().enumerate().filter_map(|(place, unit)| Some((place, digits::digit(unit.c)?))).collect();
    let mut before = vec![0_usize; number.len()];
    for (index, (place, digit)) in digits.iter().enumerate() {
        let joined = index > 0 && is_gap(&units[digits[index - 1].0 + 1..*place]);
        let mut here = vec![0_usize; number.len()];
        for (at, own) in number.iter().enumerate() {
            if own != digit {
                continue;
            }
            let length = 1 + if at == 0 || !joined { 0 } else { before[at - 1] };
            here[at] = length;
            if length >= DIGITS {
                let start = begin(units, digits[index + 1 - length].0);
                marks.mark(units[start].from, units[*place].to, PHONE);
            }
        }
        before = here;
    }
}

/// Returns whether two digits with these characters between them may belong to one number.
fn is_gap(between: &[Unit]) -> bool {
    between.len() <= GAP && between.iter().all(|unit| !unit.c.is_alphanumeric())
}

/// Returns where the number begins whose first known digit is at `first`: at a plus, zeros, a country code, a bracket.
fn begin(units: &[Unit], first: usize) -> usize {
    // A prefix has ten characters at most: `+ 123 (0) `.
    let near = first.saturating_sub(10);
    let is_part = |c: char| digits::digit(c).is_some() || digits::is_separator(c);
    let before = units[near..first].iter().rposition(|unit| !is_part(unit.c)).map(|place| near + place);
    if let Some(plus) = before.filter(|place| digits::is_plus(units[*place].c)) {
        return plus;
    }
    let mut start = first;
    while start > 0 && matches!(units[start - 1].c, '0' | '(') {
        start -= 1;
    }
    start
}
