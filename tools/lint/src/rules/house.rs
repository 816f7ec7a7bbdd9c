//! House rules: what `openapi/README.md` asks of our own specs. Switched on by `house: true` in `lint.yaml` beside them.

mod examples;
mod keys;
mod operations;
mod schemas;

use crate::finding::{Findings, Rule};
use crate::spec::Spec;

pub(crate) const RULES: &[&Rule] = &[
    &keys::KEY,
    &operations::EVIDENCE,
    &operations::SUMMARY,
    &operations::DESCRIBED,
    &operations::TAG,
    &operations::SUCCESS,
    &examples::PRESENT,
    &examples::INVENTED,
    &schemas::ENUM,
    &schemas::INTEGER,
    &schemas::BOUNDS,
    &schemas::QUOTES,
];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    keys::check(findings);
    operations::check(spec, findings);
    examples::check(spec, findings);
    schemas::check(spec, findings);
}
