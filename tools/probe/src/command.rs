//! Parses the command line of `cargo xtask probe`.

use std::path::Path;

use anyhow::{Result, bail};
use lexopt::prelude::*;

use crate::{Access, probe};

const USAGE: &str = "\
usage: cargo xtask probe --base-url <URL> [OPTIONS]

Call a running service and report where its responses deviate from the specs. Only reads, unless --write is given. The
error for an unknown id and a path without its trailing slash are probed as well. Reports contain no values, and no
undocumented names that may be personal data.

Options:
      --base-url <URL>   Base URL of the service (required)
      --write            Also create two keys, a role and a webhook for a phone number reserved for fiction, then undo it.
                         The report lists what stays: the service has no way to delete keys and roles
      --format <FORMAT>  Output format: markdown or json [default: markdown]
  -h, --help             Print help

Environment variables:
  UNLOC_CLIENT_ID, UNLOC_CLIENT_SECRET  Client credentials (required)

Exit codes:
  0  no deviations
  1  deviations, or a call without a response
  2  invalid arguments, or the service cannot be probed";

/// Probes the service that the arguments name. Returns the text to print, and whether the service deviates.
///
/// # Errors
/// Fails if the arguments are invalid or the service cannot be probed.
pub fn command(root: &Path, arguments: &mut lexopt::Parser) -> Result<(String, bool)> {
    let (mut base_url, mut write, mut json) = (None, false, false);
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("base-url") => base_url = Some(arguments.value()?.string()?.trim_end_matches('/').to_owned()),
            Long("write") => write = true,
            Long("format") => match arguments.value()?.string()?.as_str() {
                "json" => json = true,
                "markdown" => json = false,
                _ => bail!("invalid value for `--format`: must be markdown or json\n\n{USAGE}"),
            },
            Short('h') | Long("help") => return Ok((format!("{USAGE}\n"), false)),
            other => bail!("{}\n\n{USAGE}", other.unexpected()),
        }
    }
    let Some(base_url) = base_url else { bail!("missing option `--base-url`: the base URL of the service\n\n{USAGE}") };
    // Credentials come from the environment, because arguments are visible in the process list.
    let credential = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let (Some(client_id), Some(client_secret)) = (credential("UNLOC_CLIENT_ID"), credential("UNLOC_CLIENT_SECRET"))
    else {
        bail!("the environment variables UNLOC_CLIENT_ID and UNLOC_CLIENT_SECRET must both be set\n\n{USAGE}")
    };
    let probed = probe(root, Access { base_url, client_id, client_secret, write })?;
    let report = if json { probed.json() } else { probed.markdown() };
    if !probed.has_token() {
        bail!("no token received: check the base URL and the credentials\n\n{report}");
    }
    Ok((report, probed.deviates()))
}
