use std::collections::BTreeSet;
use std::path::Path;

use super::*;

const BASE: &str = include_str!("base.yaml");

fn found(text: &str) -> Vec<Finding> {
    validate(Path::new("base.yaml"), text)
}

/// Rule, what is written in place of what, and the word on the line where it must be found.
const MISTAKES: &[(&str, &str, &str, &str)] = &[
    ("yaml", "  title: Doors\n", "  title: Doors\n  title: Gates\n", "title: Gates"),
    ("yaml", "openapi: 3.0.3", "openapi: [3.0.3", ""),
    ("unknown-field", "    get:\n", "    gett:\n", "gett:"),
    ("unknown-field", "maxLength: 40", "maxLenght: 40", "maxLenght"),
    ("unknown-field", "      enum: [open, shut]", "      enum: [open, shut]\n      const: open", "const"),
    ("field-type", "version: '1'", "version: 1", "version: 1"),
    ("field-type", "      required: [error]", "      required: error", "required: error"),
    ("field-type", "          in: query", "          in: querry", "querry"),
    ("required-field", "          description: It is gone.\n", "          x-note: gone\n", "'204'"),
    ("required-field", "  title: Doors\n", "", "info:"),
    ("ref-resolves", "'#/components/schemas/State'", "'#/components/schemas/Stat'", "schemas/Stat'"),
    ("ref-kind", "'#/components/schemas/State'", "'#/components/responses/Refused'", "          allOf:"),
    ("no-external-ref", "'#/components/schemas/State'", "'state.yaml#/State'", "state.yaml"),
    (
        "ref-siblings",
        "            - $ref: '#/components/schemas/State'\n",
        "            - $ref: '#/components/schemas/State'\n              nullable: true\n",
        "nullable: true",
    ),
    (
        "component-used",
        "    State:\n      type",
        "    Colour:\n      type: string\n      description: Its colour.\n    State:\n      type",
        "Colour",
    ),
    ("path-leading-slash", "  /doors/:", "  doors/:", "doors/:"),
    ("path-no-query", "  /doors/:", "  /doors/?all:", "?all"),
    ("path-parameters", "      required: true\n      description: Id of", "      description: Id of", "DoorId:"),
    (
        "path-unambiguous",
        "components:\n  securitySchemes",
        "  /doors/{id}/:\n    x-note: again\ncomponents:\n  securitySchemes",
        "{id}",
    ),
    (
        "parameter-unique",
        "        - name: limit",
        "        - name: limit\n          in: query\n          description: Again.\n          schema:\n            type: string\n        - name: limit",
        "- name: limit",
    ),
    (
        "parameter-schema-xor-content",
        "      schema:\n        type: string\n      example: d1\n",
        "      example: d1\n",
        "DoorId:",
    ),
    ("status-code-valid", "        '204':", "        '20':", "'20'"),
    ("success-response", "        '204':\n          description: It is gone.\n", "", "      responses:"),
    (
        "error-response",
        "          description: It is gone.\n        '401':\n          $ref: '#/components/responses/Refused'\n",
        "          description: It is gone.\n",
        "responses:",
    ),
    (
        "secured-401",
        "          description: It is gone.\n        '401':",
        "          description: It is gone.\n        '404':",
        "responses:",
    ),
    (
        "no-request-body",
        "      summary: Take a door out\n",
        "      summary: Take a door out\n      requestBody:\n        description: Why.\n        content:\n          application/json:\n            schema:\n              $ref: '#/components/schemas/UpdateDoor'\n",
        "requestBody",
    ),
    (
        "no-response-body",
        "        '204':\n          description: It is gone.\n",
        "        '204':\n          description: It is gone.\n          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/Door'\n",
        "'204'",
    ),
    ("operation-id-present", "      operationId: deleteDoor\n", "", "delete:"),
    ("operation-id-unique", "deleteDoor", "updateDoor", "operationId: updateDoor"),
    ("operation-summary", "      summary: Take a door out\n", "", "delete:"),
    ("tag-declared", "updateDoor\n      tags: [Doors]", "updateDoor\n      tags: [Gates]", "Gates"),
    ("required-defined", "required: [doorId, name]", "required: [doorId, nam]", "nam]"),
    ("array-items", "          items:\n            $ref: '#/components/schemas/Door'\n", "", "doors:"),
    ("bounds-agree", "maxLength: 40", "maxLength: 0", "maxLength: 0"),
    ("pattern-valid", "'^[A-Z]'", "'^[A-Z'", "'^[A-Z'"),
    (
        "nullable-type",
        "          description: Its name.\n",
        "          description: Its name.\n        note:\n          description: A note.\n          nullable: true\n          oneOf:\n            - $ref: '#/components/schemas/State'\n",
        "nullable",
    ),
    ("nullable-enum", "      enum: [open, shut]", "      nullable: true\n      enum: [open, shut]", "enum"),
    ("keyword-fits-type", "          maximum: 100", "          maximum: 100\n            maxLength: 3", "maxLength: 3"),
    ("format-fits-type", "format: int32", "format: uuid", "uuid"),
    ("format-known", "format: date-time", "format: datetime", "datetime"),
    ("enum-unique", "[open, shut]", "[open, shut, shut]", "enum"),
    ("enum-type", "[open, shut]", "[open, 7]", "enum"),
    ("read-write-only", "          readOnly: true", "          readOnly: true\n          writeOnly: true", "writeOnly"),
    ("finite-schema", "required: [doorId, name]", "required: [doorId, name, neighbour]", "Door:"),
    (
        "schema-typed",
        "          type: string\n          description: A short code.",
        "          description: A short code.",
        "error:",
    ),
    ("example-valid", "          example: 10", "          example: ten", "ten"),
    ("example-valid", "          example: 10", "          example: 1000", "1000"),
    ("example-valid", "                  name: Back door", "                  nam: Back door", "value:"),
    ("example-valid", "'2024-05-02T10:35:24Z'", "yesterday", "yesterday"),
    ("default-valid", "            maximum: 100", "            maximum: 100\n            default: 101", "default"),
    (
        "example-xor-examples",
        "            examples:\n              plain",
        "            example:\n              name: Door\n            examples:\n              plain",
        "example:",
    ),
    ("security-defined", "  - token: [doors.read]", "  - tokn: [doors.read]", "tokn"),
    ("scope-declared", "[doors.read]", "[doors.write]", "doors.write"),
    ("security-scheme-complete", "          tokenUrl: https://api.example.com/token\n", "", "clientCredentials"),
    (
        "operation-secured",
        "      operationId: deleteDoor",
        "      security: []\n      operationId: deleteDoor",
        "delete:",
    ),
    ("server-https", "url: https://api.example.com/v1", "url: http://api.example.com/v1", "http:"),
    ("server-variables", "https://api.example.com/v1", "https://{region}.example.com/v1", "region"),
    ("version-supported", "openapi: 3.0.3", "openapi: 3.1.0", "3.1.0"),
    ("casing", "deleteDoor", "delete_door", "delete_door"),
    (
        "rust-name-collision",
        "        neighbour:",
        "        doorID:\n          type: string\n          description: Again.\n        neighbour:",
        "doorID",
    ),
    ("enum-value-nameable", "[open, shut]", "[open, Open]", "enum"),
    ("enum-value-nameable", "[open, shut]", "[open, '+']", "enum"),
    (
        "single-success-type",
        "        '204':\n          description: It is gone.\n",
        "        '200':\n          description: The door.\n          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/Door'\n        '202':\n          description: The doors.\n          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/DoorList'\n",
        "'202'",
    ),
    (
        "single-request-type",
        "            examples:\n              plain",
        "            example:\n              name: Door\n          application/xml:\n            schema:\n              $ref: '#/components/schemas/UpdateDoor'\n            examples:\n              plain",
        "application/xml",
    ),
    (
        "content-schema",
        "              schema:\n                $ref: '#/components/schemas/Door'\n        '401'",
        "              x-note: nothing\n        '401'",
        "application/json",
    ),
    (
        "no-inline-object",
        "        neighbour:\n          allOf:\n            - $ref: '#/components/schemas/Door'\n",
        "        neighbour:\n          type: object\n          properties:\n            doorId:\n              type: string\n              description: Its id.\n",
        "neighbour",
    ),
    ("generator-unsupported", "          in: query", "          in: cookie", "cookie"),
    (
        "property-consistent",
        "          description: The name.",
        "          description: The name.\n        doorId:\n          type: integer\n          description: Its id.",
        "doorId:",
    ),
    (
        "date-time-format",
        "          description: The name.",
        "          description: The name.\n        since:\n          type: string\n          description: Since when.\n          example: '2024-05-02T10:35:24Z'",
        "since",
    ),
    (
        "enum-no-boolean",
        "    State:\n      type",
        "    Lit:\n      type: string\n      description: Whether there is light.\n      enum: ['true', 'false']\n    State:\n      type",
        "enum",
    ),
    ("description", "          description: Its name.\n", "", "name:"),
    ("no-placeholder-text", "description: Its name.", "description: TODO", "TODO"),
    (
        "no-secret-in-example",
        "error: Unauthorized",
        "error: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzb21lYm9keSJ9.c2lnbmF0dXJl",
        "eyJ",
    ),
    ("no-personal-data-in-example", "name: Back door", "name: kari@gmail.com", "gmail"),
    ("no-personal-data-in-example", "name: Back door", "name: '+4791234567'", "+47"),
    (
        "example-status-agrees",
        "              example:\n                doors:\n                  - doorId: d1\n                    name: Front door\n                    state: open\n                    openedAt: '2024-05-02T10:35:24Z'\n",
        "              example: { doors: [], error: x }\n",
        "example:",
    ),
    (
        "discriminator-property",
        "    State:\n      type",
        "    Other:\n      type: object\n      description: One or the other.\n      discriminator:\n        propertyName: kind\n      properties:\n        kind:\n          type: string\n          description: Which.\n    State:\n      type",
        "kind",
    ),
    (
        "allow",
        "          description: Its name.\n",
        "          description: Its name.\n          x-lint-allow: { description: it is plain }\n",
        "x-lint-allow",
    ),
];

