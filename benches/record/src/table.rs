//! Rows as a table of Markdown, whose columns stand below each other also where nobody renders it.

use crate::{Figure, Row, short};

/// A column for each kind of figure, in the order in which they turn up.
pub(crate) fn of(rows: &[Row]) -> String {
    let grouped = rows.iter().any(|row| !row.group.is_empty());
    let mut kinds: Vec<&Figure> = Vec::new();
    for figure in rows.iter().flat_map(|row| &row.figures) {
        if !kinds.iter().any(|kind| same(kind, figure)) {
            kinds.push(figure);
        }
    }
    let mut header = vec!["what".to_owned()];
    header.extend(kinds.iter().map(|kind| match kind.unit.as_str() {
        "" => kind.name.clone(),
        unit => format!("{}, {unit}", kind.name),
    }));
    let mut lines = vec![header];
    lines.extend(rows.iter().map(|row| {
        let cell = |kind: &&Figure| row.figures.iter().find(|figure| same(kind, figure)).map(cell).unwrap_or_default();
        std::iter::once(row.name.clone()).chain(kinds.iter().map(cell)).collect()
    }));
    if grouped {
        let groups = rows.iter().map(|row| row.group.as_str());
        let before = std::iter::once("").chain(rows.iter().map(|row| row.group.as_str()));
        // A group is named once, where it begins.
        let names = groups.zip(before).map(|(group, before)| if group == before { "" } else { group });
        for (line, name) in lines.iter_mut().zip(std::iter::once("operation").chain(names)) {
            line.insert(0, name.to_owned());
        }
    }
    drawn(&lines, 1 + usize::from(grouped))
}

fn same(one: &Figure, other: &Figure) -> bool {
    one.name == other.name && one.unit == other.unit
}

fn cell(figure: &Figure) -> String {
    let median = short(figure.spread.median());
    match figure.spread.quartiles().map(|(lower, upper)| (short(lower), short(upper))) {
        Some((lower, upper)) if lower != upper => format!("{median} ({lower}–{upper})"),
        _ => median,
    }
}

/// The first columns are words and stand on the left, the others are numbers.
fn drawn(lines: &[Vec<String>], words: usize) -> String {
    let columns = lines.first().map_or(0, Vec::len);
    let width = |column: usize| {
        lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        for (column, (cell, &width)) in line.iter().zip(&widths).enumerate() {
            text += &if column < words { format!("| {cell:<width$} ") } else { format!("| {cell:>width$} ") };
        }
        text += "|\n";
        if number == 0 {
            for (column, &width) in widths.iter().enumerate() {
                let end = if column < words { '-' } else { ':' };
                text += &format!("|{}{end}", "-".repeat(width + 1));
            }
            text += "|\n";
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Spread;

    #[test]
    fn a_group_is_named_once_and_what_was_not_measured_is_left_out() {
        let rows = [
            Row::new("getLock", "hyper").with("CPU", "µs", Spread::of([1.0, 2.0, 3.0, 4.0, 5.0])),
            Row::new("getLock", "unloc").with("CPU", "µs", Spread::single(7.0)).with("ratio", "", Spread::single(2.5)),
        ];
        let expected = "\
| operation | what  | CPU, µs | ratio |
|-----------|-------|--------:|------:|
| getLock   | hyper | 3 (2–4) |       |
|           | unloc |       7 |  2.50 |
";
        assert_eq!(of(&rows), expected);
    }
}
