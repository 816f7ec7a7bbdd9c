//! How a slip is made at a line of a text.

/// Makes a mistake at a line of a text; nothing if it cannot be made there.
pub(crate) type Make = Box<dyn Fn(&[&str], usize) -> Option<Vec<String>> + Send + Sync>;

/// A kind of mistake.
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

/// One line becomes another.
pub(crate) fn line(name: impl Into<String>, change: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Kind {
    kind(name, move |lines, place| {
        let new = change(lines[place])?;
        let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        lines[place] = new;
        Some(lines)
    })
}

/// A text is replaced where it stands in a line.
pub(crate) fn replaced(old: &'static str, new: &'static str) -> Kind {
    line(format!("{old:?} becomes {new:?}"), move |line| line.contains(old).then(|| line.replacen(old, new, 1)))
}

/// So many lines are taken out, from one that begins like this on.
pub(crate) fn without(start: &'static str, count: usize) -> Kind {
    kind(format!("{count} lines from {start:?} on are gone"), move |lines, place| {
        lines[place].starts_with(start).then(|| {
            let rest = lines.iter().enumerate().filter(|(number, _)| !(place..place + count).contains(number));
            rest.map(|(_, line)| (*line).to_owned()).collect()
        })
    })
}

/// A line comes in behind one that holds this.
pub(crate) fn behind(mark: &'static str, new: &'static str) -> Kind {
    kind(format!("{new:?} behind {mark:?}"), move |lines, place| {
        lines[place].contains(mark).then(|| {
            let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            let indent = lines[place].len() - lines[place].trim_start().len();
            lines.insert(place + 1, format!("{}{new}", " ".repeat(indent)));
            lines
        })
    })
}

/// Two letters of a key change places.
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
        // What is a text block goes on below, and is a property of that name as likely as not.
        Some(format!("{indent}{}:{rest}", letters.into_iter().collect::<String>()))
    })
}
