//! Tests the bindings of this repository's specs, and the errors of broken specs.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use quote::ToTokens;
use unloc_codegen::{Bindings, names};
use unloc_spec::echoes::{Echo, Source, echoes};
use unloc_spec::{Document, Operation};

/// Generates bindings for a spec whose clients are all written by hand.
fn bindings(document: &Document, api: &str) -> Result<Bindings, Vec<unloc_spec::Error>> {
    unloc_codegen::bindings(document, api, &BTreeSet::new())
}

/// Returns the parsed source for `crate::client` of a sound spec.
fn client(document: &Document, api: &str) -> syn::File {
    syn::parse_file(&bindings(document, api).unwrap().client).unwrap()
}

fn spec(api: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi").join(format!("{api}.yaml"))
}

fn document(api: &str) -> Document {
    Document::read(&spec(api)).unwrap()
}

/// Returns the generated functions of the clients, with the client's name, and the builders that have `options` and
/// `send`.
fn generated(api: &str) -> (Vec<(String, String)>, BTreeSet<String>) {
    let file = client(&document(api), api);
    let mut offered = Vec::new();
    let mut builders = BTreeSet::new();
    let functions = |block: &syn::ItemImpl| -> Vec<String> {
        let functions = block.items.iter().filter_map(|item| match item {
            syn::ImplItem::Fn(function) => Some(function.sig.ident.to_string()),
            _ => None,
        });
        functions.collect()
    };
    let name = |block: &syn::ItemImpl| match &*block.self_ty {
        syn::Type::Path(path) => path.path.segments.last().unwrap().ident.to_string(),
        _ => String::new(),
    };
    for item in &file.items {
        match item {
            syn::Item::Impl(block) if ["Unloc", "LockHolderClient"].contains(&name(block).as_str()) => {
                offered.extend(functions(block).into_iter().map(|function| (name(block), function)));
            }
            syn::Item::Mod(module) if module.ident == "builder" => {
                for item in &module.content.as_ref().unwrap().1 {
                    if let syn::Item::Impl(block) = item
                        && ["options", "send"].iter().all(|name| functions(block).iter().any(|f| f == name))
                    {
                        builders.insert(name(block));
                    }
                }
            }
            _ => {}
        }
    }
    (offered, builders)
}

/// Returns the `operationId`s of the file, read without any of our own code.
fn written(api: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(spec(api)).unwrap();
    text.lines().filter_map(|line| line.trim().strip_prefix("operationId: ")).map(str::to_owned).collect()
}

#[test]
fn generates_exactly_the_operations_of_the_yaml() {
    for api in ["auth", "integrator"] {
        let operations = Operation::all(&document(api)).unwrap();
        let ids: BTreeSet<_> = operations.iter().map(|operation| operation.id.clone()).collect();
        assert_eq!(ids, written(api));
        let expected: BTreeSet<_> = operations.iter().map(names::builder).collect();
        assert!(!expected.is_empty());
        assert_eq!(generated(api).1, expected);
    }
}

/// Returns the documentation of the client functions and of the builders with this name.
fn documented(items: &[syn::Item], name: &str) -> Vec<String> {
    let text = |attributes: &[syn::Attribute]| {
        let docs = attributes.iter().filter(|attribute| attribute.path().is_ident("doc"));
        docs.map(|attribute| attribute.to_token_stream().to_string()).collect::<String>()
    };
    let found = items.iter().flat_map(|item| match item {
        syn::Item::Mod(module) if module.ident == "builder" => documented(&module.content.as_ref().unwrap().1, name),
        syn::Item::Struct(item) if item.ident == name => vec![text(&item.attrs)],
        syn::Item::Impl(block) if block.self_ty.to_token_stream().to_string().starts_with("crate") => {
            let functions = block.items.iter().filter_map(|item| match item {
                syn::ImplItem::Fn(function) if function.sig.ident == name => Some(text(&function.attrs)),
                _ => None,
            });
            functions.collect()
        }
        _ => Vec::new(),
    });
    found.collect()
}

#[test]
fn documents_a_builder_like_the_function_that_returns_it() {
    let file = client(&document("integrator"), "integrator");
    for operation in Operation::all(&document("integrator")).unwrap() {
        let [function] = &documented(&file.items, &names::function(&operation))[..] else { panic!("{}", operation.id) };
        assert_eq!(
            &documented(&file.items, &names::builder(&operation)),
            std::slice::from_ref(function),
            "{}",
            operation.id
        );
        assert!(function.contains("# Errors") && function.contains("# Evidence"), "{}", operation.id);
    }
}

