//! The probe: how a running service differs from its specs. `cargo xtask probe` is its command.

mod command;
mod compare;
mod refusals;
mod report;
mod tokens;
mod walk;
mod write;

use std::path::Path;

use anyhow::{Context, Result, ensure};
use unloc_spec::Document;

pub use command::command;
pub use compare::Deviation;
pub use report::Report;
pub use walk::Access;
use walk::Service;

/// What came of a probe.
#[derive(Clone, Debug)]
pub struct Probed {
    /// One for each operation of the specs, in the order in which they were called.
    pub reports: Vec<Report>,
    /// What was made and is still there, in words.
    pub left: Vec<String>,
    /// How many clients of the specs were given a token.
    pub tokens: usize,
}

impl Probed {
    /// What was found, as Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        report::markdown(&self.reports, &self.left)
    }

    /// The same as one JSON object.
    #[must_use]
    pub fn json(&self) -> String {
        report::json(&self.reports, &self.left)
    }

    /// Whether any token was given.
    #[must_use]
    pub fn has_token(&self) -> bool {
        self.tokens > 0
    }

    /// Whether an answer differs from the specs, or one was not to be had.
    #[must_use]
    pub fn deviates(&self) -> bool {
        self.reports.iter().any(|report| !report.deviations.is_empty())
    }
}

/// Whether credentials can be sent there: with TLS, or without leaving this machine.
fn is_safe(base_url: &str) -> bool {
    let Ok(url) = base_url.parse::<reqwest::Url>() else { return false };
    let is_near = url.host_str().is_some_and(|host| ["localhost", "127.0.0.1", "[::1]"].contains(&host));
    url.scheme() == "https" || (url.scheme() == "http" && is_near)
}

/// Calls the operations that the specs of the package in this folder describe.
///
/// # Errors
/// Says what of the specs cannot be read, or that the credentials would travel unprotected.
pub fn probe(root: &Path, access: Access) -> Result<Probed> {
    ensure!(
        is_safe(&access.base_url),
        "`--base-url` must begin with https://: the credentials would travel for everybody to read"
    );
    let read = |api: &str| Document::read(&root.join(format!("openapi/{api}.yaml")));
    let (auth, integrator) = (read("auth")?, read("integrator")?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
    runtime.block_on(async {
        let mut service = Service::new(access, auth, integrator)?;
        service.walk().await;
        Ok(Probed { reports: service.reports, left: service.left, tokens: service.tokens.len() })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_go_nowhere_without_tls_but_to_this_machine() {
        for good in ["https://api.example.com", "http://127.0.0.1:4010", "http://localhost:4010", "http://[::1]:4010"] {
            assert!(is_safe(good), "{good}");
        }
        for bad in [
            "http://api.example.com",
            "http://localhost.example.com",
            "http://127.0.0.1@example.com",
            "ftp://localhost",
            "x",
        ] {
            assert!(!is_safe(bad), "{bad}");
        }
    }
}
