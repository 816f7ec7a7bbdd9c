//! The command line of `cargo xtask probe`.

use std::path::Path;

use anyhow::{Result, bail};
use lexopt::prelude::*;

use crate::{Access, probe};

const USAGE: &str = "\
usage: cargo xtask probe --base-url URL [--write] [--format markdown|json]

Calls the operations of the specs that only read, with the credentials in UNLOC_CLIENT_ID and UNLOC_CLIENT_SECRET, and
reports where the answers deviate, also those for an id that nothing has and for a path without the slash at its end. With
--write, it also makes two keys, a role and a webhook for a number that is kept for fiction, takes them back, and lists what
stays: the service has no way to delete keys and roles. Values are never shown, nor names that the specs do not know and that
could be somebody's. Exit codes: 0 no deviation, 1 deviations, or no answer to some call, 2 not usable.";

/// Probes the service that the arguments name: what is to be printed, and whether the service deviates.
///
/// # Errors
/// Says what is wrong with the arguments, or why nothing could be asked.
pub fn command(root: &Path, arguments: &mut lexopt::Parser) -> Result<(String, bool)> {
    let (mut base_url, mut write, mut json) = (None, false, false);
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("base-url") => base_url = Some(arguments.value()?.string()?.trim_end_matches('/').to_owned()),
            Long("write") => write = true,
            Long("format") => match arguments.value()?.string()?.as_str() {
                "json" => json = true,
                "markdown" => json = false,
                _ => bail!("`--format` takes markdown or json\n\n{USAGE}"),
            },
            Short('h') | Long("help") => return Ok((format!("{USAGE}\n"), false)),
            other => bail!("{}\n\n{USAGE}", other.unexpected()),
        }
    }
    let Some(base_url) = base_url else { bail!("`--base-url` is missing: the address of the service\n\n{USAGE}") };
    let credential = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let (Some(client_id), Some(client_secret)) = (credential("UNLOC_CLIENT_ID"), credential("UNLOC_CLIENT_SECRET"))
    else {
        bail!("UNLOC_CLIENT_ID and UNLOC_CLIENT_SECRET are not set\n\n{USAGE}")
    };
    let probed = probe(root, Access { base_url, client_id, client_secret, write })?;
    let report = if json { probed.json() } else { probed.markdown() };
    if !probed.has_token() {
        bail!("no token was given: are base URL and credentials right?\n\n{report}");
    }
    Ok((report, probed.deviates()))
}
