//! Lists mistakes in syntax, fields, references and descriptions.

use super::Mistake;

pub(crate) const MISTAKES: &[Mistake] = &[
    ("yaml", "  title: Doors\n", "  title: Doors\n  title: Gates\n", "title: Gates"),
    ("yaml", "openapi: 3.0.3", "openapi: [3.0.3", ""),
    ("yaml", "  title: Doors\n", "<<<<<<< HEAD\n  title: Doors\n=======\n  title: Gates\n>>>>>>> other\n", "<<<<<<<"),
    (
        "yaml",
        "      type: string\n      description: The states",
        "      <<: { type: string }\n      description: The states",
        "<<",
    ),
    ("unknown-field", "    get:\n", "    gett:\n", "gett:"),
    ("unknown-field", "maxLength: 40", "maxLenght: 40", "maxLenght"),
    ("unknown-field", "      enum: [open, shut]", "      enum: [open, shut]\n      const: open", "const"),
    ("field-type", "version: '1'", "version: 1", "version: 1"),
    ("field-type", "      required: [error]", "      required: error", "required: error"),
    ("field-type", "          in: query", "          in: querry", "querry"),
    (
        "field-type",
        "          type: string\n          description: A short code.",
        "          type: [string, 'null']\n          description: A short code.",
        "type: [",
    ),
    ("field-type", "            maximum: 100", "            exclusiveMaximum: 100", "exclusiveMaximum"),
    ("field-type", "openapi: 3.0.3", "openapi: 3.0", "openapi"),
    ("field-type", "maxLength: 40", "maxLength: -1", "maxLength"),
    ("required-field", "          description: The door is removed.\n", "          x-note: gone\n", "'204'"),
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
    (
        "component-name",
        "    State:\n      type",
        "    Big colour:\n      type: string\n      description: Its colour.\n    State:\n      type",
        "Big colour",
    ),
    ("version-supported", "openapi: 3.0.3", "openapi: 3.1.0", "3.1.0"),
    ("list-not-empty", "      enum: [open, shut]", "      enum: []", "enum"),
    ("list-not-empty", "      required: [error]", "      required: []", "required"),
    ("list-unique", "required: [doorId, name]", "required: [doorId, doorId, name]", "required"),
    ("list-unique", "updateDoor\n      tags: [Doors]", "updateDoor\n      tags: [Doors, Doors]", "tags"),
    (
        "list-unique",
        "tags:\n  - name: Doors",
        "tags:\n  - name: Doors\n    description: Again.\n  - name: Doors",
        "- name: Doors",
    ),
    (
        "tag-used",
        "tags:\n  - name: Doors",
        "tags:\n  - name: Gates\n    description: What swings.\n  - name: Doors",
        "Gates",
    ),
    ("tag-declared", "updateDoor\n      tags: [Doors]", "updateDoor\n      tags: [Gates]", "Gates"),
    ("description", "          description: Its name.\n", "", "name:"),
    ("description", "  - name: Doors\n    description: What opens.", "  - name: Doors", "- name: Doors"),
    ("no-placeholder-text", "description: Its name.", "description: TODO", "TODO"),
    (
        "allow",
        "          description: Its name.\n",
        "          description: Its name.\n          x-lint-allow: { description: it is plain }\n",
        "x-lint-allow",
    ),
];

pub(crate) const VALID: &[(&str, &str)] = &[
    ("description: The door.", "description: Like `Vec<Door>`, see https://example.com or [here]."),
    ("description: A door.", "description: |-\n        A door.\n\n        * with a list"),
    ("    State:\n      type: string", "    State:\n      x-note: { any: thing }\n      type: string"),
    ("openapi: 3.0.3", "openapi: '3.0.0'"),
    ("openapi: 3.0.3", "# Doors.\nopenapi: 3.0.3"),
    ("          description: Its name.\n", "          x-lint-allow: { description: the name says it }\n"),
];
