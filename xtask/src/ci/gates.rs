//! Lists the jobs of `.github/workflows/gates.yml`: what a release needs and `cargo xtask ci` does not run.

use super::Skipped;
use super::machine::Skip;

/// Holds the name of each job, what it checks, and why it runs there only.
const GATES: &[(&str, &str, &str)] = &[
    ("semver", "the public API since the last tag", "cargo-semver-checks takes longer to install than to run"),
    ("deny", "licences, advisories, duplicate dependencies", "needs cargo-deny and the advisory database"),
    ("minimal-versions", "the lowest versions that the manifests allow", "needs a nightly toolchain"),
    ("features", "each feature alone, and combinations", "builds the dependencies a dozen times"),
    ("msrv", "Rust 1.88", "needs that toolchain"),
    ("platforms", "macOS and Windows", "needs other machines"),
];

/// Returns the jobs as skipped checks. They are allowed in continuous integration, which runs them beside this command.
pub(super) fn skipped() -> impl Iterator<Item = Skipped> {
    GATES.iter().map(|(job, checks, reason)| {
        let skip = Skip::new(format!("{checks}; {reason}"), "runs in .github/workflows/gates.yml");
        Skipped { name: job, skip: Skip { is_allowed: true, ..skip } }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_gate_is_a_job_of_the_workflow_and_every_job_is_listed() {
        // These judge something else than what is released.
        const OTHERS: [&str; 2] = ["latest-dependencies", "workflows"];
        let workflow = include_str!("../../../.github/workflows/gates.yml");
        let (_, jobs) = workflow.split_once("\njobs:\n").unwrap();
        let jobs = jobs.lines().filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'));
        let jobs: Vec<_> = jobs.filter(|job| !job.starts_with([' ', '#']) && !OTHERS.contains(job)).collect();
        assert_eq!(jobs, GATES.iter().map(|(job, ..)| *job).collect::<Vec<_>>());
    }
}
