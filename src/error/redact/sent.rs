//! What a call sent, which the words about its failure must not repeat in any form.

use std::collections::BTreeSet;

use reqwest::Url;

use super::escapes::{self, Unit};
use super::grams::Grams;
use super::texts::Texts;
use super::{Marks, PHONE, is_invisible, numbers, tokens};
use crate::model::operation::{Operation, Sensitive};

const SECRET: &str = "[secret]";
const CURSOR: &str = "[cursor]";

/// So many digits of a number in a row are that number, whatever stands before, behind and between them. With fewer, as
/// a local number without its area has them, dates and sizes would be redacted as well.
const DIGITS: usize = 7;

/// Between two digits of one number stand so many characters at most.
const GAP: usize = 8;

/// A shorter text is no secret that could be told from a word.
const LEAST: usize = 4;

/// What a call sent.
#[derive(Default)]
pub(crate) struct Sent {
    /// Digits of phone numbers.
    numbers: Vec<Vec<u32>>,
    secrets: Vec<Hidden>,
}

struct Hidden {
    text: Vec<char>,
    label: &'static str,
    /// So many of its characters in a row are redacted as well.
    fragment: usize,
    grams: Grams,
}

impl Sent {
    /// What a request says in its path, its query and its body. The spec names the parameters and properties that are
    /// sensitive; what looks like a number with its plus is one, wherever it stands.
    pub(crate) fn of(operation: &Operation, base_path: &str, url: &Url, body: &dyn Texts) -> Self {
        let mut sent = Self::default();
        sent.path(operation, base_path, url);
        for (name, value) in url.query_pairs() {
            sent.value(operation, &name, &value);
        }
        body.each(&mut |name, text| sent.value(operation, name, text));
        sent
    }

    fn path(&mut self, operation: &Operation, base_path: &str, url: &Url) {
        let path = url.path().strip_prefix(base_path).unwrap_or_default();
        for (found, name) in path.split('/').zip(operation.path.split('/')) {
            if let Some(name) = name.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                let found: Vec<char> = found.chars().collect();
                let value: String = escapes::decoded(&found).into_iter().map(|unit| unit.c).collect();
                self.value(operation, name, &value);
            }
        }
    }

    fn value(&mut self, operation: &Operation, name: &str, value: &str) {
        match operation.sensitive.iter().find(|(other, _)| *other == name) {
            Some((_, Sensitive::PhoneNumber)) => {
                self.number(value);
                self.hide(value, PHONE, value.len());
            }
            Some((_, Sensitive::Secret)) => self.secret(value),
            // The id of the last entry, which others resemble: whole, or nearly so. That of a role holds a number.
            Some((_, Sensitive::Cursor)) => self.hide(value, CURSOR, 16),
            None => {}
        }
        value.split('+').skip(1).for_each(|number| self.number(number));
    }

    /// A secret or a token.
    pub(crate) fn secret(&mut self, text: &str) {
        self.hide(text, SECRET, 8);
    }

    fn hide(&mut self, text: &str, label: &'static str, fragment: usize) {
        let text: Vec<char> = text.trim().chars().filter(|c| !is_invisible(*c)).collect();
        if text.len() >= LEAST {
            self.secrets.push(Hidden { grams: Grams::of(&text), text, label, fragment });
        }
    }

    /// The number that a text begins with.
    fn number(&mut self, text: &str) {
        let number = text.chars().take_while(|c| !c.is_alphabetic());
        let digits: Vec<u32> = number.filter_map(|c| c.to_digit(10)).take(15).collect();
        if digits.len() >= DIGITS {
            self.numbers.push(digits);
        }
    }

    /// A text of others on one line, without what was sent and without what looks like a number or a token.
    pub(crate) fn redact(&self, text: &str) -> String {
        let mut marks = Marks::new(text);
        self.mark(&mut marks, |_| true);
        tokens::mark(&mut marks);
        numbers::mark(&mut marks);
        marks.render()
    }

    /// The same for a text of ours, or of a library: only what was sent. A password that is a word stays, since the word
    /// is ours, and to redact it would tell the password.
    pub(crate) fn redact_own(&self, text: &str) -> String {
        let mut marks = Marks::new(text);
        self.mark(&mut marks, |hidden| hidden.text.len() >= 8 && !is_words(&hidden.text));
        marks.render()
    }

    fn mark(&self, marks: &mut Marks, with: impl Fn(&Hidden) -> bool) {
        let raw = escapes::raw(&marks.chars);
        let decoded = marks.chars.iter().any(|c| escapes::BEGIN.contains(c)).then(|| escapes::decoded(&marks.chars));
        for units in std::iter::once(raw).chain(decoded) {
            self.secrets.iter().filter(|hidden| with(hidden)).for_each(|hidden| hidden.mark(&units, marks));
            self.numbers.iter().for_each(|number| mark_number(number, &units, marks));
        }
    }
}

impl Hidden {
    /// Redacts the whole text, and parts of it: services cut off what they quote.
    fn mark(&self, units: &[Unit], marks: &mut Marks) {
        let (most, is_long) = (self.text.len(), self.text.len() >= 8);
        if !self.grams.may_share(units.iter().map(|unit| unit.c), self.fragment.min(most)) {
            return;
        }
        // The length of the common part that ends at each character of the secret, at the place before.
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
                let counts = length == most || (length >= self.fragment && (length >= 16 || !is_words(part)));
                if counts {
                    marks.mark(units[place + 1 - length].from, unit.to, self.label);
                }
            }
            before = here;
        }
    }
}

/// Whether a character of a long secret comes back as this one: in another case, or in the form encoding of a blank.
fn is_same(sent: char, quoted: char, is_long: bool) -> bool {
    sent == quoted || (is_long && sent.eq_ignore_ascii_case(&quoted)) || (sent == ' ' && quoted == '+')
}

/// Whether a text could be prose, or a row of zeros.
fn is_words(text: &[char]) -> bool {
    let is_letter = |c: &char| c.is_alphabetic() || *c == ' ';
    let has_hump = |pair: &[char]| pair[0].is_lowercase() && pair[1].is_uppercase();
    let distinct = text.iter().collect::<BTreeSet<_>>().len();
    distinct < 4 || (text.iter().all(is_letter) && !text.windows(2).any(has_hump))
}

/// Redacts every row of seven or more of a number's digits, with what stands between them and what a number begins with.
fn mark_number(number: &[u32], units: &[Unit], marks: &mut Marks) {
    let digits: Vec<(usize, u32)> =
        units.iter().enumerate().filter_map(|(place, unit)| Some((place, numbers::digit(unit.c)?))).collect();
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

fn is_gap(between: &[Unit]) -> bool {
    between.len() <= GAP && between.iter().all(|unit| !unit.c.is_alphanumeric())
}

/// Where the number begins whose first known digit stands here: with a plus, zeros, a country code, a bracket.
fn begin(units: &[Unit], first: usize) -> usize {
    let near = first.saturating_sub(10);
    let is_part = |c: char| numbers::digit(c).is_some() || numbers::is_separator(c);
    let before = units[near..first].iter().rposition(|unit| !is_part(unit.c)).map(|place| near + place);
    if let Some(plus) = before.filter(|place| numbers::is_plus(units[*place].c)) {
        return plus;
    }
    let mut start = first;
    while start > 0 && matches!(units[start - 1].c, '0' | '(') {
        start -= 1;
    }
    start
}
