//! Lists mistakes in paths, servers and security.

use super::Mistake;

/// Adds a path with a GET after `/doors/{doorId}/`.
macro_rules! with_path {
    ($path:literal, $name:literal) => {
        concat!(
            "  ",
            $path,
            ":\n    get:\n      operationId: getOther\n      tags: [Doors]\n      summary: Get another one\n      parameters:\n        - name: ",
            $name,
            "\n          in: path\n          required: true\n          description: Which.\n          schema:\n            type: string\n",
            "      responses:\n        '200':\n          description: One.\n          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/Door'\n",
            "        '401':\n          $ref: '#/components/responses/Refused'\ncomponents:\n  securitySchemes"
        )
    };
}

const HERE: &str = "components:\n  securitySchemes";

pub(crate) const MISTAKES: &[Mistake] = &[
    ("path-leading-slash", "  /doors/:", "  doors/:", "doors/:"),
    ("path-no-query", "  /doors/:", "  /doors/?all:", "?all"),
    ("path-parameters", "      required: true\n      description: Id of", "      description: Id of", "DoorId:"),
    ("path-parameters", "  /doors/{doorId}/:", "  /doors/{door}/:", "{door}"),
    ("path-parameters", "      in: path", "      in: query", "in: query"),
    ("path-parameters", "      name: doorId", "      name: door", "/doors/{doorId}/:"),
    (
        "path-unambiguous",
        "components:\n  securitySchemes",
        "  /doors/{id}/:\n    x-note: again\ncomponents:\n  securitySchemes",
        "{id}",
    ),
    ("path-unambiguous", HERE, "  /doors/{id}/:\n    x-note: again\ncomponents:\n  securitySchemes", "{id}"),
    (
        "path-overlap",
        "  /doors/{doorId}/:\n",
        "  /{kind}/nearby/:\n    parameters:\n      - name: kind\n        in: path\n        required: true\n        description: Which kind.\n        schema:\n          type: string\n    delete:\n      operationId: deleteNearby\n      tags: [Doors]\n      summary: Remove what is near\n      responses:\n        '204':\n          description: The door is removed.\n        '401':\n          $ref: '#/components/responses/Refused'\n  /doors/{doorId}/:\n",
        "/doors/{doorId}/:",
    ),
    ("path-trailing-slash", "  /doors/{doorId}/:", "  /doors//{doorId}/:", "//"),
    (
        "path-trailing-slash",
        "  /doors/{doorId}/:",
        "  /a/:\n    x-a: 1\n  /b/:\n    x-a: 1\n  /c/:\n    x-a: 1\n  /d:\n    x-a: 1\n  /doors/{doorId}/:",
        "/d:",
    ),
    ("server-https", "url: https://api.example.com/v1", "url: http://api.example.com/v1", "http:"),
    ("server-https", "tokenUrl: https:", "tokenUrl: http:", "tokenUrl"),
    ("server-variables", "https://api.example.com/v1", "https://{region}.example.com/v1", "region"),
    (
        "server-variables",
        "url: https://api.example.com/v1",
        "url: https://{region}.example.com/v1\n    variables:\n      region:\n        default: mars\n        enum: [eu, us]",
        "mars",
    ),
    (
        "server-variable-used",
        "url: https://api.example.com/v1",
        "url: https://api.example.com/v1\n    variables:\n      stage:\n        default: live",
        "stage",
    ),
    ("server-trailing-slash", "example.com/v1", "example.com/v1/", "v1/"),
    ("security-defined", "  - token: [doors.read]", "  - tokn: [doors.read]", "tokn"),
    ("scope-declared", "[doors.read]", "[doors.write]", "doors.write"),
    (
        "scope-declared",
        "      type: oauth2\n      description: Tokens.\n      flows:\n        clientCredentials:\n          tokenUrl: https://api.example.com/token\n          scopes:\n            doors.read: May look.\n",
        "      type: http\n      scheme: bearer\n      description: Tokens.\n",
        "doors.read",
    ),
    ("security-scheme-complete", "          tokenUrl: https://api.example.com/token\n", "", "clientCredentials"),
    (
        "security-scheme-used",
        "  securitySchemes:\n",
        "  securitySchemes:\n    other:\n      type: http\n      scheme: basic\n",
        "other:",
    ),
    (
        "scope-used",
        "            doors.read: May look.",
        "            doors.read: May look.\n            doors.write: May paint.",
        "doors.write",
    ),
    (
        "operation-secured",
        "      operationId: deleteDoor",
        "      security: []\n      operationId: deleteDoor",
        "delete:",
    ),
    ("address-valid", "tokenUrl: https://api.example.com/token", "tokenUrl: the usual one", "usual"),
    ("address-valid", "  version: '1'", "  version: '1'\n  contact: { url: www.example.com }", "www"),
    ("address-valid", "  version: '1'", "  version: '1'\n  contact: { email: nobody }", "nobody"),
    ("casing", "deleteDoor", "delete_door", "delete_door"),
    (
        "casing",
        HERE,
        concat!(
            "  /lock-holders/:\n    x-a: 1\n  /front-doors/:\n    x-a: 1\n",
            "  /doorLists/:\n    x-a: 1\ncomponents:\n  securitySchemes"
        ),
        "/doorLists/",
    ),
    ("casing", HERE, "  /Gates/:\n    x-a: 1\ncomponents:\n  securitySchemes", "/Gates/"),
    (
        "parameter-unique",
        "        - name: limit",
        "        - name: limit\n          in: query\n          description: Again.\n          schema:\n            type: string\n        - name: limit",
        "- name: limit",
    ),
    ("parameter-unique", HERE, with_path!("/doors/{id}/{id}/", "id"), "{id}/{id}"),
];

pub(crate) const VALID: &[(&str, &str)] = &[
    ("  /doors/{doorId}/:", "  /gates:\n    x-note: soon\n  /doors/{doorId}/:"),
    (
        "url: https://api.example.com/v1",
        "url: https://{region}.example.com/v1\n    variables:\n      region:\n        default: eu",
    ),
    ("url: https://api.example.com/v1", "url: http://localhost:4010/v1"),
    ("  - token: [doors.read]", "  - token: [doors.read]\n  - token: []"),
    (HERE, with_path!("/doors/{doorId}:open/", "doorId")),
    (HERE, with_path!("/doors/{doorId}.json/", "doorId")),
    (HERE, with_path!("/doors/x-{doorId}/", "doorId")),
    (HERE, with_path!("/doors/mine/{doorId}/", "doorId")),
    (HERE, with_path!("/doors/{doorId}/keys/", "doorId")),
    // The overlapping path has other methods.
    (HERE, with_path!("/{kind}/nearby/", "kind")),
    (
        "      type: oauth2\n      description: Tokens.\n      flows:\n        clientCredentials:\n          tokenUrl: https://api.example.com/token\n          scopes:\n            doors.read: May look.\n",
        "      type: openIdConnect\n      description: Tokens.\n      openIdConnectUrl: https://id.example.com/.well-known/openid-configuration\n",
    ),
    (
        "url: https://api.example.com/v1",
        "url: https://{region}.example.com/v1\n    variables:\n      region:\n        default: eu\n        enum: [eu, us]",
    ),
    (
        HERE,
        "  /front-doors/:\n    x-a: 1\n  /v2/api.json/:\n    x-a: 1\n  /gates/{gateId}:shutAll/:\n    x-a: 1\ncomponents:\n  securitySchemes",
    ),
];
