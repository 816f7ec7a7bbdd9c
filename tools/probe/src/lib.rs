//! Compares a running service with its specs. The command is `cargo xtask probe`.

mod command;
mod compare;
mod errors;
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

/// Holds the result of a probe.
#[derive(Clone, Debug)]
pub struct Probed {
    /// Holds one report for each operation of the specs, in the order of the calls.
    pub reports: Vec<Report>,
    /// Describes the resources that were created and still exist.
    pub left: Vec<String>,
    /// Counts the clients of the specs that received a token.
    pub tokens: usize,
}

impl Probed {
    /// Formats the result as Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        report::markdown(&self.reports, &self.left)
    }

    /// Formats the result as one JSON object.
    #[must_use]
    pub fn json(&self) -> String {
        report::json(&self.reports, &self.left)
    }

    /// Returns whether at least one client received a token.
    #[must_use]
    pub fn has_token(&self) -> bool {
        self.tokens > 0
    }

    /// Returns whether a response deviates from the specs, or a call got no response.
    #[must_use]
    pub fn deviates(&self) -> bool {
        self.reports.iter().any(|report| !report.deviations.is_empty())
    }
}

/// Returns whether credentials are safe there: the URL has TLS, or is a loopback address.
fn is_safe(base_url: &str) -> bool {
    let Ok(url) = base_url.parse::<reqwest::Url>() else { return false };
    let is_loopback = url.host_str().is_some_and(|host| ["localhost", "127.0.0.1", "[::1]"].contains(&host));
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback)
}

/// Probes a service by the specs of the package in this folder.
///
/// # Errors
/// Fails if a spec cannot be read, or if the credentials would be sent without TLS.
pub fn probe(root: &Path, access: Access) -> Result<Probed> {
    ensure!(
        is_safe(&access.base_url),
        "`--base-url` must begin with https://: without TLS, the credentials are readable on the network"
    );
    let read = |api: &str| Document::read(&root.join(format!("openapi/{api}.yaml")));
    let (auth, integrator) = (read("auth")?, read("integrator")?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.context("the Tokio runtime cannot be created")?;
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
    fn only_tls_and_loopback_urls_are_safe() {
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
