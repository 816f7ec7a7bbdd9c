//! Writes the specs of the rows, with nothing in them that a row does not need.

/// Marks the line at which a spec is refused.
pub(crate) const MARK: &str = "#!";

/// Declares the path parameter `x`.
pub(crate) const X: &str = "- {name: x, in: path, required: true, schema: {type: string}}";

/// Declares the query parameter `q`.
pub(crate) const Q: &str = "- {name: q, in: query, schema: {type: string}}";

/// Names the key that declares an operation idempotent.
pub(crate) const IDEMPOTENT: &str = "x-idempotent";

/// Declares the schema `Thing`, with an `id`.
pub(crate) const THING: &str = "Thing: {type: object, required: [id], properties: {id: {type: string}}}";

/// Writes a spec with these paths and schemas.
pub(crate) fn whole(paths: &str, schemas: &str) -> String {
    let mut spec = format!("openapi: 3.0.3\ninfo: {{title: Awkward, version: 1.0.0}}\npaths:\n{}", indent(2, paths));
    if !schemas.trim().is_empty() {
        spec.push_str(&format!("components:\n  schemas:\n{}", indent(4, schemas)));
    }
    spec
}

/// Writes `getThing` at this path, with these parameters and schemas and without a response body.
pub(crate) fn get_with(path: &str, parameters: &str, schemas: &str) -> String {
    let operation = format!(
        "{path:?}:\n  get:\n    operationId: getThing\n    parameters:\n{}    \
         responses: {{\"204\": {{description: Done.}}}}",
        indent(6, parameters)
    );
    whole(&operation, schemas)
}

/// Writes `getThing` at this path, with these parameters.
pub(crate) fn get(path: &str, parameters: &str) -> String {
    get_with(path, parameters, "")
}

/// Writes `getThing` at `/things`, with these parameters.
pub(crate) fn things(parameters: &str) -> String {
    get("/things", parameters)
}

/// Writes `makeThing`, whose request and response body is the schema `Thing`.
pub(crate) fn make(schemas: &str) -> String {
    let operation = format!(
        "/things:\n  post:\n    operationId: makeThing\n    requestBody: {{required: true, content: {0}}}\n    \
         responses: {{\"200\": {{description: Made., content: {0}}}}}",
        json(&to("Thing"))
    );
    whole(&operation, schemas)
}

/// Writes `makeThing`, whose request body is the schema `Thing`, and which has no response body.
pub(crate) fn take(schemas: &str) -> String {
    sends("post", "makeThing", "", schemas)
}

/// Writes `makeThing` with these parameters; its request body is a `Thing` with an `id`.
pub(crate) fn make_with(parameters: &str) -> String {
    sends("post", "makeThing", parameters, THING)
}

/// Writes `makeThing` with this method; its request body is a `Thing` with an `id`.
pub(crate) fn by(method: &str) -> String {
    sends(method, "makeThing", "", THING)
}

fn sends(method: &str, id: &str, parameters: &str, schemas: &str) -> String {
    let parameters = if parameters.is_empty() { "[]\n".to_owned() } else { format!("\n{}", indent(6, parameters)) };
    let operation = format!(
        "/things:\n  {method}:\n    operationId: {id}\n    parameters: {parameters}    \
         requestBody: {{required: true, content: {}}}\n    responses: {{\"204\": {{description: Done.}}}}",
        json(&to("Thing"))
    );
    whole(&operation, schemas)
}

/// Writes `makeThing` at this path, with these parameters; its request body is a `Thing` with these properties.
pub(crate) fn sends_at(path: &str, parameters: &str, properties: &str) -> String {
    let thing = format!("Thing: {{type: object, properties: {properties}}}");
    sends("post", "makeThing", parameters, &thing).replacen("/things:", &format!("{path:?}:"), 1)
}

