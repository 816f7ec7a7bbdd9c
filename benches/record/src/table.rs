//! Formats rows as a Markdown table with aligned columns.

use crate::Row;

/// Formats rows as a table with a column for each kind of figure, in the order of their first occurrence.
#[must_use]
pub fn table(rows: &[Row]) -> String {
    let mut header = vec!["operation".to_owned(), "what".to_owned()];
    for figure in rows.iter().flat_map(|row| &row.figures) {
        if !header.contains(&figure.name) {
            header.push(figure.name.clone());
        }
    }
    let mut lines = vec![header.clone()];
    let mut group = "";
    for row in rows {
        // Only the first row of a group shows its name.
        let named = if row.group == group { "" } else { &row.group };
        group = &row.group;
        let cells = header[2..].iter().map(|name| row.get(name).map(|spread| spread.to_string()));
        let words = [named.to_owned(), row.name.clone()];
        lines.push(words.into_iter().chain(cells.map(Option::unwrap_or_default)).collect());
    }
    if rows.iter().all(|row| row.group.is_empty()) {
        lines.iter_mut().for_each(|line| drop(line.remove(0)));
        return aligned(&lines, 1);
    }
    aligned(&lines, 2)
}

/// Formats the cells. The first `words` columns are left-aligned, the others are right-aligned numbers.
pub(crate) fn aligned(lines: &[Vec<String>], words: usize) -> String {
    let columns = 0..lines.first().map_or(0, Vec::len);
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = columns.map(width).collect();
    let mut drawn = Vec::new();
    for line in lines {
        let cells = line.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| {
            if column < words { format!("| {cell:<width$} ") } else { format!("| {cell:>width$} ") }
        });
        drawn.push(cells.collect::<String>());
    }
    let rule = widths.iter().enumerate();
    let rule =
        rule.map(|(column, width)| format!("|{:-<1$}{2}", "", width + 1, if column < words { '-' } else { ':' }));
    drawn.insert(1, rule.collect());
    drawn.iter().map(|line| format!("{line}|\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Spread;

    #[test]
    fn a_group_is_named_once_and_missing_figures_are_empty_cells() {
        let rows = [
            Row::new("getLock", "hyper").with("CPU, µs", Spread::of([1.0, 2.0, 3.0, 4.0, 5.0])),
            Row::new("getLock", "unloc").with("CPU, µs", Spread::single(7.0)).with("ratio", Spread::single(2.5)),
        ];
        let expected = "\
| operation | what  | CPU, µs | ratio |
|-----------|-------|--------:|------:|
| getLock   | hyper | 3 (2–4) |       |
|           | unloc |       7 |  2.50 |
";
        assert_eq!(table(&rows), expected);
    }
}
