//! Serves the specs, with the emulator as their only server.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::service::App;

pub(crate) fn routes() -> Router<App> {
    const AUTH: &str = include_str!(concat!(env!("UNLOC_OPENAPI"), "/auth.yaml"));
    const INTEGRATOR: &str = include_str!(concat!(env!("UNLOC_OPENAPI"), "/integrator.yaml"));
    const UNLOC_V2: &str = include_str!(concat!(env!("UNLOC_OPENAPI"), "/unloc-v2.yaml"));
    Router::new()
        .route("/openapi/auth.yaml", get(|app, headers| serve(app, headers, AUTH, "/auth/v1")))
        .route("/openapi/integrator.yaml", get(|app, headers| serve(app, headers, INTEGRATOR, "/integrators/v1")))
        .route("/openapi/unloc-v2.yaml", get(|app, headers| serve(app, headers, UNLOC_V2, "/v2")))
}

async fn serve(State(app): State<App>, headers: HeaderMap, spec: &'static str, path: &str) -> Response {
    // A client behind a forwarded port reaches the emulator under another host than `base_url`: its own is used then.
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).filter(|host| app.hosts.allows(host));
    let base_url = host.map_or_else(|| app.base_url.clone(), |host| format!("http://{host}"));
    ([(CONTENT_TYPE, "application/yaml")], with_own_server(spec, &base_url, path)).into_response()
}

/// Replaces the spec's servers with the emulator, also where they occur elsewhere, such as in `tokenUrl`.
///
/// A tool that loads the spec from the emulator must not call production.
fn with_own_server(spec: &str, base_url: &str, path: &str) -> String {
    // A JSON string is a valid YAML scalar.
    let url = serde_json::Value::from(format!("{base_url}{path}"));
    let own = format!("servers:\n  - url: {url}\n    description: The emulator that this file comes from.\n");
    let (mut text, mut is_in_servers, mut origins) = (String::with_capacity(spec.len()), false, Vec::new());
    for line in spec.split_inclusive('\n') {
        if line.trim_end() == "servers:" && !line.starts_with(' ') {
            is_in_servers = true;
            text.push_str(&own);
        } else if !line.starts_with([' ', '#', '\n', '\r', '-']) {
            // The next top-level key ends the list of servers.
            is_in_servers = false;
        }
        if is_in_servers {
            origins.extend(origin(line));
        } else {
            text.push_str(line);
        }
    }
    origins.into_iter().fold(text, |text, origin| text.replace(origin, base_url))
}

/// Returns scheme, host and port of the URL in a line of the server list.
fn origin(line: &str) -> Option<&str> {
    let address = &line[line.find("https://").or_else(|| line.find("http://"))?..];
    let host = address.find("//")? + 2;
    let end = address[host..].find(|letter: char| !letter.is_ascii_alphanumeric() && !".-:".contains(letter));
    Some(address[..end.map_or(address.len(), |end| host + end)].trim_end_matches(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_servers_in_every_notation() {
        let own =
            "servers:\n  - url: \"http://127.0.0.1:80/x\"\n    description: The emulator that this file comes from.\n";
        for servers in [
            "servers:\n  - url: https://a.example\n  - url: https://b.example:8443/v1\n",
            "servers:\n- url: 'https://a.example/v1'\n# a remark\n- description: x\n  url: \"https://b.example:8443\"\n\n",
        ] {
            let rest = |origin: &str| format!("paths:\n  servers:\n    tokenUrl: {origin}/token/\n");
            for origin in ["https://a.example", "https://b.example:8443"] {
                let spec = format!("openapi: 3.0.3\n{servers}{}", rest(origin));
                let served = with_own_server(&spec, "http://127.0.0.1:80", "/x");
                assert_eq!(served, format!("openapi: 3.0.3\n{own}{}", rest("http://127.0.0.1:80")));
            }
        }
    }
}
