//! Generates specs as large as those of big services: nested objects, hundreds of references, recursion, alternatives
//! that refer to each other, examples.
//!
//! `LARGE=FILE cargo test -p unloc-lint writes_a_large_spec -- --ignored` writes one, to read or to profile.
//! `OPERATIONS` sets the number of operations (default 500, about 10 MB); `EDITION=1` selects the edited edition.

use serde_json::{Map, Value, json};
use unloc_spec::reference_to;

/// Selects which spec is generated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Large {
    /// Is the number of operations, each with four component schemas. 350 make about 7 MB of indented JSON.
    pub(crate) operations: usize,
    /// Is 0 for the original. In a later edition every twentieth schema has one property added, one removed and one
    /// required; every fiftieth operation is replaced.
    pub(crate) edition: usize,
}

impl Large {
    pub(crate) fn of(operations: usize) -> Self {
        Self { operations, edition: 0 }
    }

    /// Returns the spec as indented JSON with a value per line.
    pub(crate) fn text(self) -> String {
        serde_json::to_string_pretty(&self.value()).unwrap_or_default()
    }

    /// Returns the spec as JSON on one line.
    pub(crate) fn minified(self) -> String {
        self.value().to_string()
    }

    pub(crate) fn value(self) -> Value {
        let mut paths = Map::new();
        for number in 0..self.operations.div_ceil(2) {
            paths.insert(format!("/groups/{{groupId}}/things-{number}"), self.path(number));
        }
        let mut schemas = Map::new();
        for number in 0..self.operations {
            schemas.insert(format!("Thing{number}"), self.thing(number));
            schemas.insert(format!("Detail{number}"), self.detail(number));
            schemas.insert(format!("Choice{number}"), self.choice(number));
            schemas.insert(format!("Page{number}"), page(number));
        }
        schemas.insert("Base".to_owned(), base());
        schemas.insert("Problem".to_owned(), problem());
        json!({
            "openapi": "3.0.3",
            "info": { "title": "Things", "version": "1.0.0", "description": "Things of all kinds." },
            "servers": [{ "url": "https://api.example.com/v1" }],
            "tags": [{ "name": "Things", "description": "Things." }],
            "security": [{ "token": [] }],
            "paths": paths,
            "components": {
                "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
                "parameters": { "Group": parameter("groupId", "path", true), "Limit": limit(), "Cursor": parameter("cursor", "query", false) },
                "responses": { "Refused": response("It is refused.", "Problem", &json!({ "code": "refused", "message": "Not now." })) },
                "schemas": schemas,
            },
        })
    }

    fn is_edited(self, number: usize, every: usize) -> bool {
        self.edition > 0 && number % every == every - 1
    }

    fn path(self, number: usize) -> Value {
        let (list, create) = (number * 2, (number * 2 + 1) % self.operations.max(1));
        let refused = reference_to("responses", "Refused");
        let mut item = json!({
            "parameters": [reference_to("parameters", "Group")],
            "get": {
                "operationId": format!("listThings{number}"), "summary": format!("List things of kind {number}"),
                "description": words(60, number), "tags": ["Things"],
                "parameters": [
                    reference_to("parameters", "Limit"), reference_to("parameters", "Cursor"),
                    parameter("state", "query", false), parameter("sort", "query", false),
                ],
                "responses": {
                    "200": response("A page of them.", &format!("Page{list}"), &page_example(list)),
                    "401": refused, "404": refused, "422": refused,
                },
            },
            "post": {
                "operationId": format!("createThing{number}"), "summary": format!("Create a thing of kind {number}"),
                "description": words(60, number + 1), "tags": ["Things"],
                "requestBody": { "required": true, "content": { "application/json": {
                    "schema": reference(&format!("Thing{create}")), "example": thing_example(create),
                } } },
                "responses": {
                    "201": response("It is made.", &format!("Thing{create}"), &thing_example(create)),
                    "401": refused, "404": refused, "422": refused,
                },
            },
        });
        if self.is_edited(number, 50)
            && let Some(item) = item.as_object_mut()
            && let Some(mut post) = item.remove("post")
        {
            post["operationId"] = json!(format!("replaceThing{number}"));
            item.insert("put".to_owned(), post);
        }
        item
    }

    /// Returns an object of many properties. Some refer to other things, which lead back to it.
    fn thing(self, number: usize) -> Value {
        let other = |step: usize, kind: &str| reference(&format!("{kind}{}", (number + step) % self.operations.max(1)));
        let mut properties = Map::new();
        for field in 0..16 {
            properties.insert(format!("field{field}"), field_schema(field, number));
        }
        properties.insert("detail".to_owned(), other(0, "Detail"));
        properties.insert("next".to_owned(), other(1, "Thing"));
        properties.insert("choice".to_owned(), other(7, "Choice"));
        properties.insert("related".to_owned(), list(&other(13, "Thing"), "What it is related to."));
        properties.insert("nested".to_owned(), nested(6, number, &other(31, "Detail")));
        let mut required = vec!["id", "field0"];
        if self.is_edited(number, 20) {
            properties.insert("added".to_owned(), json!({ "type": "string", "description": "It is new." }));
            properties.remove("field15");
            required.push("field1");
        }
        let own = json!({ "type": "object", "required": required[1..], "properties": properties });
        json!({ "description": words(20, number), "allOf": [reference("Base"), own] })
    }

