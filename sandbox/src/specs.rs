//! The specs, as the emulator serves them.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::state::App;

pub(crate) fn routes() -> Router<App> {
    const AUTH: &str = include_str!("../openapi/auth.yaml");
    const INTEGRATOR: &str = include_str!("../openapi/integrator.yaml");
    Router::new()
        .route("/openapi/auth.yaml", get(|app, headers| serve(app, headers, AUTH, "/auth/v1")))
        .route("/openapi/integrator.yaml", get(|app, headers| serve(app, headers, INTEGRATOR, "/integrators/v1")))
}

async fn serve(State(app): State<App>, headers: HeaderMap, spec: &'static str, path: &str) -> Response {
    // Whoever came by another name than the emulator has for itself, through a forwarded port, can use that name.
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).filter(|host| app.hosts.takes(host));
    let base_url = host.map_or_else(|| app.base_url.clone(), |host| format!("http://{host}"));
    ([(CONTENT_TYPE, "application/yaml")], with_server(spec, &format!("{base_url}{path}"))).into_response()
}

/// The spec with one server, the emulator: a tool that loads it from here must not call production.
///
/// The list of servers ends where the next key of the document begins.
fn with_server(spec: &str, url: &str) -> String {
    // A JSON text is a YAML text.
    let url = serde_json::Value::from(url);
    let own = format!("servers:\n  - url: {url}\n    description: The emulator that this file comes from.\n");
    let (mut text, mut is_in_servers) = (String::with_capacity(spec.len()), false);
    for line in spec.split_inclusive('\n') {
        if line.trim_end() == "servers:" && !line.starts_with(' ') {
            is_in_servers = true;
            text.push_str(&own);
        } else if !line.starts_with([' ', '#', '\n', '\r', '-']) {
            is_in_servers = false;
        }
        if !is_in_servers {
            text.push_str(line);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_of_a_spec_give_way_to_one_however_they_are_written() {
        let own =
            "servers:\n  - url: \"http://127.0.0.1:80/x\"\n    description: The emulator that this file comes from.\n";
        for servers in [
            "servers:\n  - url: https://a.example\n  - url: https://b.example\n",
            "servers:\n- url: https://a.example\n# a remark\n- url: https://b.example\n\n",
        ] {
            let spec = format!("openapi: 3.0.3\n{servers}paths:\n  servers:\n    get: {{}}\n");
            let served = with_server(&spec, "http://127.0.0.1:80/x");
            assert_eq!(served, format!("openapi: 3.0.3\n{own}paths:\n  servers:\n    get: {{}}\n"));
        }
    }
}