#[test]
fn orders_functions_by_tag_and_by_line() {
    let text = std::fs::read_to_string(spec("integrator")).unwrap();
    let tags: Vec<_> = document("integrator").value["tags"].as_array().unwrap().clone();
    let place = |tag: &str| tags.iter().position(|declared| declared["name"] == *tag).unwrap();
    let lines = text.lines().map(str::trim);
    let tagged = lines.clone().zip(lines.skip(1)).filter_map(|(id, tag)| {
        let tag = tag.strip_prefix("tags: [")?.strip_suffix(']')?;
        Some((id.strip_prefix("operationId: ")?, place(tag)))
    });
    let mut expected: Vec<_> = tagged.collect();
    expected.sort_by_key(|(_, place)| *place);
    let functions = generated("integrator").0;
    for client in ["Unloc", "LockHolderClient"] {
        let functions: Vec<_> = functions.iter().filter(|(on, _)| on == client).map(|(_, name)| name.clone()).collect();
        let operations = Operation::all(&document("integrator")).unwrap();
        let name = |id: &str| {
            operations.iter().find(|one| one.id == id && one.client_name() == Some(client)).map(names::function)
        };
        let expected: Vec<_> = expected.iter().filter_map(|(id, _)| name(id)).collect();
        assert!(functions.len() > 2);
        assert_eq!(functions, expected, "{client}");
    }
}

#[test]
fn bindings_import_nothing_that_a_name_of_a_spec_could_shadow() {
    fn imports(items: &[syn::Item]) -> Vec<String> {
        let inside = items.iter().flat_map(|item| match item {
            syn::Item::Use(item) => vec![item.to_token_stream().to_string()],
            syn::Item::Mod(module) => imports(&module.content.as_ref().unwrap().1),
            _ => Vec::new(),
        });
        inside.collect()
    }
    for api in ["auth", "integrator"] {
        let Bindings { model, client } = bindings(&document(api), api).unwrap();
        for (source, least) in [(model, 5), (client, 2)] {
            let file = syn::parse_file(&source).unwrap();
            assert_eq!(imports(&file.items), Vec::<String>::new(), "{api}");
            assert!(file.items.len() >= least, "{api}");
        }
    }
}

#[test]
fn documents_that_one_page_may_not_be_the_whole_list() {
    for api in ["auth", "integrator"] {
        let file = client(&document(api), api);
        let modules = file.items.iter().filter_map(|item| match item {
            syn::Item::Mod(module) if module.ident == "builder" => module.content.as_ref(),
            _ => None,
        });
        let blocks = modules.flat_map(|(_, items)| items).filter_map(|item| match item {
            syn::Item::Impl(block) => Some((block.self_ty.to_token_stream().to_string(), &block.items)),
            _ => None,
        });
        let mut warned = BTreeSet::new();
        for (builder, items) in blocks {
            let send = items.iter().find_map(|item| match item {
                syn::ImplItem::Fn(function) if function.sig.ident == "send" => Some(&function.attrs),
                _ => None,
            });
            let docs = send.into_iter().flatten().map(|attribute| attribute.to_token_stream().to_string());
            if docs.collect::<String>().contains("returns the whole list") {
                warned.insert(builder);
            }
        }
        let paged = Operation::all(&document(api)).unwrap().into_iter().filter(|o| o.pagination.is_some());
        assert_eq!(warned, paged.map(|operation| names::builder(&operation)).collect(), "{api}");
    }
}

#[test]
fn offers_each_integrator_operation_on_exactly_one_client() {
    let (offered, _) = generated("integrator");
    let operations = Operation::all(&document("integrator")).unwrap();
    assert_eq!(offered.len(), operations.len());
    for operation in operations {
        let on: Vec<_> = offered.iter().filter(|(_, function)| *function == names::function(&operation)).collect();
        let expected = operation.client_name().unwrap();
        assert!(matches!(on.as_slice(), [(client, _)] if client == expected), "{}: {on:?}", operation.id);
    }
    assert!(generated("auth").0.is_empty(), "no client offers the token request");
}

