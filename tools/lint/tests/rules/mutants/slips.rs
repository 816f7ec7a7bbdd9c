//! Lists the kinds of slips.

use super::edits::{Kind, after, kind, line, misspelt, replaced, without};

pub(super) fn kinds() -> Vec<Kind> {
    let keys = [
        "operationId",
        "summary",
        "tags",
        "parameters",
        "requestBody",
        "responses",
        "content",
        "schema",
        "security",
        "properties",
        "items",
        "enum",
        "format",
        "required",
        "nullable",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "pattern",
        "allOf",
        "additionalProperties",
        "servers",
        "components",
        "securitySchemes",
        "flows",
        "clientCredentials",
        "tokenUrl",
        "scopes",
        "x-clients",
        "x-environment",
        "x-evidence",
        "x-evidence-note",
        "x-pagination",
        "x-idempotent",
        "x-envelope",
        "x-aliases",
        "x-tolerate",
        "x-sensitive",
        "x-case-insensitive",
        "x-enum-descriptions",
    ];
    let mut kinds: Vec<Kind> = keys.into_iter().map(misspelt).collect();
    for method in ["get", "post", "put", "patch", "delete"] {
        kinds.push(line(format!("`{method}` with an extra letter"), move |line| {
            (line == format!("    {method}:")).then(|| format!("    {method}s:"))
        }));
    }
    kinds.extend([
        replaced("type: string", "type: strin"),
        replaced("type: object", "type: dict"),
        replaced("type: integer", "type: int"),
        replaced("type: string", "type: [string, 'null']"),
        replaced("#/components/schemas/", "#/components/schema/"),
        replaced("$ref: '#/components/schemas/", "$ref: '#/components/responses/"),
        replaced("$ref: '#/", "$ref: 'other.yaml#/"),
        line("a reference with an extra letter", |line| {
            line.contains("$ref: '#").then(|| format!("{}x'", line.trim_end_matches('\'')))
        }),
        replaced("'200':", "'20':"),
        replaced("'401':", "unauthorized:"),
        replaced("'204':", "'2044':"),
        without("        '401':", 2),
        without("      operationId:", 1),
        without("      summary:", 1),
        replaced("version: '1'", "version: 1"),
        replaced("openapi: 3.0.3", "openapi: 3.1.0"),
        replaced("      in: path", "      in: query"),
        replaced("      in: path", "      in: pth"),
        replaced("      in: query", "      in: cookie"),
        without("      required: true", 1),
        line("a path without its leading slash", |line| {
            line.strip_prefix("  /").filter(|rest| rest.ends_with(':')).map(|rest| format!("  {rest}"))
        }),
        line("a path parameter with another name", |line| {
            (line.starts_with("  /") && line.contains("{lockId}")).then(|| line.replacen("{lockId}", "{lock}", 1))
        }),
        replaced("format: date-time", "format: datetime"),
        replaced("format: int32", "format: uuid"),
        line("a duplicate enum value", |line| {
            line.strip_prefix("        - ")
                .filter(|rest| !rest.contains([':', '$', ' ']))
                .map(|_| format!("{line}\n{line}"))
        }),
        replaced("url: https://", "url: http://"),
        replaced("tags: [", "tags: [Other, "),
        replaced("- integrator: [", "- integrater: ["),
        replaced("[integrator.admin]", "[integrator.admni]"),
        replaced("summary: ", "\tsummary: "),
        after("      summary: ", "summary: Again"),
        after("          $ref: '#", "description: Beside it"),
        after("          type: string", "const: one"),
        after("          type: string", "minimum: 3"),
        after("          type: integer", "default: ten"),
        after("          type: boolean", "enum: ['yes', 'no']"),
        after("          type: array", "maxLength: 3"),
        replaced("description: Says ", "description: TODO Says "),
        line("a required name with an extra letter", |line| {
            let (head, rest) = line.split_once("required: [")?;
            Some(format!("{head}required: [x{rest}"))
        }),
        line("a string in place of a list", |line| {
            line.trim()
                .strip_prefix("required: [")?
                .strip_suffix(']')
                .map(|_| format!("{}required: id", " ".repeat(line.len() - line.trim_start().len())))
        }),
        replaced("minLength: 4", "minLength: 4096"),
        replaced("minimum: 1", "minimum: 1000000"),
        replaced("pattern: '^[", "pattern: '^(["),
        replaced("'+12125550101'", "'+4791234567'"),
        replaced("installer@example.com", "installer@gmail.com"),
        replaced(
            "EXAMPLE-PASSWORD",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
        ),
        replaced("created: '2024-", "created: 'May 2024-"),
        replaced("canShare: true", "canShare: 7"),
        replaced("locksToCreate: 10", "locksToCreate: 1000"),
        replaced("locksToCreate: 10", "locksToCreate: ten"),
        replaced("example: 100", "example: many"),
        replaced("responses:", "responses: []\n      x-rest:"),
    ]);
    kinds.extend(later_kinds());
    kinds
}

