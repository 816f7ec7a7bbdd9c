//! Formats the changes as text, Markdown or JSON.

use std::str::FromStr;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::change::{Change, Place, Verdict};
use crate::version::{Bump, Version};

/// Selects the format of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Is text for a terminal.
    Human,
    /// Is Markdown for a pull request.
    Markdown,
    /// Is one JSON object.
    Json,
}

impl FromStr for Format {
    type Err = anyhow::Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "human" => Ok(Self::Human),
            "markdown" => Ok(Self::Markdown),
            "json" => Ok(Self::Json),
            _ => bail!("unknown format `{name}`; use human, markdown or json"),
        }
    }
}

/// Holds the result of a comparison.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Names the two compared sides.
    pub sides: String,
    /// Lists the changes, sorted by place.
    pub changes: Vec<Change>,
    /// Counts the changed descriptions and examples.
    pub texts: usize,
    /// Lists further notes for the reader, one line each.
    pub notes: Vec<String>,
    /// Is the version that the old side was released with.
    pub base: Option<Version>,
    /// Is the version in `Cargo.toml` now.
    pub now: Option<Version>,
}

impl Outcome {
    /// Returns the kind of version bump that the changes need.
    #[must_use]
    pub fn bump(&self) -> Bump {
        Bump::of(&self.changes)
    }

    /// Returns the lowest version that these changes may be released with.
    #[must_use]
    pub fn needed(&self) -> Option<Version> {
        self.base.as_ref().map(|base| base.after(self.bump()))
    }

    /// Returns whether the version in `Cargo.toml` is too low for these changes.
    #[must_use]
    pub fn is_too_small(&self) -> bool {
        self.needed().zip(self.now.as_ref()).is_some_and(|(needed, now)| *now < needed)
    }

    /// Formats the report.
    #[must_use]
    pub fn report(&self, format: Format, colour: bool) -> String {
        match format {
            Format::Human => self.human(colour),
            Format::Markdown => self.markdown(),
            Format::Json => format!("{}\n", self.json()),
        }
    }

    fn counts(&self) -> String {
        let count = |verdict: Verdict, of: fn(&Change) -> Verdict| {
            self.changes.iter().filter(|change| of(change) == verdict).count()
        };
        let listed = |of: fn(&Change) -> Verdict| {
            let all = [Verdict::Breaking, Verdict::FailsAtRunTime, Verdict::Unknown, Verdict::Compatible];
            let found = all.into_iter().filter(|verdict| count(*verdict, of) > 0);
            found.map(|verdict| format!("{} {}", count(verdict, of), verdict.name())).collect::<Vec<_>>().join(", ")
        };
        let texts = match self.texts {
            1 => "1 description or example changed".to_owned(),
            count => format!("{count} descriptions or examples changed"),
        };
        if self.changes.is_empty() {
            return format!("no changes; {texts}");
        }
        let changes =
            if self.changes.len() == 1 { "1 change".to_owned() } else { format!("{} changes", self.changes.len()) };
        format!(
            "{changes}. On the wire: {}. For Rust code: {}; {texts}",
            listed(|one| one.wire),
            listed(|one| one.rust)
        )
    }

    fn version(&self) -> String {
        let (Some(base), Some(now), Some(needed)) = (&self.base, &self.now, self.needed()) else {
            return format!("required version bump: {}", self.bump().name());
        };
        let rest = match self.is_too_small() {
            true => format!("Cargo.toml has {now}, which is too low: set it to {needed}"),
            false => format!("Cargo.toml has {now}, which is sufficient"),
        };
        format!("required version bump: {} ({base} to {needed}); {rest}", self.bump().name())
    }

