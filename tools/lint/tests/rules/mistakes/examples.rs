//! Lists mistakes in examples and defaults.

use unloc_spec::REFERENCE;

use super::Mistake;

pub(crate) const MISTAKES: &[Mistake] = &[
    ("example-valid", "          example: 10", "          example: ten", "ten"),
    ("example-valid", "          example: 10", "          example: 1000", "1000"),
    ("example-valid", "                  name: Back door", "                  name: 7", "name: 7"),
    ("example-valid", "                  - doorId: d1\n                    name", "                  - name", "- name"),
    ("example-valid", "'2024-05-02T10:35:24Z'", "yesterday", "yesterday"),
    ("example-valid", "'2024-05-02T10:35:24Z'", "'2024-05-02'", "2024-05-02"),
    ("example-known-properties", "                  name: Back door", "                  nam: Back door", "nam:"),
    ("default-valid", "            maximum: 100", "            maximum: 100\n            default: 101", "default"),
    (
        "example-xor-examples",
        "            examples:\n              plain",
        "            example:\n              name: Door\n            examples:\n              plain",
        "example:",
    ),
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
    (
        "example-status-agrees",
        "              example:\n                doors:\n                  - doorId: d1\n                    name: Front door\n                    state: open\n                    openedAt: '2024-05-02T10:35:24Z'\n",
        "              example: { doors: [], error: x }\n",
        "example:",
    ),
    (
        "no-secret-in-example",
        "error: Unauthorized",
        "error: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzb21lYm9keSJ9.c2lnbmF0dXJl",
        "eyJ",
    ),
    ("no-secret-in-example", "error: Unauthorized", "error: ghp_0123456789abcdef0123456789abcdef0123", "ghp_"),
    ("no-secret-in-example", "error: Unauthorized", "error: Bearer 0123456789abcdef0123456789abcdef", "Bearer"),
    ("no-personal-data-in-example", "name: Back door", "name: kari@gmail.com", "gmail"),
    ("no-personal-data-in-example", "name: Back door", "name: '+4791234567'", "+47"),
    ("no-personal-data-in-example", "name: Back door", "name: 'Ask kari@gmail.com, please'", "gmail"),
    ("no-personal-data-in-example", "name: Back door", "name: '+47 912 34 567'", "+47"),
];

pub(crate) const VALID: &[(&str, &str)] = &[
    ("                  name: Back door", "                  name: 'true story, 2024-05-02T10:35:24Z'"),
    ("          example: 10\n", "          example: 1\n"),
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
    ("error: Unauthorized", "error: '+12125550142'"),
    ("error: Unauthorized", "error: somebody@example.com"),
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