    /// Returns an object with an inline object, and with two alternative sets of required properties.
    fn detail(self, number: usize) -> Value {
        let back = reference(&format!("Thing{}", (number * 3 + 1) % self.operations.max(1)));
        json!({
            "type": "object", "description": words(16, number), "required": ["kind"],
            "properties": {
                "kind": { "type": "string", "description": "Its kind.", "enum": [format!("detail{number}")] },
                "mail": { "type": "string", "description": "Where to write to.", "nullable": true },
                "phone": { "type": "string", "description": "Where to call.", "nullable": true },
                "made": { "type": "string", "format": "date-time", "description": "When it was made.", "readOnly": true },
                "owner": back,
                "inner": nested(4, number, &back),
            },
            "anyOf": [{ "required": ["mail"] }, { "required": ["phone"] }],
        })
    }

    /// Returns a choice of several details, or of other choices.
    fn choice(self, number: usize) -> Value {
        let at = |step: usize| (number + step) % self.operations.max(1);
        if number.is_multiple_of(3) {
            let others = (1..6).map(at).filter(|other| !other.is_multiple_of(3));
            let members: Vec<_> = others.map(|other| reference(&format!("Choice{other}"))).collect();
            return json!({ "description": words(8, number), "anyOf": members });
        }
        let members: Vec<_> = (0..4).map(|step| reference(&format!("Detail{}", at(step)))).collect();
        json!({ "description": words(8, number), "oneOf": members, "discriminator": { "propertyName": "kind" } })
    }
}

fn reference(name: &str) -> Value {
    reference_to("schemas", name)
}

fn list(of: &Value, description: &str) -> Value {
    json!({ "type": "array", "items": of, "description": description, "maxItems": 100 })
}

fn parameter(name: &str, place: &str, required: bool) -> Value {
    json!({
        "name": name, "in": place, "required": required, "description": format!("Which {name}."),
        "schema": { "type": "string", "example": "abc" },
    })
}

fn limit() -> Value {
    let schema = json!({ "type": "integer", "minimum": 1, "maximum": 100, "default": 30 });
    json!({ "name": "limit", "in": "query", "description": "How many at most.", "schema": schema })
}

fn response(description: &str, schema: &str, example: &Value) -> Value {
    let media = json!({ "schema": reference(schema), "examples": { "usual": { "value": example } } });
    json!({ "description": description, "content": { "application/json": media } })
}

fn base() -> Value {
    json!({
        "type": "object", "description": "What everything has.", "required": ["id"],
        "properties": {
            "id": { "type": "string", "description": "Its id.", "example": "a1" },
            "etag": { "type": "string", "description": "Its version.", "readOnly": true },
        },
    })
}

fn problem() -> Value {
    json!({
        "type": "object", "description": "Why not.", "required": ["code", "message"],
        "properties": {
            "code": { "type": "string", "description": "For programs." },
            "message": { "type": "string", "description": "For people." },
        },
    })
}

fn page(number: usize) -> Value {
    json!({
        "type": "object", "description": words(10, number), "required": ["items"],
        "properties": {
            "items": list(&reference(&format!("Thing{number}")), "The things."),
            "cursor": { "type": "string", "nullable": true, "description": "Where the next page begins." },
        },
    })
}

fn field_schema(field: usize, number: usize) -> Value {
    let description = words(8 + field, number + field);
    match field % 4 {
        0 => {
            json!({ "type": "string", "description": description, "minLength": 1, "maxLength": 200, "example": "text" })
        }
        1 => json!({ "type": "integer", "format": "int64", "description": description, "minimum": 0, "example": 7 }),
        2 => {
            json!({ "type": "string", "description": description, "enum": ["open", "shut", "ajar"], "example": "open" })
        }
        _ => json!({ "type": "boolean", "description": description, "default": false }),
    }
}

/// Returns objects within objects, with an array at the innermost level.
fn nested(depth: usize, number: usize, bottom: &Value) -> Value {
    if depth == 0 {
        return list(bottom, "The innermost list.");
    }
    json!({
        "type": "object", "description": words(6, number + depth), "required": ["name"],
        "properties": {
            "name": { "type": "string", "description": words(5, depth), "pattern": "^[a-z]+$" },
            "count": { "type": "integer", "description": words(7, depth), "nullable": true },
            "inner": nested(depth - 1, number, bottom),
        },
    })
}

fn thing_example(number: usize) -> Value {
    json!({
        "id": format!("thing-{number}"), "field0": "text", "field1": number, "field2": "shut", "field3": true, "field4": "more text",
        "nested": { "name": "one", "count": null, "inner": { "name": "two", "inner": { "name": "three", "count": 3 } } },
        "detail": { "kind": format!("detail{number}"), "mail": "home" },
        "related": [{ "id": "other", "field0": "text" }, { "id": "another", "field0": "text", "field2": "ajar" }],
    })
}

fn page_example(number: usize) -> Value {
    json!({ "items": [thing_example(number), thing_example(number)], "cursor": "abc" })
}

/// Returns this many words as a description.
fn words(count: usize, seed: usize) -> String {
    const WORDS: [&str; 12] =
        ["the", "thing", "of", "this", "kind", "is", "kept", "for", "its", "owner", "until", "then"];
    let picked: Vec<_> = (0..count).map(|place| WORDS[(place * 5 + seed) % WORDS.len()]).collect();
    format!("{} number {seed}.", picked.join(" "))
}