/// Returns the errors of a spec that is sound but for one edit.
fn broken(from: &str, to: &str) -> Vec<String> {
    const SOUND: &str = "\
openapi: 3.0.3
info: {title: Doors, version: '1'}
servers: [{url: https://example.com/v1, x-environment: production}]
paths:
  /doors/{doorId}/:
    get:
      operationId: getDoor
      parameters:
        - {name: doorId, in: path, required: true, schema: {type: string}}
      responses:
        '200': {description: it, content: {application/json: {schema: {$ref: '#/components/schemas/Door'}}}}
components:
  schemas:
    Door:
      type: object
      properties:
        name: {type: string}
        state: {type: integer}
";
    assert!(bindings(&Document::parse(Path::new("doors.yaml"), SOUND).unwrap(), "doors").is_ok());
    let text = SOUND.replace(from, to);
    assert_ne!(text, SOUND);
    let document = Document::parse(Path::new("doors.yaml"), &text).unwrap();
    bindings(&document, "doors").unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn reports_a_broken_spec_with_file_line_and_reason() {
    for (from, to, line, reason) in [
        ("    get:", "    gte:", 6, "`gte` is not an HTTP method"),
        ("  /doors/{doorId}/:", "  doors/{doorId}/:", 5, "must begin with a slash"),
        ("      operationId: getDoor\n", "", 6, "has no operationId"),
        ("name: doorId", "name: door", 6, "no path parameter `doorId` is declared"),
        ("schemas/Door'", "schemas/Dor'", 11, "`#/components/schemas/Dor` does not resolve"),
        ("'200'", "'404'", 10, "documents no 2xx response"),
        ("      operationId", "      x-evidence: maybe\n      operationId", 7, "x-evidence must be"),
        ("      operationId", "      x-idempotent: often\n      operationId", 7, "x-idempotent must be"),
        ("      operationId", "      x-response-evidence: likely\n      operationId", 7, "x-response-evidence must be"),
        ("      operationId", "      x-pagination: {items: doors}\n      operationId", 7, "`cursor` is missing"),
        (
            "getDoor\n      parameters:\n",
            "getDoor\n      x-pagination: {items: doors, cursor: next, size: 5}\n      parameters:\n        \
             - {name: next, in: query, required: true, schema: {type: string}}\n",
            8,
            "the query parameter `next` must be optional",
        ),
        ("paths:", "path:", 1, "no `paths`"),
    ] {
        let found = broken(from, to);
        let place = format!("doors.yaml:{line}:");
        assert!(found.iter().any(|error| error.starts_with(&place) && error.contains(reason)), "{to}: {found:?}");
    }
}

#[test]
fn refuses_misused_x_keys_and_unnamed_schemas() {
    for (from, to, line, reason) in [
        ("{type: integer}", "{type: string, x-sensitive: secret}", 18, "a sensitive string without a name"),
        ("{type: integer}", "{type: string, enum: [on, off]}", 18, "an enum without a name"),
        ("{type: integer}", "{type: object, properties: {a: {type: string}}}", 18, "an object without a name"),
        ("{type: integer}", "{type: array, items: {type: string, enum: [a]}}", 18, "an enum without a name"),
        ("{type: integer}", "{type: integer, x-tolerate: [number]}", 18, "x-tolerate must be `[string]`"),
        ("{type: integer}", "{type: integer, x-tolerate: [any]}", 18, "`[string]` or `[string, any]`"),
        ("{type: integer}", "{type: integer, x-tolerate: [any, string]}", 18, "`[string]` or `[string, any]`"),
        ("{type: integer}", "{type: integer, x-tolerates: [string]}", 18, "unknown extension `x-tolerates`"),
        (
            "    Door:\n",
            "    Word: {type: string, x-sensitive: passwort}\n    Door:\n",
            14,
            "x-sensitive must be one of",
        ),
        (
            "    Door:\n",
            "    Word: {type: integer, x-sensitive: secret}\n    Door:\n",
            14,
            "only a string can be sensitive",
        ),
        (
            "    Door:\n",
            "    Word: {type: string, enum: [a-b, a_b]}\n    Door:\n",
            14,
            "gives the same Rust name as `a-b`",
        ),
        (
            "    Door:\n",
            "    Word: {type: string, enum: [unknown]}\n    Door:\n",
            14,
            "same Rust name as the variant `Unknown`",
        ),
        ("      type: object", "      x-envelope: door\n      type: object", 15, "must name a property of the schema"),
        ("    Door:\n", "    Word: {type: string, enum: [self]}\n    Door:\n", 14, "a Rust name that is a keyword"),
        (
            "    Door:\n",
            "    Map: {type: object, additionalProperties: {type: string, enum: [a]}}\n    Door:\n",
            14,
            "an enum without a name",
        ),
        (
            "    Door:\n",
            "    Word: {type: string, enum: [a], x-enum-descriptions: {b: x}}\n    Door:\n",
            14,
            "no value `b`",
        ),
        (
            "{type: integer}",
            "{type: integer, x-echoes: [doorId]}",
            18,
            "x-echoes must name a property or path parameter",
        ),
        (
            "      operationId",
            "      x-echoes: doorId\n      operationId",
            7,
            "the extension `x-echoes` is not allowed here",
        ),
        ("state:", "build:", 18, "same Rust name as `build()`"),
        ("        state:", "        fooBar: {type: string}\n        foo_bar:", 19, "same Rust name as `fooBar`"),
        ("{type: integer}", "{type: array, items: {type: string}, x-aliases: stat}", 18, "a list of names"),
        ("schema: {type: string}", "schema: {type: string, enum: [a]}", 9, "an enum without a name"),
        ("production}", "prod}", 3, "x-environment must be `production` or `sandbox`"),
        ("version: '1'", "version: '1', x-source: web", 2, "unknown extension `x-source`"),
        ("{$ref: '#/components/schemas/Door'}", "{type: object}", 11, "a body without a name"),
        ("application/json", "text/html", 11, "application/json only"),
        ("      operationId", "      x-evidense: documented\n      operationId", 7, "unknown extension `x-evidense`"),
    ] {
        let found = broken(from, to);
        let place = format!("doors.yaml:{line}:");
        assert!(found.iter().any(|error| error.starts_with(&place) && error.contains(reason)), "{to}: {found:?}");
    }
}

#[test]
fn sends_header_parameters_and_not_the_generators_own_header() {
    for required in ["true", "false"] {
        let text = std::fs::read_to_string(spec("auth")).unwrap();
        let parameter = format!(
            "operationId: getToken\n      parameters: [{{name: x-trace, in: header, required: {required}, schema: {{type: string}}}}]"
        );
        let text = text.replace("operationId: getToken", &parameter);
        let source = bindings(&Document::parse(Path::new("auth.yaml"), &text).unwrap(), "auth").unwrap().client;
        let source = source.split_whitespace().collect::<String>();
        let sent = source.contains("request.header(\"x-trace\",\"x-trace\",&");
        assert!(source.contains("pubfnx_trace(") && sent, "{source}");
        assert!(!source.contains("\"api-version\""), "{source}");
    }
}

#[test]
fn accepts_keywords_of_rust_as_names() {
    let text = std::fs::read_to_string(spec("auth")).unwrap();
    let text = text.replace("operationId: getToken", "operationId: move");
    let source = bindings(&Document::parse(Path::new("auth.yaml"), &text).unwrap(), "auth").unwrap().client;
    assert!(source.contains("pub struct Move "), "{source}");
}

#[test]
fn places_a_panic_of_the_generator_at_the_operation_or_schema() {
    let found = broken("in: path, required: true", "in: path, style: label, required: true");
    assert!(found[0].starts_with("doors.yaml:") && found.len() == 1, "{found:?}");
    let found = broken("        state: {type: integer}", "        state: {not: {type: integer}}");
    assert!(found[0].starts_with("doors.yaml:18:") && found[0].contains("cannot bind this `not`"), "{found:?}");
    assert!(found.len() == 1 && !found[0].contains(['\n', '{']), "{found:?}");
    for (from, to, place, reason) in [
        ("in: path, required: true", "in: cookie, required: true", "doors.yaml:9:", "do not support cookies"),
        (
            "        state: {type: integer}",
            "        state: {type: int}",
            "doors.yaml:18:23: ",
            "did you mean `integer`?",
        ),
        (
            "        state: {type: integer}",
            "        state: {type: integer}\n      required: [stat]",
            "doors.yaml:19:18: ",
            "did you mean `state`?",
        ),
        (
            "        state: {type: integer}",
            "        state: {$ref: '#/components/schemas/Door/properties/id'}\n        id: {type: string}",
            "doors.yaml:18:",
            "follows references to",
        ),
    ] {
        let found = broken(from, to);
        let reported = found.iter().find(|error| error.starts_with(place) && error.contains(reason));
        assert!(reported.is_some_and(|error| !error.contains('\n')), "{to}: {found:?}");
    }
    let found = broken("        state: {type: integer}", "        state: {type: 7}");
    assert!(found[0].starts_with("doors.yaml:") && found[0].contains("not valid OpenAPI"), "{found:?}");
    let found = broken("openapi: 3.0.3", "openapi: 3.1.0");
    assert!(found[0].contains("3.1"), "{found:?}");
}

#[test]
fn reports_all_mistakes_at_once() {
    assert_eq!(broken("    get:\n      operationId: getDoor\n", "    gte: {}\n    get:\n").len(), 2);
}

#[test]
fn refuses_two_operations_with_one_rust_name() {
    let again =
        "  /doors/:\n    get:\n      operationId: get_door\n      responses: {'204': {description: x}}\ncomponents:";
    let found = broken("components:", again);
    assert!(found[0].contains("gives the same Rust name"), "{found:?}");
}

#[test]
fn refuses_required_properties_in_an_inferred_response() {
    let inferred = "      x-response-evidence: inferred\n      operationId: getDoor";
    let sound = |required: &str| {
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: Doors, version: '1'}}\nservers: [{{url: https://example.com/v1, x-environment: \
             production}}]\npaths:\n  /doors/:\n    get:\n{inferred}\n      responses:\n        '200': {{description: it, \
             content: {{application/json: {{schema: {{$ref: '#/components/schemas/Door'}}}}}}}}\ncomponents:\n  schemas:\n    \
             Door: {{type: object, {required}properties: {{name: {{type: string}}}}}}\n"
        );
        bindings(&Document::parse(Path::new("doors.yaml"), &text).unwrap(), "doors")
    };
    assert!(sound("").unwrap().model.contains("inferred: true"));
    let found: Vec<_> = sound("required: [name], ").unwrap_err().iter().map(ToString::to_string).collect();
    assert!(found[0].starts_with("doors.yaml:7:") && found[0].contains("must not require `name`"), "{found:?}");
}

