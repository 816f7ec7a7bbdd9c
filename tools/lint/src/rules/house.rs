//! Checks the house rules of `openapi/README.md` for our own specs. `house: true` in their `lint.yaml` switches them
//! on.

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
