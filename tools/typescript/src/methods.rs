//! Writes the methods of each client with their documentation, and the table of operations.

use serde_json::Value;
use unloc_spec::Operation;
use unloc_spec::echoes::echoes;

use crate::names::{methods_name, parameters_name};
use crate::operations::{Kind, Returned, is_required, passed, returned};
use crate::spec::Spec;
use crate::text::{WIDTH, comment, key, line, safe, sentence};
use crate::types::deprecated;

/// Returns an interface for each client, with a method for each of its operations.
pub(crate) fn interfaces(spec: &Spec<'_>) -> String {
    let mut text = String::new();
    for client in &spec.clients {
        let methods: Vec<_> = spec.offered(client).map(|operation| method(spec, operation)).collect();
        let comment = comment(0, &[safe(&client.description)]);
        text.push_str(&format!("\n{comment}export interface {} {{\n{}}}\n", methods_name(client), methods.join("\n")));
    }
    text
}

/// Returns the method of an operation.
fn method(spec: &Spec<'_>, operation: &Operation) -> String {
    let returned = returned(spec, operation);
    let comment = comment(2, &documentation(spec, operation, &returned));
    let sign = if is_required(spec, operation) { "" } else { "?" };
    let parameters = format!("parameters{sign}: {}", parameters_name(operation));
    let (name, call) = (key(&operation.id), &returned.call);
    let signature = format!("  {name}({parameters}, options?: CallOptions): {call};\n");
    if signature.chars().count() <= WIDTH + 1 {
        return format!("{comment}{signature}");
    }
    format!("{comment}  {name}(\n    {parameters},\n    options?: CallOptions,\n  ): {call};\n")
}

/// Returns the paragraphs of a method's documentation.
fn documentation(spec: &Spec<'_>, operation: &Operation, returned: &Returned) -> Vec<String> {
    let Operation { method, path, .. } = operation;
    let retries = match operation.idempotent {
        true => "Idempotent: retried after transient failures.",
        false => "**Not idempotent**: retried only while no request has reached the service, and once after a 401.",
    };
    // Without a level in front, the note of a documented operation may say that its response is not documented.
    let level = match (operation.evidence.as_str(), operation.evidence_note.trim()) {
        ("documented", "") => "Unloc documents this operation.",
        ("documented", _) => "",
        ("observed", _) => "**Observed, not documented.** ",
        _ => "**Inferred in part.** ",
    };
    let raw = operation.raw(spec.document).map_or(&Value::Null, |raw| raw.at.value);
    let summary = safe(operation.summary.trim_end_matches('.'));
    vec![
        if summary.is_empty() { String::new() } else { format!("{summary}.") },
        spec.text(&operation.description),
        format!("Sends `{method} {}`. {retries}", path.replace('`', "%60")),
        response(spec, operation, returned),
        format!("Evidence: {level}{}", spec.text(&operation.evidence_note)),
        tags(spec, operation, returned),
        deprecated(raw),
    ]
}

/// Returns the sentences on a response that may be incomplete.
fn response(spec: &Spec<'_>, operation: &Operation, returned: &Returned) -> String {
    let mut text = String::new();
    if operation.response_observed {
        text.push_str("Unloc does not document the content of the response. It is known from calls of the service. ");
    }
    if operation.response_inferred {
        let result = match returned.kind {
            Kind::Value if returned.is_nullable => "`null`",
            Kind::Value => "a value without any of its properties",
            Kind::List => "an empty list",
            Kind::Page | Kind::Paged => "an empty page",
        };
        text.push_str(&format!(
            "The content of the response is inferred. If it is empty or cannot be decoded, the operation was carried out \
             all the same, and the result is {result}. HTML and XML are errors, because they come from a proxy. "
        ));
    }
    let echoes: Vec<_> =
        echoes(spec.document, operation).iter().map(|echo| format!("`{}`", safe(&echo.at.join(".")))).collect();
    if !echoes.is_empty() {
        let (any, all) = (if echoes.len() > 1 { "any of " } else { "" }, echoes.join(", "));
        text.push_str(&format!("If the response leaves out {any}{all}, the value from the request is returned."));
    }
    text
}

/// Returns the tags of a method's documentation.
fn tags(spec: &Spec<'_>, operation: &Operation, returned: &Returned) -> String {
    let mut lines = Vec::new();
    let item = |name: &str, required: bool, text: &str| {
        let optional = if required { "" } else { " (optional)" };
        format!("- `{}`{optional}: {text}", line(name))
    };
    let own = passed(operation).map(|one| item(&one.name, one.required, &line(&one.description)));
    let body = spec.body_properties(operation).into_iter().map(|(name, node, required)| {
        item(name, required, &sentence(node.get("description").and_then(Value::as_str).unwrap_or_default()))
    });
    let whole = operation.body.is_some() && spec.flat_body(operation).is_none();
    let whole = whole.then(|| item("body", true, "The request body."));
    let parameters: Vec<_> = own.chain(body).chain(whole).collect();
    if parameters.is_empty() {
        lines.push("@param parameters - The operation has none.".to_owned());
    } else {
        lines.push("@param parameters - The parameters and the properties of the request:".to_owned());
        lines.extend(parameters);
    }
    lines.push("@param options - Settings of this call only.".to_owned());
    lines.push(format!("@returns {}", result(operation, returned)));
    lines.push("@throws `UnlocError`. The service documents these errors:".to_owned());
    let errors = operation.errors.iter();
    lines.extend(errors.map(|(status, description)| format!("- {}: {}", line(status), sentence(description))));
    if operation.errors.is_empty() {
        _ = lines.pop();
        lines.push("@throws `UnlocError`.".to_owned());
    }
    lines.join("\n")
}

/// Returns the sentence on the result of a method.
fn result(operation: &Operation, returned: &Returned) -> String {
    let null = if returned.is_nullable { " It is `null` if the response does not contain it." } else { "" };
    match returned.kind {
        Kind::Value if operation.success.is_none() => "Nothing: the response is not documented.".to_owned(),
        Kind::Value => format!("The value of the response.{null}"),
        Kind::List => "All items of the response, which has no cursor.".to_owned(),
        Kind::Page => {
            "One page. The operation takes no cursor, so a page with a cursor is only a part of the list.".to_owned()
        }
        Kind::Paged => {
            let size = operation.pagination.as_ref().map(|paging| paging.size).unwrap_or_default();
            format!(
                "One page if awaited, with at most {size} items unless `limit` sets another number. Iterated, the items \
                 of all pages."
            )
        }
    }
}

/// Returns the table that says how the result of each operation is read.
pub(crate) fn table(spec: &Spec<'_>) -> String {
    let mut text = comment(
        0,
        &[
            "Says how the result of each operation is read, by client.".to_owned(),
            "- `value`: it is only awaited.\n- `list`: it is an array, which can be iterated.\n- `page`: it is a page, and \
             the operation takes no cursor.\n- `paged`: it is a page, and its items can be iterated over all pages."
                .to_owned(),
        ],
    );
    text.push_str("export const operations = {\n");
    for client in &spec.clients {
        text.push_str(&format!("  {}: {{\n", key(&client.name)));
        for operation in spec.offered(client) {
            text.push_str(&format!("    {}: \"{}\",\n", key(&operation.id), returned(spec, operation).kind.name()));
        }
        text.push_str("  },\n");
    }
    text.push_str("} as const;\n");
    format!("\n{text}")
}
