//! Makes the `tracing` spans of calls, and records their results.

use ::http::StatusCode;
use tracing::Span;
use tracing::field::Empty;

use super::Call;
use crate::error::Error;
use crate::model::operation::Operation;

impl Call<'_> {
    /// Returns the span of the call. Its fields follow OpenTelemetry's semantic conventions for HTTP clients.
    pub(super) fn span(&self) -> Span {
        let (Operation { id, method, path, .. }, base_path) = (self.operation, self.base_path);
        tracing::info_span!(
            // Programs filter by the target, so it stays the same when this code moves to another module.
            target: "unloc::call",
            "call",
            // The template and not the URL: paths contain phone numbers, and OpenTelemetry wants few distinct names.
            otel.name = format_args!("{method} {base_path}{path}"),
            otel.kind = "client",
            otel.status_code = Empty,
            http.request.method = method,
            url.template = format_args!("{base_path}{path}"),
            server.address = self.budget.host(),
            server.port = self.budget.port(),
            http.response.status_code = Empty,
            error.type = Empty,
            unloc.operation = id,
            unloc.outcome = Empty,
            unloc.attempts = Empty,
        )
    }
}

/// Records in a span the status, the error and the outcome of a call or of an attempt.
pub(super) fn record(span: &Span, status: Option<StatusCode>, error: Option<&Error>) {
    match error {
        // No `Outcome` says so, since only errors have one.
        None => span.record("unloc.outcome", "Succeeded"),
        Some(error) => {
            span.record("error.type", error.type_name());
            span.record("unloc.outcome", tracing::field::debug(error.outcome()))
        }
    };
    if let Some(status) = status.or_else(|| error?.status()) {
        span.record("http.response.status_code", status.as_u16());
    }
}