/// Lists further kinds, most of them about the rules for bindings and the house rules.
fn later_kinds() -> Vec<Kind> {
    vec![
        without("      x-evidence: ", 1),
        without("      tags: ", 1),
        without("        - $ref: '#/components/parameters/", 1),
        without("          description: ", 1),
        without("      description: ", 1),
        without("          format: date-time", 1),
        without("        format: int32", 1),
        without("          format: int32", 1),
        without("          tokenUrl: ", 1),
        without("            - $ref: '#/components/schemas/", 1),
        replaced("x-evidence: documented", "x-evidence: likely"),
        replaced("x-idempotent: true", "x-idempotent: 'true'"),
        replaced("x-pagination: {items: ", "x-pagination: {items: x"),
        replaced("cursor: startAfterId", "cursor: after"),
        replaced("x-envelope: ", "x-envelope: x"),
        replaced("x-sensitive: secret", "x-sensitive: password"),
        replaced("x-sensitive: phone-number", "x-sensitve: phone-number"),
        replaced("x-tolerate: [string]", "x-tolerate: [number]"),
        replaced("x-aliases: [", "x-aliases: [7, "),
        replaced("x-environment: sandbox", "x-environment: sandpit"),
        kind("an enum value without a description", |lines, place| {
            let is_entry = lines[place].starts_with("        ") && !lines[place].ends_with(">-");
            (is_entry && place > 0 && lines[place - 1] == "      x-enum-descriptions:").then(|| {
                let rest = lines.iter().enumerate().filter(|(number, _)| *number != place);
                rest.map(|(_, line)| (*line).to_owned()).collect()
            })
        }),
        line("a path without its trailing slash", |line| {
            (line.starts_with("  /")).then(|| line.strip_suffix("/:").map(|path| format!("{path}:"))).flatten()
        }),
        line("a path with two slashes in a row", |line| {
            (line.starts_with("  /") && line.contains("}/")).then(|| line.replacen("}/", "}//", 1))
        }),
        line("a summary with a full stop", |line| line.starts_with("      summary: ").then(|| format!("{line}."))),
        line("a summary that is too long", |line| {
            line.starts_with("      summary: ")
                .then(|| format!("{line}, and whatever else there may be to say of it here"))
        }),
        replaced("'204':", "'201':"),
        replaced("'200':", "200:"),
        replaced("countryIso: 'NO'", "countryIso: NO"),
        replaced("https://images.example.com", "https://images.acme.com"),
        replaced("password: EXAMPLE", "password: hunter2"),
        replaced("name: Front door", "nam: Front door"),
        replaced("'+12125550101'", "+12125550101"),
        replaced("            error: ", "            eror: "),
        replaced("required: [id", "required: [id, id"),
        replaced("application/json:", "application/jsn:"),
        replaced("type: oauth2", "type: oauth"),
        replaced("openapi: 3.0.3", "openapi: 3.0"),
        replaced("tokenUrl: https:", "tokenUrl: http:"),
        replaced("      name: lockId", "      name: lock"),
        replaced("      in: path", "      in: header"),
        replaced("  - name: Locks", "  - name: Keys"),
        line("duplicate operationId", |line| {
            (line.starts_with("      operationId: ") && !line.ends_with(" getLock") && line.contains("Lock"))
                .then(|| "      operationId: getLock".to_owned())
        }),
        line("an operation without authentication", |line| {
            (line == "      security:").then(|| "      security: []\n      x-rest:".to_owned())
        }),
        after("          type: integer", "multipleOf: 0"),
        after("          type: string", "enum: []"),
        after("          type: string", "format: int64"),
        after("          type: string", "example: 7"),
        after("          type: boolean", "default: 'true'"),
        after("          type: object", "oneOf: []"),
        after("      type: object", "nullable: yes"),
        after("      operationId: ", "deprecated: 'yes'"),
        after("      operationId: ", "<<<<<<< HEAD"),
        after("      operationId: ", "<<: {}"),
        after("  - url: ", "url: https://other.example.com"),
        after("          type: string", "pattern: '(?<'"),
    ]
}
