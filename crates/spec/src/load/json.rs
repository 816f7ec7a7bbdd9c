//! Reads JSON: all of RFC 8259 and nothing else.
//!
//! Nearly all JSON is YAML, but the YAML reader used here refuses some of it: escaped surrogate pairs, tabs as
//! indentation, keys of more than 1024 characters, and DEL in a string. So a JSON file is read as JSON, which is also
//! faster.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Children, DEEPEST, Positions, duplicate};
use crate::error::{Error, Position};

/// Returns the value of a text, or `None` if it is no JSON or is nested too deep, which the YAML reader then reports.
///
/// An inner error is for something that JSON allows and a spec must not have: a duplicate key.
pub(super) fn read(text: &str) -> Option<Result<(Value, Positions), Error>> {
    // A spec is an object. The list is for the error that it is none.
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let mut reader = Reader { text, at: 0, line: 1, counted: (0, 1), duplicate: None };
    let read = reader.value(0, None).filter(|_| {
        // Trailing data means that it is no JSON.
        reader.blanks();
        reader.at == text.len()
    })?;
    Some(reader.duplicate.map_or(Ok(read), Err))
}

/// Returns the position of a comment in a text that is JSON otherwise: outside of strings, where a token could begin.
pub(super) fn comment(text: &str) -> Option<Position> {
    let mut reader = Reader { text, at: 0, line: 1, counted: (0, 1), duplicate: None };
    let (mut first, mut is_json) = (None, false);
    loop {
        reader.blanks();
        match reader.peek()? {
            b'/' => {
                let place = reader.here();
                reader.skip_comment()?;
                first.get_or_insert(place);
            }
            b'{' | b'[' => {
                reader.at += 1;
                is_json = true;
            }
            _ if !is_json => return None,
            b'}' | b']' | b',' | b':' => reader.at += 1,
            b'"' => drop(reader.string()?),
            // A word that JSON does not have makes it YAML, where `//` may begin a plain scalar.
            _ => drop(serde_json::from_str::<Value>(reader.word()?).ok()?),
        }
        if let Some(first) = first.filter(|_| is_json) {
            return Some(first);
        }
    }
}

/// Reads a text from the front.
struct Reader<'t> {
    text: &'t str,
    /// Is the next byte.
    at: usize,
    line: usize,
    /// Holds a byte on this line and its column. Counting starts there, since a minified file is a single line.
    counted: (usize, usize),
    /// Is the first duplicate key.
    duplicate: Option<Error>,
}

impl Reader<'_> {
    /// Returns the next byte.
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Consumes this byte if it is next.
    fn take(&mut self, sign: u8) -> Option<()> {
        (self.peek()? == sign).then(|| self.at += 1)
    }

    /// Skips whitespace (RFC 8259, section 2: `ws`). Counts line ends as [`super::Lines`] does.
    fn blanks(&mut self) {
        while let Some(sign @ (b' ' | b'\t' | b'\n' | b'\r')) = self.peek() {
            self.at += 1;
            if sign == b'\n' || (sign == b'\r' && self.peek() != Some(b'\n')) {
                self.line += 1;
                self.counted = (self.at, 1);
            }
        }
    }

    /// Skips a comment.
    fn skip_comment(&mut self) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        let end = match rest.get(..2)? {
            "//" => rest.find(['\n', '\r']).unwrap_or(rest.len()),
            "/*" => rest.find("*/")? + 2,
            _ => return None,
        };
        let comment = rest.get(..end)?;
        self.line += comment.matches('\n').count();
        // A block comment may span lines. The column is counted from the last line end in it.
        if let Some(last) = comment.rfind('\n') {
            self.counted = (self.at + last + 1, 1);
        }
        self.at += end;
        Some(())
    }

    /// Returns the position of the next byte.
    fn here(&mut self) -> Position {
        let (from, column) = self.counted;
        let column = column + self.text.get(from..self.at).map_or(0, |before| before.chars().count());
        self.counted = (self.at, column);
        Position::new(self.line, column)
    }

    /// Reads a value. `key` is the position of its key in a mapping.
    fn value(&mut self, depth: usize, key: Option<Position>) -> Option<(Value, Positions)> {
        self.blanks();
        let at = self.here();
        let mut children = Children::None;
        let value = match self.peek().filter(|_| depth < DEEPEST)? {
            b'{' => {
                let (map, positions) = self.object(depth)?;
                children = Children::Map(positions);
                Value::Object(map)
            }
            b'[' => {
                let (list, positions) = self.list(depth)?;
                children = Children::List(positions);
                Value::Array(list)
            }
            b'"' => Value::String(self.string()?),
            _ => serde_json::from_str(self.word()?).ok()?,
        };
        Some((value, Positions { key, value: at, children }))
    }

    /// Reads an object.
    fn object(&mut self, depth: usize) -> Option<(Map<String, Value>, BTreeMap<String, Positions>)> {
        let (mut map, mut positions) = (Map::new(), BTreeMap::<String, Positions>::new());
        self.at += 1;
        self.blanks();
        if self.take(b'}').is_some() {
            return Some((map, positions));
        }
        loop {
            self.blanks();
            let at = self.here();
            let name = self.string()?;
            self.blanks();
            self.take(b':')?;
            let (value, child) = self.value(depth + 1, Some(at))?;
            // Reported only if the whole text is JSON; otherwise the YAML reader finds it again.
            if let Some(first) = positions.get(&name) {
                self.duplicate.get_or_insert_with(|| duplicate(&name, at, first));
            }
            positions.insert(name.clone(), child);
            map.insert(name, value);
            self.blanks();
            if self.take(b',').is_none() {
                self.take(b'}')?;
                return Some((map, positions));
            }
        }
    }

    /// Reads a list.
    fn list(&mut self, depth: usize) -> Option<(Vec<Value>, Vec<Positions>)> {
        let (mut list, mut positions) = (Vec::new(), Vec::new());
        self.at += 1;
        self.blanks();
        if self.take(b']').is_some() {
            return Some((list, positions));
        }
        loop {
            let (value, child) = self.value(depth + 1, None)?;
            list.push(value);
            positions.push(child);
            self.blanks();
            if self.take(b',').is_none() {
                self.take(b']')?;
                return Some((list, positions));
            }
        }
    }

    /// Reads a string. `serde_json` decodes its escapes, and accepts surrogates only in pairs.
    fn string(&mut self) -> Option<String> {
        let start = self.at;
        self.take(b'"')?;
        loop {
            match self.peek()? {
                b'"' => break,
                // An escaped quote does not end the string. The digits of `\u` need no care here.
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        serde_json::from_str(self.text.get(start..self.at)?).ok()
    }

    /// Reads the characters of a number, `true`, `false` or `null`.
    fn word(&mut self) -> Option<&str> {
        let start = self.at;
        while self.peek().is_some_and(|sign| sign.is_ascii_alphanumeric() || b"+-.".contains(&sign)) {
            self.at += 1;
        }
        self.text.get(start..self.at).filter(|word| !word.is_empty())
    }
}