#[test]
fn a_faultless_spec_raises_nothing() {
    let findings = found(BASE);
    assert!(findings.is_empty(), "{findings:#?}");
}

#[test]
fn each_mistake_is_found_where_it_is_and_as_what_it_is() {
    let mut wrong = Vec::new();
    for (rule, old, new, place) in MISTAKES {
        let text = BASE.replacen(old, new, 1);
        assert_ne!(text, BASE, "{rule}: nothing is changed by {new:?}");
        let findings = found(&text);
        let lines: Vec<_> = text.lines().collect();
        let is_there = |finding: &Finding| {
            let (least, most) = (finding.at.line.saturating_sub(3), (finding.at.line + 2).min(lines.len()));
            lines[least..most].iter().any(|line| line.contains(place))
        };
        let of_rule: Vec<_> = findings.iter().filter(|finding| finding.rule == *rule).collect();
        if of_rule.is_empty() || !of_rule.iter().any(|finding| is_there(finding)) {
            wrong.push(format!("{rule} is not found for {new:?}: {findings:#?}"));
        }
        // A component that only this led to is left over; that is another fact, not the same one twice.
        let others: BTreeSet<_> = findings
            .iter()
            .map(|finding| finding.rule)
            .filter(|other| other != rule && *other != "component-used")
            .collect();
        if !others.is_empty() {
            wrong.push(format!("{rule} is found, but also {others:?}: {findings:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_a_mistake_that_breaks_it() {
    let broken: BTreeSet<_> = MISTAKES.iter().map(|(rule, ..)| *rule).collect();
    // The generator's own refusals have no other rule to tell them by.
    let rules: BTreeSet<_> = rules::all().into_iter().map(|rule| rule.id).filter(|id| *id != "bindings").collect();
    assert_eq!(broken, rules);
}

/// What may look wrong and is not: what is written in place of what.
const FAULTLESS: &[(&str, &str)] = &[
    ("      enum: [open, shut]", "      enum:\n        - open\n        - shut\n        - 'on'\n        - no"),
    (
        "        neighbour:",
        "        type:\n          type: string\n          description: Its make.\n        neighbour:",
    ),
    (
        "        neighbour:",
        "        example:\n          type: string\n          description: A door like it.\n        neighbour:",
    ),
    (
        "        neighbour:",
        "        required:\n          type: boolean\n          description: Whether it must be there.\n        neighbour:",
    ),
    ("        neighbour:", "        enum:\n          type: string\n          description: A list.\n        neighbour:"),
    (
        "        neighbour:",
        "        $ref:\n          type: string\n          description: Where it is from.\n        neighbour:",
    ),
    (
        "        '401':\n          $ref: '#/components/responses/Refused'\n",
        "        4XX:\n          $ref: '#/components/responses/Refused'\n",
    ),
    ("        '204':", "        204:"),
    ("          example: 10\n", "          example: 1\n"),
    ("            maximum: 100", "            maximum: 100\n            exclusiveMaximum: true"),
    ("            maximum: 100", "            maximum: 100\n            default: 10"),
    ("          example: 10", "          examples:\n            few:\n              value: 2"),
    ("                    openedAt: '2024-05-02T10:35:24Z'", "                    openedAt: null"),
    (
        "                    openedAt: '2024-05-02T10:35:24Z'",
        "                    openedAt: '2024-05-02T10:35:24.083+02:00'",
    ),
    ("                  - doorId: d1", "                  - &first\n                    doorId: d1"),
    ("                  name: Back door", "                  name: \"Back door\\u0020\""),
    (
        "                  name: Back door",
        "                  name: >-\n                    Back\n                    door",
    ),
    ("description: A door.", "description: |-\n        A door.\n\n        * with a list"),
    (
        "url: https://api.example.com/v1",
        "url: https://{region}.example.com/v1\n    variables:\n      region:\n        default: eu",
    ),
    ("url: https://api.example.com/v1", "url: http://localhost:4010/v1"),
    ("  - token: [doors.read]", "  - token: [doors.read]\n  - token: []"),
    ("      operationId: deleteDoor", "      deprecated: true\n      operationId: deleteDoor"),
    ("      required: [doorId, name]", "      required:\n        - doorId\n        - name"),
    ("      required: [doorId, name]", "      required: [doorId, name]\n      additionalProperties: true"),
    ("    State:\n      type: string", "    State:\n      x-note: { any: thing }\n      type: string"),
    ("openapi: 3.0.3", "openapi: '3.0.0'"),
    ("openapi: 3.0.3", "# Doors.\nopenapi: 3.0.3"),
    ("error: Unauthorized", "error: '+12125550142'"),
    ("error: Unauthorized", "error: somebody@example.com"),
    ("          pattern: '^[A-Z]'", "          pattern: '^(?=.)[\\p{Lu}A-Z]'"),
    ("          description: Its name.\n", "          x-lint-allow: { description: the name says it }\n"),
];

#[test]
fn what_only_looks_wrong_raises_nothing() {
    let crlf = BASE.replace('\n', "\r\n");
    let variants = FAULTLESS.iter().map(|(old, new)| (*new, BASE.replacen(old, new, 1)));
    for (what, text) in variants.chain([("line ends of Windows", crlf)]) {
        assert_ne!(text, BASE, "nothing is changed by {what:?}");
        let findings = found(&text);
        assert!(findings.is_empty(), "{what:?}: {findings:#?}");
    }
}

#[test]
fn every_format_tells_the_rule_the_place_and_the_help() {
    let text = BASE.replacen("    get:", "    gett:", 1);
    let findings = found(&text);
    let texts = [("base.yaml".to_owned(), text)];
    let human = report::human(&findings, &texts, false);
    assert!(
        human.starts_with(
            "error[unknown-field]: a path has no field `gett`, so this is ignored\n  --> base.yaml:16:5\n"
        ),
        "{human}"
    );
    assert!(
        human.contains("16 |     gett:\n   |     ^^^^\n") && human.contains("help: did you mean `get`?"),
        "{human}"
    );
    let json: Value = report::json(&findings).parse().unwrap();
    let first = &json["findings"][0];
    assert_eq!((&first["rule"], &first["line"], &first["column"]), (&"unknown-field".into(), &16.into(), &5.into()));
    assert!(report::github(&findings).starts_with("::error file=base.yaml,line=16,col=5,title=unknown-field::a path"));
    let sarif: Value = report::sarif(&findings).parse().unwrap();
    let region = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["startLine"], &region["endColumn"]), (&16.into(), &9.into()));
}

#[test]
fn the_page_of_rules_is_made_of_the_rules() {
    assert_eq!(include_str!("../../RULES.md"), rules::document(), "run: cargo xtask validate --rules > xtask/RULES.md");
}

#[test]
fn the_specs_of_this_repository_are_clean() {
    check(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()).unwrap();
}