/// Writes `makeThing` with these further keys, without a response body.
pub(crate) fn post(keys: &str, schemas: &str) -> String {
    let operation = format!(
        "/things:\n  post:\n    operationId: makeThing\n{}    responses: {{\"204\": {{description: Done.}}}}",
        indent(4, keys)
    );
    whole(&operation, schemas)
}

/// Writes `doThing` with this method and without bodies.
pub(crate) fn without_body(method: &str) -> String {
    whole(
        &format!("/things:\n  {method}: {{operationId: doThing, responses: {{\"204\": {{description: Done.}}}}}}"),
        "",
    )
}

/// Writes `getThing`, whose response body is the schema of this name.
pub(crate) fn gives_one(schema: &str, schemas: &str) -> String {
    gives(&format!("{{'200': {{description: Done., content: {}}}}}", json(&to(schema))), schemas)
}

/// Writes `getThing`, whose response has this schema under a name (an envelope), and these further properties.
pub(crate) fn enveloped(name: &str, schema: &str, more: &str) -> String {
    let property = name.trim_end_matches(MARK).trim_end();
    let schemas = format!(
        "{THING}\nCursor: {{type: string, x-sensitive: cursor}}\nResult:\n  type: object\n  x-envelope: {name}\n  \
         properties:\n    {property}: {schema}\n{}",
        indent(4, more)
    );
    gives_one("Result", &schemas)
}

/// Writes `getThing` with these responses.
pub(crate) fn gives(responses: &str, schemas: &str) -> String {
    whole(&format!("/things:\n  get:\n    operationId: getThing\n    responses: {responses}"), schemas)
}

/// Writes `getThing` with these responses, for which it is refused.
pub(crate) fn gives_marked(responses: &str, schemas: &str) -> String {
    gives(&format!("{responses} {MARK}"), schemas)
}

/// Writes `makeThing` with a `Thing` of two properties of this schema: `it` is required, `perhaps` is not.
pub(crate) fn holds(name: &str, schema: &str) -> String {
    let to = to(name);
    make(&format!("{name}: {schema}\nThing: {{type: object, required: [it], properties: {{it: {to}, perhaps: {to}}}}}"))
}

/// Writes an operation of the client `Unloc`, with an `x-rust-name` unless that is empty; the mark is at its name.
pub(crate) fn secured(id: &str, rust: &str) -> String {
    let renamed = if rust.is_empty() { String::new() } else { format!("\n    x-rust-name: {rust}") };
    of_a_client(&client_operation(&format!("operationId: {id} {MARK}{renamed}")))
}

/// Writes an operation of the client `Unloc`; the mark is at its `x-rust-name`.
pub(crate) fn secured_as(id: &str, rust: &str) -> String {
    of_a_client(&client_operation(&format!("operationId: {id}\n    x-rust-name: {rust} {MARK}")))
}

/// Writes an operation with `security`. Only this function and the next know how a spec assigns operations to clients.
fn client_operation(names: &str) -> String {
    format!(
        "/things:\n  get:\n    {names}\n    security: [{{integrator: []}}]\n    \
         responses: {{\"204\": {{description: Done.}}}}"
    )
}

/// Writes a spec whose operations are those of the client `Unloc`.
fn of_a_client(paths: &str) -> String {
    let client = "x-clients: {Unloc: {description: Operations., tokens: [{}]}}\n";
    format!("{}{client}", whole(paths, ""))
}

/// Writes `getThings`, whose pages list `items` and name the next page by `cursor`.
pub(crate) fn paged(items: &str, cursor: &str) -> String {
    pages(items, cursor, "", &to("Cursor"), "{type: integer, format: int32}")
}

/// Writes `getThings`, which pages, with one more parameter.
pub(crate) fn paged_with(parameter: &str) -> String {
    pages("things", "after", parameter, &to("Cursor"), "{type: integer, format: int32}")
}

/// Writes `getThings` with these types of cursor and limit; the mark is at its `x-pagination`.
pub(crate) fn paged_by(cursor: &str, limit: &str) -> String {
    pages("things", "after", "", cursor, limit)
}