#[test]
fn knows_which_values_of_the_request_a_response_echoes() {
    let document = document("integrator");
    let all = Operation::all(&document).unwrap();
    for (id, echoed) in [
        ("createLockHolder", "countryIso=countryIso name=name organizationId=organizationId"),
        ("updateLockHolder", "id={lockHolderId} name=name"),
        ("createKeyForLockHolder", "toUser.id=userId"),
        ("updateLock", "id={lockId} name=name"),
        ("createKey", "toUser.id=userId"),
        ("createOrUpdateRole", "canShare=canShare lockId={lockId} userId={userId}"),
        ("createVendorConnection", "vendor=vendor"),
        // Responses to reads have no echoes, and inferred responses require nothing that could be one.
        ("getLock", ""),
        ("getKey", ""),
        ("updateKey", ""),
        ("createWebhook", ""),
        ("createWebhookForLock", ""),
    ] {
        let operation = all.iter().find(|operation| operation.id == id).unwrap();
        let found = echoes(&document, operation).into_iter().map(|Echo { at, source }| {
            let source = match source {
                Source::Property(name) => name,
                Source::Segment(place) => operation.path.split('/').nth(place).unwrap().to_owned(),
            };
            format!("{}={source}", at.join("."))
        });
        assert_eq!(found.collect::<Vec<_>>().join(" "), echoed, "{id}");
    }
}

#[test]
fn cuts_times_in_parameters_to_milliseconds() {
    let text = std::fs::read_to_string(spec("auth")).unwrap();
    for required in ["true", "false"] {
        let parameter = format!(
            "operationId: getToken\n      parameters: [{{name: since, in: query, required: {required}, schema: {{type: string, format: date-time}}}}]"
        );
        let text = text.replace("operationId: getToken", &parameter);
        let source = bindings(&Document::parse(Path::new("auth.yaml"), &text).unwrap(), "auth").unwrap().client;
        let setter = source.split("pub fn since(").nth(1).unwrap().split("pub ").next().unwrap();
        assert!(setter.contains(".map(crate::model::lenient::Cut::cut)"), "{setter}");
    }
}

#[test]
fn has_no_unused_error_type() {
    for api in ["auth", "integrator"] {
        let Bindings { model, client } = bindings(&document(api), api).unwrap();
        assert!(!model.contains("ConversionError") && !client.contains("ConversionError"), "{api}");
    }
}