    fn human(&self, colour: bool) -> String {
        let paint =
            |code: &str, text: &str| if colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() };
        let verdict = |verdict: Verdict| match verdict {
            Verdict::Compatible => paint("32", verdict.name()),
            Verdict::Unknown => paint("1;33", verdict.name()),
            _ => paint("1;31", verdict.name()),
        };
        let mut out = format!("{}\n\n", self.sides);
        for change in &self.changes {
            out.push_str(&format!("{}: {}\n", change.kind.name(), paint("1", &change.what)));
            for (mark, place) in [("-", &change.old_place), ("+", &change.new_place)] {
                if let Some(place) = place {
                    out.push_str(&format!("  {mark} {}\n", shown(place)));
                }
            }
            out.push_str(&format!("  on the wire: {}: {}\n", verdict(change.wire), change.why));
            out.push_str(&format!("  for Rust:    {}: {}\n", verdict(change.rust), change.rust_why));
            for line in change.items.iter().take(SHOWN) {
                out.push_str(&format!("    {line}\n"));
            }
            if change.items.len() > SHOWN {
                out.push_str(&format!("    and {} more\n", change.items.len() - SHOWN));
            }
            if !change.operations.is_empty() {
                let operations = change.operations.iter().cloned().collect::<Vec<_>>().join(", ");
                out.push_str(&format!("  {}: {operations}\n", change.direction.name()));
            }
            out.push('\n');
        }
        for note in &self.notes {
            out.push_str(&format!("note: {note}\n\n"));
        }
        out.push_str(&format!("{}\n{}\n", self.counts(), self.version()));
        if let Some(entry) = self.entry() {
            out.push_str(&format!("\ndraft for CHANGELOG.md:\n\n{entry}"));
        }
        out
    }

    fn markdown(&self) -> String {
        let mut out = format!("## Impact on users\n\n{}.\n\n{}.\n\n", self.counts(), self.version());
        for note in &self.notes {
            out.push_str(&format!("Note: {note}\n\n"));
        }
        if !self.changes.is_empty() {
            out.push_str("| change | on the wire | for Rust code | operations | lines |\n|---|---|---|---|---|\n");
        }
        for change in &self.changes {
            let lines = [&change.old_place, &change.new_place]
                .map(|place| place.as_ref().map_or("–".to_owned(), |place| place.at.line.to_string()));
            let operations = change.operations.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            let cells = [
                format!("{}: {}", change.kind.name(), change.what),
                format!("**{}**: {}", change.wire.name(), change.why),
                format!("**{}**: {}", change.rust.name(), change.rust_why),
                operations,
                format!("{} → {}", lines[0], lines[1]),
            ];
            let cells = cells.map(|cell| cell.replace('|', "\\|").replace('\n', " "));
            out.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
        let mut items: Vec<_> = self.changes.iter().flat_map(|change| &change.items).map(String::as_str).collect();
        // The same change in requests and in responses lists the same items.
        items.dedup();
        if !items.is_empty() {
            out.push_str(&format!(
                "\n<details><summary>{} changed items of the public API</summary>\n\n```diff\n{}\n```\n\n</details>\n",
                items.len(),
                items.join("\n")
            ));
        }
        if let Some(entry) = self.entry() {
            out.push_str(&format!("\nDraft for the changelog:\n\n```markdown\n{entry}```\n"));
        }
        out
    }

    fn json(&self) -> Value {
        let place = |place: &Option<Place>| {
            let place = place.as_ref()?;
            Some(json!({ "file": place.file, "line": place.at.line, "column": place.at.column }))
        };
        let changes = self.changes.iter().map(|change| {
            json!({
                "kind": change.kind.name(), "direction": change.direction.name(), "message": change.what,
                "wire": change.wire.name(), "wireReason": change.why, "rust": change.rust.name(), "rustReason": change.rust_why,
                "lost": change.lost, "new": change.new, "operations": change.operations, "items": change.items,
                "oldPlace": place(&change.old_place), "newPlace": place(&change.new_place),
            })
        });
        let version = |version: Option<&Version>| version.map(ToString::to_string);
        json!({
            "changes": changes.collect::<Vec<_>>(), "texts": self.texts, "notes": self.notes, "bump": self.bump().name(),
            "version": { "base": version(self.base.as_ref()), "now": version(self.now.as_ref()), "needed": version(self.needed().as_ref()), "isTooSmall": self.is_too_small() },
            "changelog": self.entry(),
        })
    }

    /// Returns a draft of the changelog entry.
    fn entry(&self) -> Option<String> {
        let mut sections = [("Added", Vec::new()), ("Changed", Vec::new()), ("Removed", Vec::new())];
        for change in &self.changes {
            let is_breaking = matches!(change.rust, Verdict::Breaking | Verdict::FailsAtRunTime);
            let section = match (change.old_side(), change.new_side()) {
                (false, true) => 0,
                (true, false) => 2,
                _ => 1,
            };
            let mut line = sentence(&change.what);
            if is_breaking {
                line = format!("**Breaking:** {line}");
            }
            if !sections[section].1.contains(&line) {
                sections[section].1.push(line);
            }
        }
        let filled = sections.into_iter().filter(|(_, lines)| !lines.is_empty());
        let filled = filled.map(|(name, lines)| format!("### {name}\n\n* {}\n", lines.join("\n* ")));
        let text = filled.collect::<Vec<_>>().join("\n");
        (!text.is_empty()).then_some(text)
    }
}

/// Limits the items of a change in text reports. Markdown and JSON list all of them.
const SHOWN: usize = 12;

fn shown(place: &Place) -> String {
    format!("{}:{}:{}", place.file, place.at.line, place.at.column)
}

/// Returns the text as a sentence: with a capital and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}