fn pages(items: &str, cursor: &str, parameter: &str, to_cursor: &str, limit: &str) -> String {
    let operation = format!(
        "/things:
  get:
    operationId: getThings
    x-pagination: {{items: {items:?}, cursor: {cursor:?}, size: 2}}{}
    parameters:
      - {{name: {cursor:?}, in: query, schema: {to_cursor}}}
{}      - {{name: limit, in: query, schema: {limit}}}
    responses: {{\"200\": {{description: A page., content: {}}}}}",
        if parameter.is_empty() { " #!" } else { "" },
        indent(6, parameter),
        json(&to("ThingList"))
    );
    let schemas = format!(
        "Cursor: {{type: string, x-sensitive: cursor}}
{THING}
ThingList:
  type: object
  required: [{items:?}]
  properties:
    {items:?}: {{type: array, items: {}}}
    {cursor:?}: {to_cursor}",
        to("Thing"),
    );
    whole(&operation, &schemas)
}

/// Writes a reference to a schema.
pub(crate) fn to(schema: &str) -> String {
    format!("{{$ref: \"#/components/schemas/{schema}\"}}")
}

/// Writes content of JSON with this schema.
pub(crate) fn json(schema: &str) -> String {
    format!("{{application/json: {{schema: {schema}}}}}")
}

fn indent(by: usize, text: &str) -> String {
    let lines = text.trim_matches('\n').lines();
    lines.map(|line| format!("{}{line}\n", " ".repeat(by))).collect()
}

/// Declares a parameter of type string; the mark is at its name.
fn parameter(place: &str, name: &str) -> String {
    format!("- name: {name:?} {MARK}\n  in: {place}\n  required: {}\n  schema: {{type: string}}", place == "path")
}

/// Writes a spec with this name as a query parameter. This function and the next ones have the names of groups.
pub(crate) fn query(name: &str) -> String {
    things(&parameter("query", name))
}

pub(crate) fn header(name: &str) -> String {
    things(&parameter("header", name))
}

pub(crate) fn path(name: &str) -> String {
    get(&format!("/things/{{{name}}}"), &parameter("path", name))
}

pub(crate) fn property(name: &str) -> String {
    make(&format!(
        "Thing:\n  type: object\n  required: [{name:?}]\n  properties:\n    {name:?}: {MARK}\n      type: string"
    ))
}

pub(crate) fn optional(name: &str) -> String {
    make(&format!("Thing:\n  type: object\n  properties:\n    {name:?}: {MARK}\n      type: string"))
}

/// Writes a spec that uses the schema of this name in all ways: required, optional, nullable, in a list and in a map.
pub(crate) fn schema(name: &str) -> String {
    let to_it = to(name);
    let holder = |holder: &str| {
        format!(
            "{holder}:
  type: object
  required: [many, named, one]
  properties:
    many: {{type: array, items: {to_it}}}
    named: {{type: object, additionalProperties: {to_it}}}
    nothing: {{nullable: true, allOf: [{to_it}]}}
    one: {to_it}
    perhaps: {to_it}"
        )
    };
    let operation = format!(
        "/things:\n  post:\n    operationId: makeThing\n    requestBody: {{required: true, content: {}}}\n    \
         responses: {{\"200\": {{description: Made., content: {}}}}}",
        json(&to("Thing")),
        json(&to("Made"))
    );
    let named = format!("{name:?}: {MARK}\n  type: object\n  required: [id]\n  properties: {{id: {{type: string}}}}");
    whole(&operation, &format!("{named}\n{}\n{}", holder("Thing"), holder("Made")))
}

pub(crate) fn operation(name: &str) -> String {
    whole(
        &format!(
            "/things:\n  get:\n    operationId: {name:?} {MARK}\n    responses: {{\"204\": {{description: Done.}}}}"
        ),
        "",
    )
}
