//! `cargo xtask probe`: how a running service differs from the specs.

mod compare;
mod refusals;
mod report;
mod tokens;
mod walk;
mod write;

use std::path::Path;
use std::process::ExitCode;

use unloc_spec::Document;
use walk::{Access, Service};

const USAGE: &str = "\
usage: cargo xtask probe --base-url URL [--write] [--format markdown|json]

Calls the operations of the specs that only read, with the credentials in UNLOC_CLIENT_ID and UNLOC_CLIENT_SECRET, and
reports where the answers deviate, also those for an id that nothing has and for a path without the slash at its end. With
--write, it also makes two keys, a role and a webhook for a number that is kept for fiction, takes them back, and lists what
stays: the service has no way to delete keys and roles. Values are never shown, nor names that the specs do not know and that
could be somebody's. Exit codes: 0 no deviation, 1 deviations, or no answer to some call, 2 not usable.";

/// Probes the service that the arguments name.
pub(crate) fn run(root: &Path, arguments: &[&str]) -> ExitCode {
    let (mut base_url, mut write, mut json) = (None, false, false);
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match *argument {
            "--base-url" => base_url = arguments.next().map(|url| url.trim_end_matches('/').to_owned()),
            "--write" => write = true,
            "--format" => match arguments.next() {
                Some(&"json") => json = true,
                Some(&"markdown") => json = false,
                _ => return refuse("`--format` takes markdown or json"),
            },
            "-h" | "--help" => {
                println!("{USAGE}");
                return ExitCode::SUCCESS;
            }
            other => return refuse(&format!("there is no option `{other}`")),
        }
    }
    let Some(base_url) = base_url else { return refuse("`--base-url` is missing: the address of the service") };
    if !is_safe(&base_url) {
        return refuse("`--base-url` must begin with https://: the credentials would travel for everybody to read");
    }
    let credential = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let (Some(client_id), Some(client_secret)) = (credential("UNLOC_CLIENT_ID"), credential("UNLOC_CLIENT_SECRET"))
    else {
        return refuse("UNLOC_CLIENT_ID and UNLOC_CLIENT_SECRET are not set");
    };
    let access = Access { base_url, client_id, client_secret, write };
    match probe(root, access) {
        Ok(service) => {
            let write = if json { report::json } else { report::markdown };
            print!("{}", write(&service.reports, &service.left));
            if !service.has_token() {
                eprintln!("error: no token was given: are base URL and credentials right?");
                return ExitCode::from(2);
            }
            let deviates = service.reports.iter().any(|report| !report.deviations.is_empty());
            if deviates { ExitCode::FAILURE } else { ExitCode::SUCCESS }
        }
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::from(2)
        }
    }
}

/// Whether credentials can be sent there: with TLS, or without leaving this machine.
fn is_safe(base_url: &str) -> bool {
    let Ok(url) = base_url.parse::<reqwest::Url>() else { return false };
    let is_near = url.host_str().is_some_and(|host| ["localhost", "127.0.0.1", "[::1]"].contains(&host));
    url.scheme() == "https" || (url.scheme() == "http" && is_near)
}

fn refuse(why: &str) -> ExitCode {
    eprintln!("error: {why}\n\n{USAGE}");
    ExitCode::from(2)
}

fn probe(root: &Path, access: Access) -> Result<Service, String> {
    let read = |api: &str| Document::read(&root.join(format!("openapi/{api}.yaml"))).map_err(|error| error.to_string());
    let (auth, integrator) = (read("auth")?, read("integrator")?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("no runtime: {error}"))?;
    runtime.block_on(async {
        let mut service = Service::new(access, auth, integrator)?;
        service.walk().await;
        Ok(service)
    })
}

#[cfg(test)]
mod tests;
