//! Mistakes in addresses: paths, servers, who may call them, and under which media type.

use super::Mistake;

/// A path beside `/doors/{doorId}/`, with a GET.
macro_rules! beside {
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
    ("path-unambiguous", HERE, "  /doors/{id}/:\n    x-note: again\ncomponents:\n  securitySchemes", "{id}"),
    (
        "path-overlap",
        "  /doors/{doorId}/:\n",
        "  /{kind}/nearby/:\n    parameters:\n      - name: kind\n        in: path\n        required: true\n        description: Which kind.\n        schema:\n          type: string\n    delete:\n      operationId: deleteNearby\n      tags: [Doors]\n      summary: Take out what is near\n      responses:\n        '204':\n          description: It is gone.\n        '401':\n          $ref: '#/components/responses/Refused'\n  /doors/{doorId}/:\n",
        "/doors/{doorId}/:",
    ),
    ("parameter-unique", HERE, beside!("/doors/{id}/{id}/", "id"), "{id}/{id}"),
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
    (
        "scope-declared",
        "      type: oauth2\n      description: Tokens.\n      flows:\n        clientCredentials:\n          tokenUrl: https://api.example.com/token\n          scopes:\n            doors.read: May look.\n",
        "      type: http\n      scheme: bearer\n      description: Tokens.\n",
        "doors.read",
    ),
    (
        "pagination-pair",
        "          items:\n            $ref: '#/components/schemas/Door'\n",
        "          items:\n            $ref: '#/components/schemas/Door'\n        nextCursor:\n          type: string\n          description: Where to go on.\n",
        "get:",
    ),
    (
        "media-type",
        "          application/json:\n            schema:\n              $ref: '#/components/schemas/UpdateDoor'",
        "          application/json:\n            schema:\n              $ref: '#/components/schemas/UpdateDoor'\n          application/josn:\n            schema:\n              $ref: '#/components/schemas/UpdateDoor'",
        "josn",
    ),
];

pub(crate) const FAULTLESS: &[(&str, &str)] = &[
    (HERE, beside!("/doors/{doorId}:open/", "doorId")),
    (HERE, beside!("/doors/{doorId}.json/", "doorId")),
    (HERE, beside!("/doors/x-{doorId}/", "doorId")),
    (HERE, beside!("/doors/mine/{doorId}/", "doorId")),
    (HERE, beside!("/doors/{doorId}/keys/", "doorId")),
    // Another method, and a literal that a number cannot be.
    (HERE, beside!("/{kind}/nearby/", "kind")),
    (
        "      type: oauth2\n      description: Tokens.\n      flows:\n        clientCredentials:\n          tokenUrl: https://api.example.com/token\n          scopes:\n            doors.read: May look.\n",
        "      type: openIdConnect\n      description: Tokens.\n      openIdConnectUrl: https://id.example.com/.well-known/openid-configuration\n",
    ),
    (
        "url: https://api.example.com/v1",
        "url: https://{region}.example.com/v1\n    variables:\n      region:\n        default: eu\n        enum: [eu, us]",
    ),
    // Whoever goes on after an id has to know no more than that there is more.
    (
        "          items:\n            $ref: '#/components/schemas/Door'\n",
        "          items:\n            $ref: '#/components/schemas/Door'\n        hasMore:\n          type: boolean\n          description: Whether there are others.\n",
    ),
    // A cursor that is sent, one that is a link, and a word that is no cursor.
    (
        "          items:\n            $ref: '#/components/schemas/Door'\n",
        "          items:\n            $ref: '#/components/schemas/Door'\n        next:\n          type: string\n          format: uri\n          description: The next page.\n",
    ),
    (
        HERE,
        "  /front-doors/:\n    x-a: 1\n  /v2/api.json/:\n    x-a: 1\n  /gates/{gateId}:shutAll/:\n    x-a: 1\ncomponents:\n  securitySchemes",
    ),
    (
        "          application/json:\n            schema:\n              $ref: '#/components/schemas/UpdateDoor'",
        "          Application/JSON:\n            schema:\n              $ref: '#/components/schemas/UpdateDoor'",
    ),
    ("          description: It is gone.\n", "          description: It is gone.\n          content: {}\n"),
    (
        "        '204':\n          description: It is gone.\n",
        "        '101':\n          description: The protocol is switched.\n",
    ),
];
