//! Provides edits that make a slip at a line of a text.

/// Makes a slip at a line of a text; nothing if it is not applicable there.
pub(crate) type Make = Box<dyn Fn(&[&str], usize) -> Option<Vec<String>> + Send + Sync>;

/// Describes one kind of slip.
pub(crate) struct Kind {
    pub(crate) name: String,
    pub(crate) make: Make,
}

pub(crate) fn kind(
    name: impl Into<String>,
    make: impl Fn(&[&str], usize) -> Option<Vec<String>> + Send + Sync + 'static,
) -> Kind {
    Kind { name: name.into(), make: Box::new(make) }
}

/// Changes one line.
pub(crate) fn line(name: impl Into<String>, change: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Kind {
    kind(name, move |lines, place| {
        let new = change(lines[place])?;
        let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        lines[place] = new;
        Some(lines)
    })
}

/// Replaces a text within a line.
pub(crate) fn replaced(old: &'static str, new: &'static str) -> Kind {
    line(format!("{old:?} becomes {new:?}"), move |line| line.contains(old).then(|| line.replacen(old, new, 1)))
}

/// Removes this many lines, beginning with one that starts with this text.
pub(crate) fn without(start: &'static str, count: usize) -> Kind {
    let lines = if count == 1 { "line" } else { "lines" };
    kind(format!("{count} {lines} removed at {start:?}"), move |lines, place| {
        lines[place].starts_with(start).then(|| {
            let rest = lines.iter().enumerate().filter(|(number, _)| !(place..place + count).contains(number));
            rest.map(|(_, line)| (*line).to_owned()).collect()
        })
    })
}

/// Inserts a line after one that contains this text.
pub(crate) fn after(mark: &'static str, new: &'static str) -> Kind {
    kind(format!("{new:?} inserted after {mark:?}"), move |lines, place| {
        lines[place].contains(mark).then(|| {
            let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            let indent = lines[place].len() - lines[place].trim_start().len();
            lines.insert(place + 1, format!("{}{new}", " ".repeat(indent)));
            lines
        })
    })
}

/// Swaps two letters of a key.
pub(crate) fn misspelt(key: &'static str) -> Kind {
    line(format!("`{key}` is misspelt"), move |line| {
        let (indent, rest) = line.split_at(line.len() - line.trim_start().len());
        let rest = rest.strip_prefix(key)?.strip_prefix(':')?;
        let mut letters: Vec<char> = key.chars().collect();
        let place = letters.len() / 2;
        if letters[place - 1] == letters[place] {
            letters[place] = 'x';
        } else {
            letters.swap(place - 1, place);
        }
        // The rest of the line stays: a property of this name may have a block or a value.
        Some(format!("{indent}{}:{rest}", letters.into_iter().collect::<String>()))
    })
}
