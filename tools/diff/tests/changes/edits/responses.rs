//! Defines edits of responses, including enums.

use super::{CREATE_ROLE, Edit, LOCK, ROLE, edit, with};

pub(super) const EDITS: &[Edit] = &[
    // Properties and bodies of responses.
    with(
        "a response property is added",
        &[(
            LOCK,
            "        keysCreatedCount:",
            "        batteryStatus:\n          type: string\n          description: How full it is.\n        keysCreatedCount:",
        )],
        &["property response: compatible / compatible"],
        "fn take(lock: unloc::types::Lock) -> String { let unloc::types::Lock { id, name, .. } = lock; id.to_string() + &name } let _ = take;",
    ),
    with(
        "a required response property is removed",
        &[
            (ROLE, "required: [userId, lockId, canShare]", "required: [userId, canShare]"),
            (
                ROLE,
                "        lockId:\n          allOf:\n            - $ref: '#/components/schemas/LockId'\n          description: Identifies the lock.\n          x-echoes: lockId\n",
                "",
            ),
        ],
        &["property response: breaking / breaking"],
        "fn take(role: unloc::types::Role) -> unloc::types::LockId { role.lock_id } let _ = take;",
    ),
    with(
        "an optional response property is removed",
        &[(
            LOCK,
            "        duplicateLock:\n          type: boolean\n          description: Occurs on virtual locks only; its meaning is not documented.\n",
            "",
        )],
        &["property response: compatible / breaking"],
        "fn take(lock: unloc::types::Lock) -> Option<bool> { lock.duplicate_lock } let _ = take;",
    ),
    with(
        "a response property is renamed",
        &[(ROLE, "        createdKeys:", "        keysCreated:")],
        &["rename response: unknown / breaking"],
        "fn take(role: unloc::types::Role) -> Option<i32> { role.created_keys } let _ = take;",
    ),
    edit(
        "a response property is renamed to its alias",
        &[
            ("    LockHolderList:", "required: [lockHolders]", "required: [lock-holders]"),
            ("    LockHolderList:", "x-envelope: lockHolders", "x-envelope: lock-holders"),
            ("    LockHolderList:", "        lockHolders:", "        lock-holders:"),
            ("    LockHolderList:", "x-aliases: [lock-holders]", "x-aliases: [lockHolders]"),
        ],
        &["behaviour response: compatible / compatible", "rename response: compatible / compatible"],
    ),
    with(
        "a response property becomes optional",
        &[("    VendorConnection:", "required: [id, state, vendor]", "required: [id, state]")],
        &["property response: breaking / breaking"],
        "fn take(one: unloc::types::VendorConnection) -> unloc::types::Vendor { one.vendor } let _ = take;",
    ),
    edit(
        "a response property becomes required",
        &[(LOCK, "required: [id, name]", "required: [id, name, created]")],
        &["property response: compatible / breaking"],
    ),
    edit(
        "a required response property becomes nullable",
        &[(
            ROLE,
            "        lockId:\n          allOf:\n            - $ref: '#/components/schemas/LockId'\n",
            "        lockId:\n          anyOf:\n            - $ref: '#/components/schemas/LockId'\n            - {type: string, nullable: true, enum: [null]}\n",
        )],
        &["nullability response: breaking / breaking"],
    ),
    with(
        "an optional response property becomes nullable",
        &[(
            ROLE,
            "        userName:\n          type: string\n",
            "        userName:\n          type: string\n          nullable: true\n",
        )],
        &["nullability response: compatible / compatible"],
        "fn take(role: unloc::types::Role) -> Option<String> { role.user_name } let _ = take;",
    ),
    edit(
        "a response list becomes nullable",
        &[(
            "    RoleList:",
            "        roles:\n          type: array\n",
            "        roles:\n          type: array\n          nullable: true\n",
        )],
        &["nullability response: compatible / compatible"],
    ),
    with(
        "a response integer becomes wider",
        &[(
            LOCK,
            "        keysCreatedCount:\n          type: integer\n          format: int32\n",
            "        keysCreatedCount:\n          type: integer\n          format: int64\n",
        )],
        &["type response: breaking / breaking"],
        "fn take(lock: unloc::types::Lock) -> Option<i32> { lock.keys_created_count } let _ = take;",
    ),
    edit(
        "a response integer becomes a number",
        &[(
            LOCK,
            "        keysCreatedCount:\n          type: integer\n          format: int32\n",
            "        keysCreatedCount:\n          type: number\n",
        )],
        &["type response: breaking / breaking"],
    ),
    edit(
        "a response boolean becomes a string, which the old bindings read",
        &[(
            ROLE,
            "        canShare:\n          type: boolean\n          description: Says whether the person may share keys for the lock. An older example shows it as a string.\n          x-tolerate: [string]\n",
            "        canShare:\n          type: string\n          description: Says whether the person may share keys for the lock.\n",
        )],
        &["type response: compatible / breaking"],
    ),
    edit(
        "a response time becomes a string",
        &[(LOCK, "          type: string\n          format: date-time\n", "          type: string\n")],
        &["type response: breaking / breaking"],
    ),
    edit(
        "a response string becomes a time",
        &[(
            ROLE,
            "        userName:\n          type: string\n",
            "        userName:\n          type: string\n          format: date-time\n",
        )],
        &["type response: compatible / breaking"],
    ),
    edit(
        "a response string gets a format without a Rust type",
        &[(
            ROLE,
            "        userName:\n          type: string\n",
            "        userName:\n          type: string\n          format: uuid\n",
        )],
        &["type response: compatible / compatible"],
    ),
    edit(
        "a response integer gets a bound",
        &[(LOCK, "          format: int32\n", "          format: int32\n          maximum: 10\n")],
        &["bounds response: compatible / compatible"],
    ),
    with(
        "a response loses its body",
        &[(
            "      operationId: getIntegrator",
            "          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/IntegratorEnvelope'\n",
            "          links:\n            none:\n              operationId: getIntegrator\n              parameters:\n                all:\n",
        )],
        &["response response: breaking / breaking"],
        "drop(unloc.get_integrator().integrator_id(\"i\").send().await?.map(|integrator| integrator.id));",
    ),
    edit(
        "an error response is added",
        &[(
            "      operationId: getLockHolders",
            "        '401':",
            "        '400':\n          $ref: '#/components/responses/BadRequest'\n        '401':",
        )],
        &["response response: compatible / compatible"],
    ),
    edit(
        "an error response is removed",
        &[(CREATE_ROLE, "        '404':\n          $ref: '#/components/responses/NotFound'\n", "")],
        &["response response: compatible / compatible"],
    ),
    edit(
        "the body of errors changes",
        &[(
            "    ApiError:",
            "        errorDescription:\n          type: string\n",
            "        errorDescription:\n          type: integer\n          format: int32\n",
        )],
        &["response response: compatible / compatible"],
    ),
    edit(
        "the success status changes",
        &[("      operationId: createLockHolder", "        '200':", "        '201':")],
        &["response response: compatible / compatible", "response response: compatible / compatible"],
    ),
    with(
        "a response list gets a cursor",
        &[(
            "    WebhookList:",
            "        webhooks:\n",
            "        after:\n          allOf:\n            - $ref: '#/components/schemas/Cursor'\n          description: Cursor of the next page.\n        webhooks:\n",
        )],
        &["property response: compatible / breaking"],
        "let all: Vec<_> = home.get_webhooks().send().await?; drop(all);",
    ),
    // The bindings return only the content of an envelope, so the generator refuses a second property.
    edit(
        "an envelope gets a second property",
        &[(
            "    LockEnvelope:",
            "        lock:\n",
            "        count:\n          type: integer\n          format: int32\n          description: How many.\n        lock:\n",
        )],
        &["property response: compatible / unknown", "type both: compatible / breaking"],
    ),
    edit(
        "a response is no longer an envelope",
        &[("    RoleEnvelope:", "      x-envelope: role\n", "")],
        &["behaviour response: compatible / breaking"],
    ),
    // Enums.
    with(
        "a response enum gains a value",
        &[
            ("    VendorConnectionState:", "      enum:\n", "      enum:\n        - paused\n"),
            (
                "    VendorConnectionState:",
                "      x-enum-descriptions:\n",
                "      x-enum-descriptions:\n        paused: Resting.\n",
            ),
        ],
        &["enum response: compatible / compatible"],
        "fn take(state: unloc::types::VendorConnectionState) -> bool { matches!(state, unloc::types::VendorConnectionState::Connected) } let _ = take;",
    ),
    with(
        "a response enum loses a value",
        &[
            ("    LockAuth:", "        - opt-out\n", ""),
            (
                "    LockAuth:",
                "        opt-out: The lock holder has not objected. This value is known from an older API of Unloc only.\n",
                "",
            ),
        ],
        &["enum response: compatible / breaking"],
        "drop(unloc::types::LockAuth::OptOut);",
    ),
    edit(
        "an enum of requests and responses loses a value",
        &[
            ("    KeyState:", "        - inactive\n", ""),
            (
                "    KeyState:",
                "        inactive: The key is outside its times of the week. This value is known from version 2 only.\n",
                "",
            ),
        ],
        &["enum request: breaking / breaking", "enum response: compatible / breaking"],
    ),
    edit(
        "an enum of requests and responses gains a value",
        &[
            ("    KeyState:", "        - inactive\n", "        - inactive\n        - asleep\n"),
            ("    KeyState:", "        inactive:", "        asleep: Resting.\n        inactive:"),
        ],
        &["enum both: compatible / compatible"],
    ),
    edit(
        "a response enum becomes a plain string",
        &[(
            "    LockAuth:",
            "      enum:\n        - opt-in\n        - opt-out\n        - deny\n      x-enum-descriptions:\n        opt-in: The lock holder has agreed.\n        opt-out: The lock holder has not objected. This value is known from an older API of Unloc only.\n        deny: The lock holder has refused.\n",
            "",
        )],
        &["enum response: compatible / breaking"],
    ),
];
