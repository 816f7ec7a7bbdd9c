//! Writes small specs, and takes the TypeScript of one apart.

use std::path::Path;

use unloc_spec::Document;

/// Holds the TypeScript of a spec.
pub(crate) struct Written {
    pub(crate) types: String,
    pub(crate) operations: String,
}

/// Returns a spec with the client `Home`, which fills in `homeId`, and these paths and schemas.
pub(crate) fn spec(paths: &str, schemas: &str) -> String {
    format!(
        "openapi: 3.0.3\n\
         info: {{title: Homes, version: '1'}}\n\
         servers: [{{url: 'https://example.com'}}]\n\
         x-clients:\n  Home: {{description: Opens doors., parameters: [homeId], tokens: [{{scope: 'home:{{homeId}}'}}]}}\n\
         security: [{{all: ['home:{{homeId}}']}}]\n\
         paths:\n{}\n\
         components:\n  securitySchemes:\n    all:\n      type: oauth2\n      flows:\n        clientCredentials: \
         {{tokenUrl: 'https://example.com', scopes: {{'home:{{homeId}}': One.}}}}\n  schemas:\n{}",
        indented(2, paths),
        indented(4, schemas)
    )
}

/// Returns the path of an operation with these lines; the path parameter `homeId` is declared.
pub(crate) fn at(path: &str, method: &str, lines: &str) -> String {
    format!(
        "/homes/{{homeId}}{path}:\n  parameters: [{{name: homeId, in: path, required: true, schema: {{type: string}}}}]\n  \
         {method}:\n{}",
        indented(4, lines)
    )
}

/// Returns the responses of an operation that returns this schema.
pub(crate) fn returns(schema: &str) -> String {
    format!("responses: {{'200': {{description: It., {}}}}}", content(schema))
}

/// Returns the request body of an operation that takes this schema.
pub(crate) fn takes(schema: &str) -> String {
    format!("requestBody: {{required: true, {}}}", content(schema))
}

fn content(schema: &str) -> String {
    format!("content: {{application/json: {{schema: {{$ref: '#/components/schemas/{schema}'}}}}}}")
}

/// Is the response of an operation that returns nothing.
pub(crate) const NOTHING: &str = "responses: {'204': {description: Done.}}";

/// Returns a spec whose one operation returns the schema `Thing`.
pub(crate) fn get(schemas: &str) -> String {
    spec(&at("/thing", "get", &format!("operationId: getThing\n{}", returns("Thing"))), schemas)
}

/// Returns a spec whose one operation takes the schema `Thing`.
pub(crate) fn put(schemas: &str) -> String {
    spec(&at("/thing", "put", &format!("operationId: putThing\n{}\n{NOTHING}", takes("Thing"))), schemas)
}

fn indented(by: usize, text: &str) -> String {
    text.lines().map(|line| format!("{}{line}\n", " ".repeat(by))).collect()
}

/// Returns the TypeScript of a spec.
pub(crate) fn written(spec: &str) -> Written {
    let mut files = outcome(spec).unwrap_or_else(|errors| panic!("{errors}\n{spec}"));
    let mut take = |name: &str| files.remove(name).unwrap();
    Written { types: take("types.ts"), operations: take("operations.ts") }
}

/// Returns the reasons why there is no TypeScript of a spec.
pub(crate) fn refused(spec: &str) -> String {
    outcome(spec).unwrap_err()
}

fn outcome(spec: &str) -> Result<std::collections::BTreeMap<String, String>, String> {
    let document = Document::parse(Path::new("homes.yaml"), spec).map_err(|error| error.to_string())?;
    let joined = |errors: Vec<unloc_spec::Error>| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    unloc_typescript::of(&document, "homes").map_err(joined)
}

impl Written {
    /// Returns the types without comments and with every blank as one.
    pub(crate) fn code(&self) -> String {
        code(&self.types).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Checks that the types contain this code.
    pub(crate) fn has(&self, part: &str) {
        let code = self.code();
        assert!(code.contains(part), "no `{part}` in: {code}");
    }

    /// Returns the comment in front of the line that begins with this text, in one line.
    pub(crate) fn comment(&self, line: &str) -> String {
        let (before, _) =
            self.types.split_once(&format!("\n{line}")).unwrap_or_else(|| panic!("{line}: {}", self.types));
        let comment = before.rsplit("/**").next().unwrap();
        comment.split_whitespace().filter(|word| !matches!(*word, "*" | "*/")).collect::<Vec<_>>().join(" ")
    }
}

/// Returns TypeScript without its comments, read as a compiler reads it.
pub(crate) fn code(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(letter) = rest.chars().next() {
        let length = if let Some(comment) = rest.strip_prefix("/*") {
            "/**/".len() + comment.find("*/").unwrap()
        } else if rest.starts_with("//") {
            rest.find(['\n', '\r', '\u{2028}', '\u{2029}']).unwrap()
        } else if letter == '"' {
            let literal = literal(rest);
            out.push_str(&rest[..literal]);
            literal
        } else {
            out.push(letter);
            letter.len_utf8()
        };
        rest = &rest[length..];
    }
    out
}

/// Returns the length of the string literal at the beginning of a text, which must end in its line.
fn literal(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        assert!(
            !letter.is_control() && !matches!(letter, '\u{2028}' | '\u{2029}'),
            "a string goes on in the next line"
        );
        match letter {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    panic!("a string does not end");
}
