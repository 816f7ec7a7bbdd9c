//! Reads JSON: all of RFC 8259 and nothing else.
//!
//! Nearly all JSON is YAML, but not for the YAML reader that is used here: escaped surrogate pairs, tabs that indent, keys
//! of more than 1024 characters and DEL in a text are not. A file that is JSON is read as such, and takes less time.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{DEEPEST, Inner, Mark, twice};
use crate::error::{Error, Position};

/// What the text holds; nothing if it is no JSON, or nested too deep, which is for the YAML reader to say. An error is what
/// JSON allows and a spec must not have.
pub(super) fn read(text: &str) -> Option<Result<(Value, Mark), Error>> {
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let mut reader = Reader { text, at: 0, line: 1, counted: (0, 1), twice: None };
    let read = reader.value(0, None).filter(|_| {
        reader.blanks();
        reader.at == text.len()
    })?;
    Some(reader.twice.map_or(Ok(read), Err))
}

/// Where a comment begins in what is JSON otherwise: outside of texts, where a value or a sign could stand.
pub(super) fn comment(text: &str) -> Option<Position> {
    let mut reader = Reader { text, at: 0, line: 1, counted: (0, 1), twice: None };
    let (mut first, mut is_json) = (None, false);
    loop {
        reader.blanks();
        match reader.peek()? {
            b'/' => {
                let place = reader.here();
                reader.passed()?;
                first.get_or_insert(place);
            }
            b'{' | b'[' => {
                reader.at += 1;
                is_json = true;
            }
            _ if !is_json => return None,
            b'}' | b']' | b',' | b':' => reader.at += 1,
            b'"' => drop(reader.string()?),
            // Words that JSON has not are YAML, where `//` may begin a text.
            _ => drop(serde_json::from_str::<Value>(reader.word()?).ok()?),
        }
        if let Some(first) = first.filter(|_| is_json) {
            return Some(first);
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    line: usize,
    /// A byte on this line, and its column: columns are counted from the last place that was asked for.
    counted: (usize, usize),
    twice: Option<Error>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, sign: u8) -> Option<()> {
        (self.peek()? == sign).then(|| self.at += 1)
    }

    /// RFC 8259, section 2: `ws`. Line ends are counted as [`super::Lines`] counts them.
    fn blanks(&mut self) {
        while let Some(sign @ (b' ' | b'\t' | b'\n' | b'\r')) = self.peek() {
            self.at += 1;
            if sign == b'\n' || (sign == b'\r' && self.peek() != Some(b'\n')) {
                self.line += 1;
                self.counted = (self.at, 1);
            }
        }
    }

    /// Passes over a comment.
    fn passed(&mut self) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        let end = match rest.get(..2)? {
            "//" => rest.find(['\n', '\r']).unwrap_or(rest.len()),
            "/*" => rest.find("*/")? + 2,
            _ => return None,
        };
        // Only what follows the last line end in it stands on the line where it ends.
        let passed = rest.get(..end)?;
        self.line += passed.matches('\n').count();
        if let Some(last) = passed.rfind('\n') {
            self.counted = (self.at + last + 1, 1);
        }
        self.at += end;
        Some(())
    }

    fn here(&mut self) -> Position {
        let (from, column) = self.counted;
        let column = column + self.text.get(from..self.at).map_or(0, |passed| passed.chars().count());
        self.counted = (self.at, column);
        Position::new(self.line, column)
    }

    fn value(&mut self, depth: usize, key: Option<Position>) -> Option<(Value, Mark)> {
        self.blanks();
        let at = self.here();
        let mut inner = Inner::Nothing;
        let value = match self.peek().filter(|_| depth < DEEPEST)? {
            b'{' => {
                let (map, marks) = self.object(depth)?;
                inner = Inner::Map(marks);
                Value::Object(map)
            }
            b'[' => {
                let (list, marks) = self.list(depth)?;
                inner = Inner::List(marks);
                Value::Array(list)
            }
            b'"' => Value::String(self.string()?),
            _ => serde_json::from_str(self.word()?).ok()?,
        };
        Some((value, Mark { key, value: at, inner }))
    }

    fn object(&mut self, depth: usize) -> Option<(Map<String, Value>, BTreeMap<String, Mark>)> {
        let (mut map, mut marks) = (Map::new(), BTreeMap::<String, Mark>::new());
        self.at += 1;
        self.blanks();
        if self.take(b'}').is_some() {
            return Some((map, marks));
        }
        loop {
            self.blanks();
            let at = self.here();
            let name = self.string()?;
            self.blanks();
            self.take(b':')?;
            let (value, mark) = self.value(depth + 1, Some(at))?;
            if let Some(first) = marks.get(&name) {
                self.twice.get_or_insert_with(|| twice(&name, at, first));
            }
            marks.insert(name.clone(), mark);
            map.insert(name, value);
            self.blanks();
            if self.take(b',').is_none() {
                self.take(b'}')?;
                return Some((map, marks));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Option<(Vec<Value>, Vec<Mark>)> {
        let (mut list, mut marks) = (Vec::new(), Vec::new());
        self.at += 1;
        self.blanks();
        if self.take(b']').is_some() {
            return Some((list, marks));
        }
        loop {
            let (value, mark) = self.value(depth + 1, None)?;
            list.push(value);
            marks.push(mark);
            self.blanks();
            if self.take(b',').is_none() {
                self.take(b']')?;
                return Some((list, marks));
            }
        }
    }

    /// A text; what is escaped in it is read by `serde_json`, which takes surrogates in pairs only.
    fn string(&mut self) -> Option<String> {
        let start = self.at;
        self.take(b'"')?;
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        serde_json::from_str(self.text.get(start..self.at)?).ok()
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self) -> Option<&str> {
        let start = self.at;
        while self.peek().is_some_and(|sign| sign.is_ascii_alphanumeric() || b"+-.".contains(&sign)) {
            self.at += 1;
        }
        self.text.get(start..self.at).filter(|word| !word.is_empty())
    }
}
