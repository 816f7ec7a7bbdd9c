//! Defines edits of operations and their parameters.

use super::{CREATE_ROLE, Edit, GET_LOCK, GET_LOCKS, edit, with};

pub(super) const EDITS: &[Edit] = &[
    // Operations.
    with(
        "an operation is renamed",
        &[("paths:", "operationId: getLock\n", "operationId: fetchLock\n")],
        &["rename both: compatible / breaking"],
        "home.get_lock().lock_id(\"l\").send().await?;",
    ),
    edit(
        "the path of an operation changes",
        &[("paths:", "/lock-holders/{lockHolderId}/roles/:", "/lock-holders/{lockHolderId}/all-roles/:")],
        &["path request: breaking / compatible"],
    ),
    edit(
        "the method of an operation changes",
        &[(
            "paths:",
            "    post:\n      operationId: createLockHolder",
            "    put:\n      operationId: createLockHolder",
        )],
        &["behaviour both: compatible / compatible", "path request: breaking / compatible"],
    ),
    with(
        "a path parameter is renamed",
        &[("    WebhookId:", "name: webhookId", "name: id"), ("paths:", "/webhooks/{webhookId}/:", "/webhooks/{id}/:")],
        &["rename request: compatible / breaking"],
        "home.delete_webhook().webhook_id(\"w\").send().await?;",
    ),
    edit(
        "an operation is deprecated",
        &[(GET_LOCK, "      tags:", "      deprecated: true\n      tags:")],
        &["operation both: compatible / compatible"],
    ),
    edit(
        "an operation is no longer idempotent",
        &[(CREATE_ROLE, "      security:", "      x-idempotent: false\n      security:")],
        &["behaviour both: compatible / compatible"],
    ),
    with(
        "an operation is no longer paginated",
        &[(GET_LOCKS, "      x-pagination: {items: locks, cursor: startAfterId, size: 500}\n", "")],
        &["behaviour both: compatible / breaking"],
        "drop(home.get_locks().items());",
    ),
    // Parameters.
    with(
        "a query parameter is removed",
        &[
            ("      operationId: getRoles", "        - $ref: '#/components/parameters/Limit'\n", ""),
            (
                "      operationId: getRoles",
                "      x-pagination: {items: roles, cursor: startAfterId, size: 500}\n",
                "",
            ),
        ],
        &["behaviour both: compatible / breaking", "parameter request: unknown / breaking"],
        "home.get_roles().limit(3).send().await?;",
    ),
    with(
        "a query parameter is added",
        &[(
            GET_LOCK,
            "        - $ref: '#/components/parameters/LockId'\n",
            "        - $ref: '#/components/parameters/LockId'\n        - {name: language, in: query, description: Of the texts., schema: {type: string}}\n",
        )],
        &["parameter request: compatible / compatible"],
        "home.get_key().key_id(\"k\").lock_id(\"l\").send().await?;",
    ),
    with(
        "a required query parameter is added",
        &[(
            "      operationId: getKey",
            "        - $ref: '#/components/parameters/KeyId'\n",
            "        - $ref: '#/components/parameters/KeyId'\n        - {name: language, in: query, required: true, description: Of the texts., schema: {type: string}}\n",
        )],
        &["parameter request: breaking / fails at run time"],
        "home.get_key().lock_id(\"l\").key_id(\"k\").send().await?;",
    ),
    edit(
        "a query parameter becomes required",
        &[
            (
                "      operationId: getKeyEventsForLock",
                "        - $ref: '#/components/parameters/Limit'\n",
                "        - {name: limit, in: query, required: true, description: How many., schema: {type: integer, format: int32, minimum: 1}}\n",
            ),
            (
                "      operationId: getKeyEventsForLock",
                "      x-pagination: {items: keyEvents, cursor: startAfterId, size: 500}\n",
                "",
            ),
        ],
        &["behaviour both: compatible / breaking", "parameter request: breaking / fails at run time"],
    ),
    edit(
        "a query parameter is renamed",
        &[
            (
                "      operationId: getRoles",
                "        - $ref: '#/components/parameters/Limit'\n",
                "        - {name: limitTo, in: query, description: How many., schema: {type: integer, format: int32, minimum: 1}}\n",
            ),
            (
                "      operationId: getRoles",
                "      x-pagination: {items: roles, cursor: startAfterId, size: 500}\n",
                "",
            ),
        ],
        &["behaviour both: compatible / breaking", "rename request: breaking / breaking"],
    ),
    edit(
        "the maximum of a query parameter shrinks",
        &[("    KeyEventLimit:", "maximum: 2500", "maximum: 100")],
        &["bounds request: breaking / compatible"],
    ),
    edit(
        "the maximum of a query parameter grows",
        &[("    KeyEventLimit:", "maximum: 2500", "maximum: 5000")],
        &["bounds request: compatible / compatible"],
    ),
    with(
        "a query parameter becomes wider",
        &[("    KeyEventLimit:", "format: int32", "format: int64")],
        &["type request: compatible / breaking"],
        "drop(home.get_key_events().limit(&5_i32));",
    ),
    edit(
        "a query parameter becomes a string",
        &[(
            "    KeyEventLimit:",
            "        type: integer\n        format: int32\n        minimum: 1\n        maximum: 2500\n",
            "        type: string\n",
        )],
        // The spec paginates by this parameter, so the generator refuses a string.
        &["type both: compatible / breaking", "type request: breaking / unknown"],
    ),
];
