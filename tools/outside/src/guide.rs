//! Blocks of Rust in Markdown.

use anyhow::{Result, anyhow};

/// A block of Rust that is meant to be compiled, and the line that it begins at.
#[derive(Debug, PartialEq)]
pub(super) struct Block {
    pub(super) line: usize,
    pub(super) code: String,
}

/// All blocks, but for those that rustdoc is told to leave alone: excerpts of something longer.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((_, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let mut words = info.split(',').map(str::trim);
        let is_rust = words.next() == Some("rust") && words.all(|word| !word.starts_with("ignore"));
        let inside: Vec<_> = lines.by_ref().take_while(|(_, line)| *line != "```").collect();
        if let Some((first, _)) = inside.first().filter(|_| is_rust) {
            let code = inside.iter().flat_map(|(_, line)| [*line, "\n"]).collect();
            blocks.push(Block { line: first + 1, code });
        }
    }
    blocks
}

/// rustdoc hides lines that begin with `# `; a code host shows them, and nobody can paste them.
pub(super) fn pasteable(code: &str) -> Result<()> {
    match code.lines().position(|line| line.trim_start().starts_with("# ") || line.trim() == "#") {
        None => Ok(()),
        Some(line) => Err(anyhow!("line {} is one of rustdoc's hidden lines, which code hosts show", line + 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_rust_are_found_with_their_lines() {
        let text = "a\n```rust\nfn a() {}\n```\n```sh\ncargo add x\n```\n```rust,no_run\nb();\n\nc();\n```\n";
        let found = blocks(text);
        let expected = [(3, "fn a() {}\n"), (9, "b();\n\nc();\n")];
        assert_eq!(found, expected.map(|(line, code)| Block { line, code: code.to_owned() }));
    }

    #[test]
    fn excerpts_other_languages_and_empty_blocks_are_none() {
        for other in ["```rust,ignore\na\n```", "```text\na\n```", "```\na\n```", "```rust\n```", "```rusty\na\n```"] {
            assert_eq!(blocks(other), [], "{other}");
        }
    }

    #[test]
    fn hidden_lines_are_refused_and_attributes_are_not() {
        for hidden in ["# fn main() {", "a();\n#\nb();", "    # Ok(()) }"] {
            assert!(pasteable(hidden).is_err(), "{hidden}");
        }
        for shown in ["#[derive(Debug)]\nstruct A;", "#![allow(unused)]", "r#\"# no\"#;", "let a = 1; // # 2"] {
            assert!(pasteable(shown).is_ok(), "{shown}");
        }
    }
}
