//! Specs as short as they can be around what a row is about.

/// The end of a line that is refused.
pub(crate) const MARK: &str = "#!";

/// A parameter that stands for itself in a path.
pub(crate) const X: &str = "- {name: x, in: path, required: true, schema: {type: string}}";

/// What says that an operation is idempotent.
pub(crate) const IDEMPOTENT: &str = "x-repeatable";

const THING: &str = "Thing: {type: object, required: [id], properties: {id: {type: string}}}";

/// A whole spec of these paths and schemas.
pub(crate) fn whole(paths: &str, schemas: &str) -> String {
    let mut spec = format!("openapi: 3.0.3\ninfo: {{title: Awkward, version: 1.0.0}}\npaths:\n{}", indent(2, paths));
    if !schemas.trim().is_empty() {
        spec.push_str(&format!("components:\n  schemas:\n{}", indent(4, schemas)));
    }
    spec
}

/// `getThing` at this path, which takes these parameters and gives nothing; with these schemas.
pub(crate) fn get_with(path: &str, parameters: &str, schemas: &str) -> String {
    let operation = format!(
        "{path:?}:\n  get:\n    operationId: getThing\n    parameters:\n{}    responses: {{\"204\": {{description: Done.}}}}",
        indent(6, parameters)
    );
    whole(&operation, schemas)
}

/// `getThing` at this path, which takes these parameters and gives nothing.
pub(crate) fn get(path: &str, parameters: &str) -> String {
    get_with(path, parameters, "")
}

/// `getThing` at `/things`, which takes these parameters and gives nothing.
pub(crate) fn things(parameters: &str) -> String {
    get("/things", parameters)
}

/// `makeThing`, which takes and gives a `Thing`; `schemas` says what that is.
pub(crate) fn make(schemas: &str) -> String {
    let operation = format!(
        "/things:\n  post:\n    operationId: makeThing\n    requestBody: {{required: true, content: {0}}}\n    \
         responses: {{\"200\": {{description: Made., content: {0}}}}}",
        json(&to("Thing"))
    );
    whole(&operation, schemas)
}

/// `makeThing`, which takes a `Thing` and gives nothing.
pub(crate) fn take(schemas: &str) -> String {
    sends("post", "makeThing", "", schemas)
}

/// `makeThing`, which takes a `Thing` with an `id` and these parameters.
pub(crate) fn make_with(parameters: &str) -> String {
    sends("post", "makeThing", parameters, THING)
}

/// `makeThing` by this method.
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

/// `doThing` by this method, which takes and gives nothing.
pub(crate) fn without_body(method: &str) -> String {
    whole(
        &format!("/things:\n  {method}: {{operationId: doThing, responses: {{\"204\": {{description: Done.}}}}}}"),
        "",
    )
}

/// `getThing`, which gives this.
pub(crate) fn gives(responses: &str, schemas: &str) -> String {
    whole(&format!("/things:\n  get:\n    operationId: getThing\n    responses: {responses}"), schemas)
}

/// `getThing`, which gives what is refused.
pub(crate) fn gives_marked(responses: &str, schemas: &str) -> String {
    gives(&format!("{responses} {MARK}"), schemas)
}

/// `makeThing` with a `Thing` that holds this schema twice: required as `it`, optional as `perhaps`.
pub(crate) fn holds(name: &str, schema: &str) -> String {
    let to = to(name);
    make(&format!("{name}: {schema}\nThing: {{type: object, required: [it], properties: {{it: {to}, perhaps: {to}}}}}"))
}

/// An operation of this name that the client without a scope offers, under this name in Rust if there is one.
pub(crate) fn secured(id: &str, rust: &str) -> String {
    let renamed = if rust.is_empty() { String::new() } else { format!("\n    x-rust-name: {rust}") };
    whole(&client_operation(&format!("operationId: {id} {MARK}{renamed}")), "")
}

/// The same, refused for the name that it has in Rust.
pub(crate) fn secured_as(id: &str, rust: &str) -> String {
    whole(&client_operation(&format!("operationId: {id}\n    x-rust-name: {rust} {MARK}")), "")
}

/// How a spec says that this client offers an operation is known here alone.
fn client_operation(names: &str) -> String {
    format!(
        "/things:\n  get:\n    {names}\n    security: [{{integrator: []}}]\n    \
         responses: {{\"204\": {{description: Done.}}}}"
    )
}

/// `getThings`, which pages by `cursor` through `items`.
pub(crate) fn paged(items: &str, cursor: &str) -> String {
    pages(items, cursor, "", &to("Cursor"), "{type: integer, format: int32}")
}

/// `getThings`, which pages and has one more parameter.
pub(crate) fn paged_with(parameter: &str) -> String {
    pages("things", "after", parameter, &to("Cursor"), "{type: integer, format: int32}")
}

/// `getThings`, whose cursor and limit have these types, which `x-pagination` is refused for.
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
      - {{name: limit, in: query, schema: {limit}}}
{}    responses: {{\"200\": {{description: A page., content: {}}}}}",
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

/// A reference to a schema.
pub(crate) fn to(schema: &str) -> String {
    format!("{{$ref: \"#/components/schemas/{schema}\"}}")
}

/// Content of JSON with this schema.
pub(crate) fn json(schema: &str) -> String {
    format!("{{application/json: {{schema: {schema}}}}}")
}

fn indent(by: usize, text: &str) -> String {
    let lines = text.trim_matches('\n').lines();
    lines.map(|line| format!("{}{line}\n", " ".repeat(by))).collect()
}

/// A parameter of text by this name.
fn parameter(place: &str, name: &str) -> String {
    format!("- name: {name:?} {MARK}\n  in: {place}\n  required: {}\n  schema: {{type: string}}", place == "path")
}

/// The families of names: a spec in which this one stands, and a mark where it does.
pub(crate) fn query(name: &str) -> String {
    things(&parameter("query", name))
}

pub(crate) fn header(name: &str) -> String {
    things(&parameter("header", name))
}

pub(crate) fn path(name: &str) -> String {
    get(&format!("/things/{{{name}}}"), &parameter("path", name))
}

/// One that is required and one that is not, so that both kinds of fields are there.
pub(crate) fn property(name: &str) -> String {
    make(&format!(
        "Thing:\n  type: object\n  required: [{name:?}]\n  properties:\n    {name:?}: {MARK}\n      type: string"
    ))
}

pub(crate) fn optional(name: &str) -> String {
    make(&format!("Thing:\n  type: object\n  properties:\n    {name:?}: {MARK}\n      type: string"))
}

/// In a request required, optional, null, in a list and in a map, and the same in a response.
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
