//! Tests version 2: what it does, and that both versions show the same data.

mod access_groups;
mod both_versions;
mod evidence;
mod isolation;
mod jobs;
mod keys;
mod offboarding;
mod project;
mod sharing_rights;
mod subprojects;
mod webhooks;
