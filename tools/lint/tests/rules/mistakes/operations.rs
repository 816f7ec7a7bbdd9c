//! Lists mistakes in requests and responses of operations.

use super::Mistake;

pub(crate) const MISTAKES: &[Mistake] = &[
    (
        "parameter-schema-xor-content",
        "      schema:\n        type: string\n      example: d1\n",
        "      example: d1\n",
        "DoorId:",
    ),
    (
        "parameter-schema-xor-content",
        "      description: The token is missing, invalid or expired.\n",
        "      description: The token is missing, invalid or expired.\n      headers:\n        X-Reason:\n          description: Why.\n",
        "X-Reason",
    ),
    ("status-code-valid", "        '204':", "        '20':", "'20'"),
    ("success-response", "        '204':\n          description: The door is removed.\n", "", "      responses:"),
    (
        "error-response",
        "          description: The door is removed.\n        '401':\n          $ref: '#/components/responses/Refused'\n",
        "          description: The door is removed.\n",
        "responses:",
    ),
    (
        "secured-401",
        "          description: The door is removed.\n        '401':",
        "          description: The door is removed.\n        '404':",
        "'404'",
    ),
    (
        "no-request-body",
        "      summary: Remove a door\n",
        "      summary: Remove a door\n      requestBody:\n        description: Why.\n        content:\n          application/json:\n            schema:\n              $ref: '#/components/schemas/UpdateDoor'\n",
        "requestBody",
    ),
    (
        "no-response-body",
        "        '204':\n          description: The door is removed.\n",
        "        '204':\n          description: The door is removed.\n          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/Door'\n",
        "'204'",
    ),
    ("operation-id-unique", "deleteDoor", "updateDoor", "operationId: updateDoor"),
    ("operation-summary", "      summary: Remove a door\n", "", "delete:"),
    (
        "operation-tags",
        "      operationId: deleteDoor\n      tags: [Doors]\n",
        "      operationId: deleteDoor\n",
        "delete:",
    ),
    ("summary-unique", "summary: Remove a door", "summary: Rename a door", "summary: Rename a door"),
    (
        "media-type",
        "          application/json:\n            schema:\n              $ref: '#/components/schemas/UpdateDoor'",
        "          application/jsn:\n            schema:\n              $ref: '#/components/schemas/UpdateDoor'",
        "jsn",
    ),
    (
        "media-type",
        "          application/json:\n            schema:\n              $ref: '#/components/schemas/UpdateDoor'",
        "          application/json:\n            schema:\n              $ref: '#/components/schemas/UpdateDoor'\n          application/josn:\n            schema:\n              $ref: '#/components/schemas/UpdateDoor'",
        "josn",
    ),
    (
        "success-content",
        "          description: The doors.\n          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/DoorList'\n              example:\n                doors:\n                  - doorId: d1\n                    name: Front door\n                    state: open\n                    openedAt: '2024-05-02T10:35:24Z'\n",
        "          description: The doors.\n",
        "'200'",
    ),
    (
        "error-content-type",
        "        application/json:\n          schema:\n            $ref: '#/components/schemas/Problem'\n          example:\n            error: Unauthorized",
        "        text/html:\n          schema:\n            $ref: '#/components/schemas/Problem'\n          example:\n            error: Unauthorized",
        "text/html",
    ),
    (
        "error-schema-uniform",
        "        '204':\n          description: The door is removed.\n        '401':\n          $ref: '#/components/responses/Refused'\n",
        "        '204':\n          description: The door is removed.\n        '404':\n          description: There is none.\n          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/UpdateDoor'\n        '401':\n          $ref: '#/components/responses/Refused'\n        '403':\n          $ref: '#/components/responses/Refused'\n        '409':\n          $ref: '#/components/responses/Refused'\n",
        "schema:",
    ),
    (
        "no-bare-array",
        "                $ref: '#/components/schemas/Door'\n        '401':\n          $ref: '#/components/responses/Refused'\n    delete:\n      operationId: deleteDoor\n      tags: [Doors]\n      summary: Remove a door\n      responses:\n        '204':\n          description: The door is removed.\n",
        "                type: array\n                items:\n                  $ref: '#/components/schemas/Door'\n        '401':\n          $ref: '#/components/responses/Refused'\n    delete:\n      operationId: deleteDoor\n      tags: [Doors]\n      summary: Remove a door\n      responses:\n        '200':\n          description: The others.\n          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/DoorList'\n",
        "schema:",
    ),
    (
        "pagination-pair",
        "        - name: limit",
        "        - name: cursor\n          in: query\n          description: Where to go on.\n          schema:\n            type: string\n        - name: limit",
        "- name: cursor",
    ),
    (
        "pagination-pair",
        "          items:\n            $ref: '#/components/schemas/Door'\n",
        "          items:\n            $ref: '#/components/schemas/Door'\n        nextCursor:\n          type: string\n          description: Where to go on.\n",
        "get:",
    ),
    (
        "reserved-header",
        "        - name: limit",
        "        - name: Authorization\n          in: header\n          description: The token.\n          schema:\n            type: string\n        - name: limit",
        "Authorization",
    ),
];

pub(crate) const VALID: &[(&str, &str)] = &[
    // Extensions of other tools.
    (
        "      operationId: deleteDoor",
        "      x-evidence: maybe\n      x-pagination: { style: pages }\n      operationId: deleteDoor",
    ),
    // A page size without a cursor is only a limit; `since` is no cursor.
    ("        - name: limit", "        - name: pageSize"),
    (
        "        - name: limit",
        "        - name: since\n          in: query\n          description: From when on.\n          schema:\n            type: string\n            format: date-time\n        - name: limit",
    ),
    ("          in: query", "          in: query\n          style: form\n          explode: true"),
    (
        "        '401':\n          $ref: '#/components/responses/Refused'\n",
        "        4XX:\n          $ref: '#/components/responses/Refused'\n",
    ),
    ("        '204':", "        204:"),
    ("      operationId: deleteDoor", "      deprecated: true\n      operationId: deleteDoor"),
    // `hasMore` is no cursor that a parameter would have to take.
    (
        "          items:\n            $ref: '#/components/schemas/Door'\n",
        "          items:\n            $ref: '#/components/schemas/Door'\n        hasMore:\n          type: boolean\n          description: Whether there are others.\n",
    ),
    // `next` is a link, which is followed and needs no parameter.
    (
        "          items:\n            $ref: '#/components/schemas/Door'\n",
        "          items:\n            $ref: '#/components/schemas/Door'\n        next:\n          type: string\n          format: uri\n          description: The next page.\n",
    ),
    (
        "          application/json:\n            schema:\n              $ref: '#/components/schemas/UpdateDoor'",
        "          Application/JSON:\n            schema:\n              $ref: '#/components/schemas/UpdateDoor'",
    ),
    (
        "          description: The door is removed.\n",
        "          description: The door is removed.\n          content: {}\n",
    ),
    (
        "        '204':\n          description: The door is removed.\n",
        "        '101':\n          description: The protocol is switched.\n",
    ),
    // The schema of a response is a schema.
    (
        "          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/Door'\n        '401'",
        "          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/Door'\n        '409':\n          description: It has that name.\n          content:\n            application/json:\n              schema:\n                $ref: '#/components/responses/Refused/content/application~1json/schema'\n        '401'",
    ),
];
