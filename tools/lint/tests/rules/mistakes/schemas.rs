//! Lists mistakes in schemas.

use super::Mistake;

const NAME: &str = "          description: The name.";

pub(crate) const MISTAKES: &[Mistake] = &[
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
    (
        "nullable-type",
        "          description: The state of the door.",
        "          nullable: true\n          description: The state of the door.",
        "nullable",
    ),
    ("nullable-enum", "      enum: [open, shut]", "      nullable: true\n      enum: [open, shut]", "enum"),
    ("keyword-fits-type", "          maximum: 100", "          maximum: 100\n            maxLength: 3", "maxLength: 3"),
    ("format-fits-type", "format: int32", "format: uuid", "uuid"),
    ("format-fits-type", "format: int32", "format: sf-string", "sf-string"),
    ("format-fits-type", NAME, "          format: uint32\n          description: The name.", "uint32"),
    ("format-known", "format: date-time", "format: datetime", "datetime"),
    ("format-known", "format: date-time", "format: date-tiem", "date-tiem"),
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
    ("schema-typed", "    UpdateDoor:\n      type: object\n", "    UpdateDoor:\n", "UpdateDoor:"),
    ("schema-typed", "        doors:\n          type: array\n", "        doors:\n", "doors:"),
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
    ("date-time-format", "          format: date-time\n", "", "openedAt:"),
    (
        "no-stringly-boolean",
        "    State:\n      type",
        "    Lit:\n      type: string\n      description: Whether there is light.\n      enum: ['true', 'false']\n    State:\n      type",
        "enum",
    ),
    (
        "no-stringly-boolean",
        "          description: A short code.",
        "          description: A short code.\n          example: 'true'",
        "error:",
    ),
    (
        "discriminator-property",
        "    State:\n      type",
        "    Other:\n      type: object\n      description: One or the other.\n      discriminator:\n        propertyName: kind\n      properties:\n        kind:\n          type: string\n          description: Which.\n    State:\n      type",
        "kind",
    ),
    ("multiple-of", "            maximum: 100", "            maximum: 100\n            multipleOf: 0", "multipleOf"),
    (
        "response-open",
        "      required: [doorId, name]",
        "      additionalProperties: false\n      required: [doorId, name]",
        "additionalProperties",
    ),
    (
        "default-useful",
        "          description: The name.",
        "          default: Door\n          description: The name.",
        "default",
    ),
    (
        "allof-consistent",
        "            - $ref: '#/components/schemas/State'\n",
        "            - $ref: '#/components/schemas/State'\n            - type: object\n",
        "type: object",
    ),
    (
        "allof-consistent",
        "            - $ref: '#/components/schemas/State'\n",
        "            - $ref: '#/components/schemas/State'\n            - type: string\n              enum: [ajar]\n",
        "type: string",
    ),
    (
        "oneof-discriminator",
        "    State:\n      type",
        "    Thing:\n      description: One or the other.\n      oneOf:\n        - $ref: '#/components/schemas/UpdateDoor'\n        - $ref: '#/components/schemas/Problem'\n        - $ref: '#/components/schemas/Other'\n    Other:\n      type: object\n      description: Anything.\n      properties:\n        colour:\n          type: string\n          description: Its colour.\n    State:\n      type",
        "Other",
    ),
];

pub(crate) const VALID: &[(&str, &str)] = &[
    ("            maximum: 100", "            maximum: 100\n            multipleOf: 0.5"),
    ("      required: [name]\n", "      additionalProperties: false\n      required: [name]\n"),
    (
        "            - $ref: '#/components/schemas/State'\n",
        "            - $ref: '#/components/schemas/State'\n            - type: string\n              enum: [open]\n",
    ),
    (
        "    State:\n      type: string\n      description: The states of a door.\n      enum: [open, shut]\n",
        "    State:\n      description: The states of a door.\n      oneOf:\n        - type: string\n          description: In a word.\n        - type: integer\n          description: In degrees.\n",
    ),
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
    ("            maximum: 100", "            maximum: 100\n            exclusiveMaximum: true"),
    ("            maximum: 100", "            maximum: 100\n            default: 10"),
    ("      required: [doorId, name]", "      required:\n        - doorId\n        - name"),
    ("      required: [doorId, name]", "      required: [doorId, name]\n      additionalProperties: true"),
    ("          pattern: '^[A-Z]'", "          pattern: '^(?=.)[\\p{Lu}A-Z]'"),
    ("format: date-time", "format: date-time-local"),
    ("            format: int32", "            format: uint8"),
    (NAME, "          format: commonmark\n          description: The name."),
    // `nullable` next to an `anyOf` that allows null is redundant, but not wrong.
    (
        "        state:\n          allOf:\n            - $ref: '#/components/schemas/State'\n          description: The state of the door.\n",
        "        state:\n          anyOf:\n            - $ref: '#/components/schemas/State'\n            - type: string\n              nullable: true\n              enum: [null]\n          nullable: true\n          description: The state of the door.\n",
    ),
    // Parts that only refine the others.
    (
        "          allOf:\n            - $ref: '#/components/schemas/State'\n          description: The state of the door.\n",
        "          allOf:\n            - $ref: '#/components/schemas/State'\n            - description: The state of the door.\n",
    ),
    (
        "        neighbour:\n          allOf:\n            - $ref: '#/components/schemas/Door'\n",
        "        neighbour:\n          allOf:\n            - $ref: '#/components/schemas/Door'\n            - required: [state]\n              properties:\n                state:\n                  allOf:\n                    - $ref: '#/components/schemas/State'\n",
    ),
    // The Free-Form Object of OpenAPI.
    ("      required: [doorId, name]\n", "      required: [doorId, name]\n      additionalProperties: {}\n"),
];
