use crate::spec::{NOTHING, at, code, get, spec, takes, written};

/// Lists texts that would end a comment, a string or a line if they were written as they are.
const TEXTS: [&str; 12] = [
    "*/ INJECTED /*",
    "\"; INJECTED; \"",
    "\\\"; INJECTED; \\\"",
    "'; INJECTED; '",
    "`; INJECTED; `${INJECTED}`",
    "a\nINJECTED",
    "a\r\nINJECTED",
    "a\u{2028}INJECTED",
    "a\u{2029}INJECTED",
    "// INJECTED\n",
    "\u{85}INJECTED \u{202e} \u{feff}",
    "*\\/ INJECTED\\",
];

/// Returns a YAML string.
fn yaml(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Returns code without its string literals.
fn bare(text: &str) -> String {
    let code = code(text);
    code.replace("\\\\", "").replace("\\\"", "").split('"').step_by(2).collect()
}

#[test]
fn no_text_breaks_out_of_a_comment_or_string() {
    for text in TEXTS {
        let text = yaml(text);
        let lines = format!(
            "operationId: putThing\nsummary: {text}\ndescription: {text}\nx-evidence: documented\nx-evidence-note: {text}\n\
             parameters: [{{name: q, in: query, description: {text}, schema: {{type: string}}}}]\n{}\nresponses: {{'204': \
             {{description: {text}}}, '404': {{description: {text}}}}}",
            takes("Thing")
        );
        let schemas = format!(
            "Thing:\n  type: object\n  description: {text}\n  properties:\n    a: {{type: string, description: {text}, \
             pattern: {text}}}\n    {text}: {{$ref: '#/components/schemas/Color'}}\nColor: {{type: string, description: \
             {text}, enum: [{text}], x-enum-descriptions: {{{text}: {text}}}}}"
        );
        let spec = spec(&at("/thing", "put", &lines), &schemas);
        let spec = spec.replace("description: Opens doors.", &format!("description: {text}"));
        let written = written(&spec);
        for file in [&written.types, &written.operations] {
            assert!(!bare(file).contains("INJECTED"), "{text}: {}", code(file));
            assert!(!bare(file).contains(['`', '\'', '\\', '\u{2028}', '\u{2029}', '\r']), "{text}: {}", code(file));
            assert!(!file.contains(['\u{202e}', '\u{feff}', '\u{2028}']), "{text}");
            let lines = file.lines().filter(|line| line.trim_start().starts_with("* @"));
            assert!(lines.filter(|line| line.contains("INJECTED")).count() == 0, "{file}");
        }
    }
}

#[test]
fn names_that_are_no_identifiers_are_quoted() {
    let written = written(&get("
Thing:
  type: object
  properties:
    class: {type: string}
    new: {type: string}
    readonly: {type: string}
    __proto__: {type: string}
    a-b: {type: string}
    1st: {type: string}
    größe: {type: string}
    \"\\\"; x\": {type: string}
"));
    written.has(
        "Thing { class?: string; \"new\"?: string; \"readonly\"?: string; __proto__?: string; \"a-b\"?: string; \
         \"1st\"?: string; \"größe\"?: string; \"\\\"; x\"?: string; }",
    );
}

#[test]
fn operations_with_names_of_keywords_are_methods() {
    for (id, method, parameters) in [
        ("delete", "delete", "DeleteParameters"),
        ("new", "\"new\"", "NewParameters"),
        ("get-thing", "\"get-thing\"", "GetThingParameters"),
        ("2nd", "\"2nd\"", "X2ndParameters"),
    ] {
        let written =
            written(&spec(&at("/thing", "get", &format!("operationId: {id}\n{NOTHING}")), "None: {type: string}"));
        written.has(&format!("{method}(parameters?: {parameters}, options?: CallOptions): Call<void>;"));
        let table = format!("\n    {method}: \"value\",\n");
        assert!(written.operations.contains(&table), "{}", written.operations);
    }
}

#[test]
fn schemas_with_unusual_names_have_those_of_the_rust_types() {
    let written = written(&get("
Thing: {type: object, properties: {a: {$ref: '#/components/schemas/string'}, b: {$ref: '#/components/schemas/b c'}}}
string: {type: object, properties: {x: {type: string}}}
b c: {type: string}
"));
    written.has("Thing { a?: String; b?: BC; }");
    written.has("export interface String { x?: string; }");
    written.has("export type BC = string;");
}

#[test]
fn a_schema_may_contain_itself() {
    let written = written(&get(
        "Thing: {type: object, properties: {parts: {type: array, items: {$ref: '#/components/schemas/Thing'}}}}",
    ));
    written.has("export interface Thing { parts?: Thing[]; }");
}

#[test]
fn signs_of_types_in_values_stay_in_their_string() {
    let long = "x".repeat(60);
    let written = written(&get(&format!("Thing: {{type: string, enum: ['a | b', 'c & d', '{long}']}}")));
    written.has(&format!("export type Thing = | \"a | b\" | \"c & d\" | \"{long}\" | (string & {{}});"));
}
