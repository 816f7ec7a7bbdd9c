//! Lists mistakes that break only the rules for bindings: OpenAPI allows them.

use super::Mistake;

pub(crate) const FOR_BINDINGS: &[Mistake] = &[
    ("operation-id-present", "      operationId: deleteDoor\n", "", "delete:"),
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
        "        '204':\n          description: The door is removed.\n",
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
    ("generator-unsupported", "          in: query", "          in: query\n          style: deepObject", "deepObject"),
    (
        "generator-unsupported",
        "          application/json:\n            schema:\n              $ref: '#/components/schemas/UpdateDoor'",
        "          multipart/form-data:\n            schema:\n              $ref: '#/components/schemas/UpdateDoor'",
        "multipart",
    ),
    (
        "generator-unsupported",
        "          schema:\n            type: integer\n            format: int32\n            minimum: 1\n            maximum: 100\n          example: 10",
        "          explode: false\n          schema:\n            type: array\n            items:\n              type: string",
        "explode",
    ),
    (
        "generator-unsupported",
        "          in: query",
        "          in: query\n          allowReserved: true",
        "allowReserved",
    ),
    (
        "generator-unsupported",
        "        - name: limit\n          in: query",
        "        - name: Host\n          in: header",
        "Host",
    ),
    (
        "generator-unsupported",
        "        required: true\n        description: The new",
        "        description: The new",
        "requestBody",
    ),
    ("generator-unsupported", "    delete:", "    trace:", "trace"),
    (
        "generator-unsupported",
        "          application/json:\n            schema:\n              $ref: '#/components/schemas/UpdateDoor'",
        "          application/json:\n            encoding: {}\n            schema:\n              $ref: '#/components/schemas/UpdateDoor'",
        "encoding",
    ),
    (
        "generator-unsupported",
        "          application/json:\n            schema:\n              $ref: '#/components/schemas/UpdateDoor'",
        "          application/x-www-form-urlencoded:\n            schema:\n              $ref: '#/components/schemas/UpdateDoor'",
        "urlencoded",
    ),
    (
        "generator-unsupported",
        "      operationId: deleteDoor",
        "      servers: [{ url: https://other.example.com }]\n      operationId: deleteDoor",
        "servers",
    ),
    ("rust-name-collision", "      operationId: updateDoor", "      operationId: deleteDOOR", "deleteDOOR"),
    (
        "generator-ignores",
        "          description: The name.",
        "          format: int64\n          description: The name.",
        "int64",
    ),
];

/// Lists variants that the generator accepts, although they look like mistakes.
pub(crate) const ACCEPTED: &[(&str, &str)] = &[
    // An enum of null alone becomes no type, so it needs no name.
    (
        "        openedAt:\n          type: string\n          format: date-time\n          nullable: true\n",
        "        openedAt:\n          anyOf:\n            - type: string\n              format: date-time\n            - type: string\n              nullable: true\n              enum: [null]\n",
    ),
    ("            format: int32", "            format: uint32"),
];
