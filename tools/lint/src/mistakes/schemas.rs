//! Mistakes in schemas and in what examples show.

use unloc_spec::REFERENCE;

use super::Mistake;

const NAME: &str = "          description: The name.";

pub(crate) const MISTAKES: &[Mistake] = &[
    ("format-known", "format: date-time", "format: date-tiem", "date-tiem"),
    ("format-fits-type", "format: int32", "format: sf-string", "sf-string"),
    ("format-fits-type", NAME, "          format: uint32\n          description: The name.", "uint32"),
    (
        "nullable-type",
        "          description: How it stands.",
        "          nullable: true\n          description: How it stands.",
        "nullable",
    ),
    ("schema-typed", "    UpdateDoor:\n      type: object\n", "    UpdateDoor:\n", "UpdateDoor:"),
    ("schema-typed", "        doors:\n          type: array\n", "        doors:\n", "doors:"),
    (
        "example-value",
        "                value:\n                  name: Back door\n",
        "                value:\n                  name: Back door\n                externalValue: https://example.com/door.json\n",
        "externalValue",
    ),
    (
        "example-ref",
        "                  name: Back door",
        "                  name: {$ref: '#/components/examples/Name'}",
        REFERENCE,
    ),
    ("example-valid", "'2024-05-02T10:35:24Z'", "'2024-05-02'", "2024-05-02"),
    ("no-personal-data-in-example", "name: Back door", "name: 'Ask kari@gmail.com, please'", "gmail"),
    ("no-personal-data-in-example", "name: Back door", "name: '+47 912 34 567'", "+47"),
    ("no-secret-in-example", "error: Unauthorized", "error: Bearer 0123456789abcdef0123456789abcdef", "Bearer"),
];

pub(crate) const FAULTLESS: &[(&str, &str)] = &[
    ("format: date-time", "format: date-time-local"),
    ("            format: int32", "            format: uint8"),
    (NAME, "          format: commonmark\n          description: The name."),
    // What is null by one of the parts is null.
    (
        "        state:\n          allOf:\n            - $ref: '#/components/schemas/State'\n          description: How it stands.\n",
        "        state:\n          anyOf:\n            - $ref: '#/components/schemas/State'\n            - type: string\n              nullable: true\n              enum: [null]\n          nullable: true\n          description: How it stands.\n",
    ),
    // Parts that add to what is said beside them.
    (
        "          allOf:\n            - $ref: '#/components/schemas/State'\n          description: How it stands.\n",
        "          allOf:\n            - $ref: '#/components/schemas/State'\n            - description: How it stands.\n",
    ),
    (
        "        neighbour:\n          allOf:\n            - $ref: '#/components/schemas/Door'\n",
        "        neighbour:\n          allOf:\n            - $ref: '#/components/schemas/Door'\n            - required: [state]\n              properties:\n                state:\n                  allOf:\n                    - $ref: '#/components/schemas/State'\n",
    ),
    // Anything, said in the way that there is for it.
    ("      required: [doorId, name]\n", "      required: [doorId, name]\n      additionalProperties: {}\n"),
    // The schema of a response is a schema.
    (
        "          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/Door'\n        '401'",
        "          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/Door'\n        '409':\n          description: It has that name.\n          content:\n            application/json:\n              schema:\n                $ref: '#/components/responses/Refused/content/application~1json/schema'\n        '401'",
    ),
    ("                  name: Back door", "                  name: git@git.example.com:doors/back.git"),
    ("                  name: Back door", "                  name: '@doors/back@1.2.3'"),
    ("                  name: Back door", "                  name: guest@door.invalid"),
    ("                  name: Back door", "                  name: '+1 (303) 555-0123'"),
    (
        "                  name: Back door",
        "                  name: eyJwYWdlIjoyLCJzb3J0IjoiYXNjIiwiZmlsdGVyIjoibm9uZSJ9",
    ),
    ("error: Unauthorized", "error: \"-----BEGIN PUBLIC KEY-----\\nMCowBQYDK2VwAyEA\\n-----END PUBLIC KEY-----\""),
];
