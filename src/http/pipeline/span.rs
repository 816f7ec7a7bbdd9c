//! What a call tells about itself, to those who trace.

use reqwest::StatusCode;
use tracing::Span;
use tracing::field::Empty;

use super::Call;
use crate::error::Error;
use crate::model::operation::Operation;

impl Call<'_> {
    /// The call's span, with the names that OpenTelemetry gives to what an HTTP client does.
    pub(super) fn span(&self) -> Span {
        let (Operation { id, method, path, .. }, base_path) = (self.operation, self.base_path);
        tracing::info_span!(
            // Programs filter by it; where this code stands is no affair of theirs.
            target: "unloc::call",
            "call",
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

/// What an answer, or none, says to a span.
pub(super) fn record(span: &Span, status: Option<StatusCode>, error: Option<&Error>) {
    match error {
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
