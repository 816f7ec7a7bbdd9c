//! Extracts blocks of Rust from Markdown.

use anyhow::{Result, anyhow};

/// Holds a block of Rust to compile, and its first line.
#[derive(Debug, PartialEq)]
pub(super) struct Block {
    pub(super) line: usize,
    pub(super) code: String,
}

/// Returns all blocks of Rust except those marked `ignore`, which are excerpts.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((_, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        // The info string looks like `rust,no_run`.
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

/// Refuses lines that begin with `# `: rustdoc hides them, but code hosts show them, and they do not compile when
/// pasted.
pub(super) fn check_pasteable(code: &str) -> Result<()> {
    match code.lines().position(|line| line.trim_start().starts_with("# ") || line.trim() == "#") {
        None => Ok(()),
        Some(line) => Err(anyhow!("line {} is hidden by rustdoc only; code hosts show it", line + 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_blocks_of_rust_with_their_lines() {
        let text = "a\n```rust\nfn a() {}\n```\n```sh\ncargo add x\n```\n```rust,no_run\nb();\n\nc();\n```\n";
        let found = blocks(text);
        let expected = [(3, "fn a() {}\n"), (9, "b();\n\nc();\n")];
        assert_eq!(found, expected.map(|(line, code)| Block { line, code: code.to_owned() }));
    }

    #[test]
    fn skips_excerpts_other_languages_and_empty_blocks() {
        for other in ["```rust,ignore\na\n```", "```text\na\n```", "```\na\n```", "```rust\n```", "```rusty\na\n```"] {
            assert_eq!(blocks(other), [], "{other}");
        }
    }

    #[test]
    fn refuses_hidden_lines_but_not_attributes() {
        for hidden in ["# fn main() {", "a();\n#\nb();", "    # Ok(()) }"] {
            assert!(check_pasteable(hidden).is_err(), "{hidden}");
        }
        for shown in ["#[derive(Debug)]\nstruct A;", "#![allow(unused)]", "r#\"# no\"#;", "let a = 1; // # 2"] {
            assert!(check_pasteable(shown).is_ok(), "{shown}");
        }
    }
}
