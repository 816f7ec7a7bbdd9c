//! Edits of our own spec, and what is expected of each: the table that the tests go through.

/// An edit, what `diff` has to say of it, and where it was worth compiling, a program that uses what it is about.
pub(crate) struct Edit {
    pub(crate) name: &'static str,
    /// Below which line, what, becomes what.
    pub(crate) replaced: &'static [(&'static str, &'static str, &'static str)],
    /// `kind direction: wire / rust` of each change, sorted.
    pub(crate) expected: &'static [&'static str],
    /// Compiles with the old bindings.
    pub(crate) program: &'static str,
}

type Replaced = &'static [(&'static str, &'static str, &'static str)];

const fn edit(name: &'static str, replaced: Replaced, expected: &'static [&'static str]) -> Edit {
    Edit { name, replaced, expected, program: "" }
}

const fn with(
    name: &'static str,
    replaced: Replaced,
    expected: &'static [&'static str],
    program: &'static str,
) -> Edit {
    Edit { name, replaced, expected, program }
}

impl Edit {
    /// The text of the spec after the edit; an edit that does not fit any more says so.
    pub(crate) fn apply(&self, spec: &str) -> Result<String, String> {
        let mut text = spec.to_owned();
        for (section, from, to) in self.replaced {
            let start = text.find(&format!("\n{section}\n")).ok_or_else(|| format!("there is no `{section}`"))?;
            let at = text[start..].find(from).ok_or_else(|| format!("there is no `{from}` below `{section}`"))?;
            text.replace_range(start + at..start + at + from.len(), to);
        }
        Ok(text)
    }
}

const LOCK: &str = "    Lock:";
const ROLE: &str = "    Role:";
const CREATE_KEY: &str = "    CreateKeyRequest:";
const CREATE_HOLDER: &str = "    CreateLockHolderRequest:";
const GET_LOCK: &str = "      operationId: getLock";
const GET_LOCKS: &str = "      operationId: getLocks";
const CREATE_ROLE: &str = "      operationId: createOrUpdateRole";

/// Edits after which a program may have to be changed, or fails.
pub(crate) const EDITS: &[Edit] = &[
    // Operations.
    with(
        "an operation is called differently",
        &[("paths:", "operationId: getLock\n", "operationId: fetchLock\n")],
        &["rename both: compatible / breaking"],
        "home.get_lock().lock_id(\"l\").send().await?;",
    ),
    edit(
        "an operation has another path",
        &[("paths:", "/lock-holders/{lockHolderId}/roles/:", "/lock-holders/{lockHolderId}/all-roles/:")],
        &["path request: breaking / compatible"],
    ),
    edit(
        "an operation has another method",
        &[(
            "paths:",
            "    post:\n      operationId: createLockHolder",
            "    put:\n      operationId: createLockHolder",
        )],
        &["behaviour both: compatible / compatible", "path request: breaking / compatible"],
    ),
    with(
        "a path parameter is called differently",
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
        "an operation may be repeated",
        &[(CREATE_ROLE, "      security:", "      x-repeatable: false\n      security:")],
        &["behaviour both: compatible / compatible"],
    ),
    with(
        "an operation does not page any more",
        &[(GET_LOCKS, "      x-pagination: {items: locks, cursor: startAfterId, size: 500}\n", "")],
        &["behaviour both: compatible / breaking"],
        "drop(home.get_locks().items());",
    ),
    // Parameters.
    with(
        "a query parameter is gone",
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
        "a query parameter is new",
        &[(
            GET_LOCK,
            "        - $ref: '#/components/parameters/LockId'\n",
            "        - $ref: '#/components/parameters/LockId'\n        - {name: language, in: query, description: Of the texts., schema: {type: string}}\n",
        )],
        &["parameter request: compatible / compatible"],
        "home.get_key().key_id(\"k\").lock_id(\"l\").send().await?;",
    ),
    with(
        "a required query parameter is new",
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
        "a query parameter is called differently",
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
        "a query parameter takes less",
        &[("    KeyEventLimit:", "maximum: 2500", "maximum: 100")],
        &["bounds request: breaking / compatible"],
    ),
    edit(
        "a query parameter takes more",
        &[("    KeyEventLimit:", "maximum: 2500", "maximum: 5000")],
        &["bounds request: compatible / compatible"],
    ),
    with(
        "a query parameter has a wider type",
        &[("    KeyEventLimit:", "format: int32", "format: int64")],
        &["type request: compatible / breaking"],
        "drop(unloc::builder::GetKeyEvents::limit::<std::num::NonZeroI32>);",
    ),
    edit(
        "a query parameter is a text",
        &[(
            "    KeyEventLimit:",
            "        type: integer\n        format: int32\n        minimum: 1\n        maximum: 2500\n",
            "        type: string\n",
        )],
        &["type request: breaking / breaking"],
    ),
    // Bodies.
    with(
        "a body becomes optional",
        &[(
            "      operationId: updateLock",
            "        required: true\n        description: The fields",
            "        description: The fields",
        )],
        &["body request: compatible / compatible"],
        "home.update_lock().lock_id(\"l\").body(unloc::types::UpdateLockRequest::builder().name(\"n\")).send().await?;",
    ),
    edit(
        "a property of a request is new",
        &[(
            CREATE_KEY,
            "        durationMinutes:",
            "        note:\n          type: string\n          description: For people.\n        durationMinutes:",
        )],
        &["property request: compatible / compatible"],
    ),
    with(
        "a required property of a request is new",
        &[
            (CREATE_KEY, "required: [userId]", "required: [userId, note]"),
            (
                CREATE_KEY,
                "        durationMinutes:",
                "        note:\n          type: string\n          description: For people.\n        durationMinutes:",
            ),
        ],
        &["property request: breaking / fails at run time"],
        "home.create_key().lock_id(\"l\").body(unloc::types::CreateKeyRequest::builder().user_id(\"+12125550100\")).send().await?;",
    ),
    with(
        "a property of a request is gone",
        &[(
            "    CreateOrUpdateRoleRequest:",
            "        userName:\n          type: string\n          description: Name for the role; unique for lock and person.\n",
            "",
        )],
        &["property request: unknown / breaking"],
        "drop(unloc::types::CreateOrUpdateRoleRequest::builder().can_share(true).user_name(\"n\"));",
    ),
    edit(
        "a property of a request is gone, and no other is taken",
        &[
            (
                "    CreateOrUpdateRoleRequest:",
                "        userName:\n          type: string\n          description: Name for the role; unique for lock and person.\n",
                "",
            ),
            (
                "    CreateOrUpdateRoleRequest:",
                "      required: [canShare]",
                "      required: [canShare]\n      additionalProperties: false",
            ),
        ],
        &["property request: breaking / breaking", "type request: compatible / compatible"],
    ),
    with(
        "a property of a request becomes required",
        &[(
            CREATE_HOLDER,
            "required: [name, countryIso, organizationId]",
            "required: [name, countryIso, organizationId, organizationIdSuffix]",
        )],
        &["property request: breaking / breaking"],
        "fn take(body: unloc::types::CreateLockHolderRequest) -> Option<String> { body.organization_id_suffix } let _ = take;",
    ),
    edit(
        "a property of a request becomes optional",
        &[(CREATE_HOLDER, "required: [name, countryIso, organizationId]", "required: [name, countryIso]")],
        &["property request: compatible / breaking"],
    ),
    with(
        "a property of a request is called differently",
        &[("    CreateOrUpdateRoleRequest:", "        userName:", "        name:")],
        &["rename request: breaking / breaking"],
        "drop(unloc::types::CreateOrUpdateRoleRequest::builder().can_share(true).user_name(\"n\"));",
    ),
    with(
        "a text of a request may be less long",
        &[(
            CREATE_HOLDER,
            "          minLength: 4\n          maxLength: 1024\n          description: Name",
            "          minLength: 4\n          maxLength: 64\n          description: Name",
        )],
        &["bounds request: breaking / fails at run time"],
        "drop(unloc::types::CreateLockHolderRequest::builder().name(\"Flats\"));",
    ),
    edit(
        "a text of a request may be longer",
        &[(
            CREATE_HOLDER,
            "          minLength: 4\n          maxLength: 1024\n          description: Name",
            "          minLength: 4\n          maxLength: 4096\n          description: Name",
        )],
        &["bounds request: compatible / compatible"],
    ),
    edit(
        "a text of a request has another pattern",
        &[(CREATE_HOLDER, "'^[A-Za-z0-9_-]+$'", "'^[a-z0-9_-]+$'")],
        &["bounds request: unknown / compatible"],
    ),
    edit(
        "a text of a request has no pattern any more",
        &[(CREATE_HOLDER, "          pattern: '^[A-Za-z0-9_-]+$'\n", "")],
        &["bounds request: compatible / compatible"],
    ),
    edit(
        "a text of a request has a pattern now",
        &[(
            "    UpdateLockHolderRequest:",
            "          type: string\n",
            "          type: string\n          pattern: '^.{4}'\n",
        )],
        &["bounds request: breaking / compatible"],
    ),
    with(
        "a property of a request is no longer nullable",
        &[("    UpdateLockRequest:", "          type: string\n          nullable: true\n", "          type: string\n")],
        &["nullability request: breaking / breaking"],
        "drop(unloc::types::UpdateLockRequest::builder().image(unloc::Nullable::<String>::Null));",
    ),
    edit(
        "a property of a request is nullable",
        &[(
            "    CreateOrUpdateRoleRequest:",
            "        userName:\n          type: string\n",
            "        userName:\n          type: string\n          nullable: true\n",
        )],
        &["nullability request: compatible / breaking"],
    ),
    edit(
        "a number of a request is wider",
        &[(
            CREATE_KEY,
            "        durationMinutes:\n          type: integer\n          format: int32",
            "        durationMinutes:\n          type: integer\n          format: int64",
        )],
        &["type request: compatible / breaking"],
    ),
    edit(
        "a text of a request is a time",
        &[(
            "    CreateOrUpdateRoleRequest:",
            "        userName:\n          type: string\n",
            "        userName:\n          type: string\n          format: date-time\n",
        )],
        &["type request: breaking / breaking"],
    ),
    edit(
        "a text of a request is an address, for readers",
        &[(
            "    CreateOrUpdateRoleRequest:",
            "        userName:\n          type: string\n",
            "        userName:\n          type: string\n          format: uri\n",
        )],
        &["type request: breaking / compatible"],
    ),
    // Answers.
    with(
        "a property of an answer is new",
        &[(
            LOCK,
            "        keysCreatedCount:",
            "        batteryStatus:\n          type: string\n          description: How full it is.\n        keysCreatedCount:",
        )],
        &["property response: compatible / compatible"],
        "fn take(lock: unloc::types::Lock) -> String { let unloc::types::Lock { id, name, .. } = lock; id + &name } let _ = take;",
    ),
    with(
        "a required property of an answer is gone",
        &[
            (ROLE, "required: [userId, lockId, canShare]", "required: [userId, canShare]"),
            (ROLE, "        lockId:\n          type: string\n          description: Id of the lock.\n", ""),
        ],
        &["property response: breaking / breaking"],
        "fn take(role: unloc::types::Role) -> String { role.lock_id } let _ = take;",
    ),
    with(
        "an optional property of an answer is gone",
        &[(
            LOCK,
            "        duplicateLock:\n          type: boolean\n          description: Seen on virtual locks only; its meaning is not documented.\n",
            "",
        )],
        &["property response: compatible / breaking"],
        "fn take(lock: unloc::types::Lock) -> Option<bool> { lock.duplicate_lock } let _ = take;",
    ),
    with(
        "a property of an answer is called differently",
        &[(ROLE, "        createdKeys:", "        keysCreated:")],
        &["rename response: unknown / breaking"],
        "fn take(role: unloc::types::Role) -> Option<i32> { role.created_keys } let _ = take;",
    ),
    edit(
        "a property of an answer is called as the old bindings read it, too",
        &[
            ("    LockHolderList:", "required: [lockHolders]", "required: [lock-holders]"),
            ("    LockHolderList:", "x-envelope: lockHolders", "x-envelope: lock-holders"),
            ("    LockHolderList:", "        lockHolders:", "        lock-holders:"),
            ("    LockHolderList:", "x-aliases: [lock-holders]", "x-aliases: [lockHolders]"),
        ],
        &["behaviour response: compatible / compatible", "rename response: compatible / compatible"],
    ),
    with(
        "a property of an answer becomes optional",
        &[("    VendorConnection:", "required: [id, state, vendor]", "required: [id, state]")],
        &["property response: breaking / breaking"],
        "fn take(one: unloc::types::VendorConnection) -> unloc::types::Vendor { one.vendor } let _ = take;",
    ),
    edit(
        "a property of an answer becomes required",
        &[(LOCK, "required: [id, name]", "required: [id, name, created]")],
        &["property response: compatible / breaking"],
    ),
    edit(
        "a required property of an answer may be null",
        &[(
            ROLE,
            "        lockId:\n          type: string\n",
            "        lockId:\n          type: string\n          nullable: true\n",
        )],
        &["nullability response: breaking / breaking"],
    ),
    with(
        "an optional property of an answer may be null",
        &[(
            ROLE,
            "        userName:\n          type: string\n",
            "        userName:\n          type: string\n          nullable: true\n",
        )],
        &["nullability response: compatible / compatible"],
        "fn take(role: unloc::types::Role) -> Option<String> { role.user_name } let _ = take;",
    ),
    edit(
        "a list of an answer may be null",
        &[(
            "    RoleList:",
            "        roles:\n          type: array\n",
            "        roles:\n          type: array\n          nullable: true\n",
        )],
        &["nullability response: compatible / compatible"],
    ),
    with(
        "a number of an answer is wider",
        &[(
            LOCK,
            "        keysCreatedCount:\n          type: integer\n          format: int32\n",
            "        keysCreatedCount:\n          type: integer\n          format: int64\n",
        )],
        &["type response: breaking / breaking"],
        "fn take(lock: unloc::types::Lock) -> Option<i32> { lock.keys_created_count } let _ = take;",
    ),
    edit(
        "a whole number of an answer may be a fraction",
        &[(
            LOCK,
            "        keysCreatedCount:\n          type: integer\n          format: int32\n",
            "        keysCreatedCount:\n          type: number\n",
        )],
        &["type response: breaking / breaking"],
    ),
    edit(
        "a flag of an answer is a text, which the old bindings read",
        &[(
            ROLE,
            "        canShare:\n          type: boolean\n          description: Whether the person may share keys for the lock. An older example shows it as a text.\n          x-tolerate: [string]\n",
            "        canShare:\n          type: string\n          description: Whether the person may share keys for the lock.\n",
        )],
        &["type response: compatible / breaking"],
    ),
    edit(
        "a time of an answer is a text",
        &[(LOCK, "          type: string\n          format: date-time\n", "          type: string\n")],
        &["type response: breaking / breaking"],
    ),
    edit(
        "a text of an answer is a time",
        &[(
            ROLE,
            "        userName:\n          type: string\n",
            "        userName:\n          type: string\n          format: date-time\n",
        )],
        &["type response: compatible / breaking"],
    ),
    edit(
        "a text of an answer has a format that makes no type",
        &[(
            ROLE,
            "        userName:\n          type: string\n",
            "        userName:\n          type: string\n          format: uuid\n",
        )],
        &["type response: compatible / compatible"],
    ),
    edit(
        "a number of an answer has limits",
        &[(LOCK, "          format: int32\n", "          format: int32\n          maximum: 10\n")],
        &["bounds response: compatible / compatible"],
    ),
    with(
        "an answer has no body any more",
        &[(
            "      operationId: getIntegrator",
            "          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/IntegratorEnvelope'\n",
            "          x-old:\n            none:\n              at:\n                all:\n",
        )],
        &["response response: breaking / breaking"],
        "drop(unloc.get_integrator().integrator_id(\"i\").send().await?.into_inner().integrator);",
    ),
    edit(
        "an error is documented",
        &[(
            "      operationId: getLockHolders",
            "        '401':",
            "        '400':\n          $ref: '#/components/responses/BadRequest'\n        '401':",
        )],
        &["response response: compatible / compatible"],
    ),
    edit(
        "an error is no longer documented",
        &[(CREATE_ROLE, "        '404':\n          $ref: '#/components/responses/NotFound'\n", "")],
        &["response response: compatible / compatible"],
    ),
    edit(
        "errors have another body",
        &[(
            "    ApiError:",
            "        errorDescription:\n          type: string\n",
            "        errorDescription:\n          type: integer\n          format: int32\n",
        )],
        &["response response: compatible / compatible"],
    ),
    edit(
        "an answer has another status of success",
        &[("      operationId: createLockHolder", "        '200':", "        '201':")],
        &["response response: compatible / compatible", "response response: compatible / compatible"],
    ),
    // Enums.
    with(
        "an enum of answers has a value more",
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
        "an enum of answers has a value less",
        &[
            ("    LockAuth:", "        - opt-out\n", ""),
            (
                "    LockAuth:",
                "        opt-out: The lock holder has not objected. Known from an older API of the vendor only.\n",
                "",
            ),
        ],
        &["enum response: compatible / breaking"],
        "drop(unloc::types::LockAuth::OptOut);",
    ),
    edit(
        "an enum of requests and answers has a value less",
        &[
            ("    KeyState:", "        - inactive\n", ""),
            ("    KeyState:", "        inactive: Outside its times of the week. Known from version 2 only.\n", ""),
        ],
        &["enum request: breaking / breaking", "enum response: compatible / breaking"],
    ),
    edit(
        "an enum of requests and answers has a value more",
        &[
            ("    KeyState:", "        - inactive\n", "        - inactive\n        - asleep\n"),
            ("    KeyState:", "        inactive:", "        asleep: Resting.\n        inactive:"),
        ],
        &["enum both: compatible / compatible"],
    ),
    edit(
        "an enum of answers lists its values no more",
        &[(
            "    LockAuth:",
            "      enum:\n        - opt-in\n        - opt-out\n        - deny\n      x-enum-descriptions:\n        opt-in: The lock holder has agreed.\n        opt-out: The lock holder has not objected. Known from an older API of the vendor only.\n        deny: The lock holder has refused.\n",
            "",
        )],
        &["enum response: compatible / breaking"],
    ),
    // Names that do not travel, and rewritings that mean the same.
    with(
        "a schema is called differently",
        &[
            ("components:", "\n    Webhook:\n", "\n    Hook:\n"),
            ("    WebhookList:", "#/components/schemas/Webhook'", "#/components/schemas/Hook'"),
            ("    WebhookEnvelope:", "#/components/schemas/Webhook'", "#/components/schemas/Hook'"),
        ],
        &["rename response: compatible / breaking"],
        "fn take(_: unloc::types::Webhook) {} let _ = take;",
    ),
    edit(
        "a property that refers to a schema does so through allOf",
        &[(
            "    StartAfterId:",
            "        $ref: '#/components/schemas/Cursor'\n",
            "        allOf:\n          - $ref: '#/components/schemas/Cursor'\n",
        )],
        &[],
    ),
    edit(
        "a reference to a parameter is written out",
        &[(
            "      operationId: getKey",
            "        - $ref: '#/components/parameters/KeyId'\n",
            "        - {name: keyId, in: path, required: true, description: Id of the key., schema: {type: string}}\n",
        )],
        &[],
    ),
    edit(
        "properties stand in another order",
        &[
            ("    VendorConnection:", "required: [id, state, vendor]", "required: [vendor, state, id]"),
            (
                "    LockAuth:",
                "        - opt-in\n        - opt-out\n        - deny\n",
                "        - deny\n        - opt-in\n        - opt-out\n",
            ),
        ],
        &[],
    ),
    edit(
        "texts are others",
        &[
            (LOCK, "Name for people to read.", "What people call it."),
            (GET_LOCK, "summary: Get one lock", "summary: Read one lock"),
        ],
        &[],
    ),
    // What our own keys say.
    edit(
        "an alias is gone",
        &[("    LockHolderList:", "          x-aliases: [lock-holders]\n", "")],
        &["behaviour response: compatible / fails at run time"],
    ),
    edit(
        "an alias is new",
        &[(
            "    RoleList:",
            "        roles:\n          type: array\n",
            "        roles:\n          type: array\n          x-aliases: [all-roles]\n",
        )],
        &["behaviour response: compatible / compatible"],
    ),
    edit(
        "a tolerance is gone",
        &[("    Address:", "          x-tolerate: [number]\n", "")],
        &["behaviour response: compatible / fails at run time"],
    ),
    with(
        "a text of requests is no longer sensitive",
        &[("    AccountName:", "      x-sensitive: secret\n", "")],
        &["behaviour request: compatible / breaking"],
        "fn take(body: unloc::types::CreateVendorConnectionRequest) -> Option<unloc::Secret> { body.username } let _ = take;",
    ),
    edit(
        "a text of requests and answers is no longer sensitive",
        &[("    Cursor:", "      x-sensitive: cursor\n", "")],
        &["behaviour both: compatible / breaking"],
    ),
    // Security and servers.
    edit(
        "an operation asks for another scope",
        &[(
            "      operationId: getVendorConnections",
            "        - integrator: ['lockHolder.admin:{lockHolderId}']\n",
            "",
        )],
        &["security request: breaking / compatible"],
    ),
    edit(
        "an operation can be called with another scope, too",
        &[(
            "      operationId: createLockHolder",
            "        - integrator: []\n",
            "        - integrator: []\n        - integrator: [integrator.writer]\n",
        )],
        &["security request: compatible / compatible"],
    ),
    with(
        "an operation is the integrator's instead of the lock holder's",
        &[(
            "      operationId: getVendorConnections",
            "        - integrator: ['lockHolder.identifier:{countryIso}.{organizationId}.{organizationIdSuffix}']\n        - integrator: ['lockHolder.admin:{lockHolderId}']\n",
            "        - integrator: []\n",
        )],
        &["security request: compatible / breaking"],
        "home.get_vendor_connections().send().await?;",
    ),
    edit(
        "a server has moved",
        &[("servers:", "https://api.unloc.app/integrators/v1", "https://api.unloc.app/integrators/v2")],
        &["server request: breaking / compatible"],
    ),
    edit(
        "the servers of two environments change places",
        &[
            ("servers:", "x-environment: production", "x-environment: elsewhere"),
            ("servers:", "x-environment: sandbox", "x-environment: production"),
            ("servers:", "x-environment: elsewhere", "x-environment: sandbox"),
        ],
        &["server request: breaking / compatible", "server request: breaking / compatible"],
    ),
    edit(
        "an environment has no server any more",
        &[(
            "servers:",
            "  - url: https://api-sandbox.unloc.app/integrators/v1\n    description: Sandbox, with the same paths and credentials of its own.\n    x-environment: sandbox\n",
            "",
        )],
        &["server request: breaking / fails at run time"],
    ),
    edit(
        "parameters of a path change places",
        &[("paths:", "/locks/{lockId}/keys/{keyId}/:", "/locks/{keyId}/keys/{lockId}/:")],
        &["rename request: breaking / compatible", "rename request: breaking / compatible"],
    ),
    // What goes wrong without a change on the wire, and what only seems to go wrong.
    edit(
        "a key of ours means nothing where it stands",
        &[(
            LOCK,
            "        name:\n          type: string\n",
            "        name:\n          type: string\n          x-color: red\n",
        )],
        &["type both: compatible / breaking"],
    ),
    edit(
        "a second success has no body",
        &[(GET_LOCK, "        '401':", "        '204':\n          description: Nothing there.\n        '401':")],
        &[
            "response response: breaking / unknown",
            "response response: compatible / unknown",
            "type both: compatible / breaking",
        ],
    ),
    edit(
        "an object of answers has no other properties",
        &[(LOCK, "      required: [id, name]", "      additionalProperties: false\n      required: [id, name]")],
        &["type response: compatible / compatible"],
    ),
    edit(
        "a request needs what it does not describe",
        &[("    UpdateLockHolderRequest:", "required: [name]", "required: [name, reason]")],
        &["property request: breaking / fails at run time"],
    ),
    edit(
        "a text of requests and answers may be less long",
        &[(
            "    Address:",
            "        street:\n          type: string\n",
            "        street:\n          type: string\n          maxLength: 9\n",
        )],
        &["bounds request: breaking / compatible", "bounds response: compatible / compatible"],
    ),
    edit(
        "a page has another size",
        &[(GET_LOCKS, "size: 500}", "size: 100}")],
        &["behaviour both: compatible / compatible"],
    ),
    edit(
        "a property of an answer has given way to another",
        &[(
            LOCK,
            "        duplicateLock:\n          type: boolean\n          description: Seen on virtual locks only",
            "        hasBattery:\n          type: boolean\n          description: Whether there is one",
        )],
        &["property response: compatible / breaking", "property response: compatible / compatible"],
    ),
    edit(
        "an answer stands without its envelope",
        &[(GET_LOCK, "schemas/LockEnvelope'", "schemas/Lock'")],
        &["type response: compatible / breaking"],
    ),
    edit(
        "a text has a least length of nothing",
        &[(
            "    UpdateLockHolderRequest:",
            "          type: string\n",
            "          type: string\n          minLength: 0\n",
        )],
        &[],
    ),
    edit(
        "a person's number comes as a number",
        &[
            ("    PhoneNumber:", "      type: string\n", "      type: integer\n"),
            ("    PhoneNumber:", "      x-sensitive: phone-number\n", ""),
        ],
        &["type request: breaking / breaking", "type response: compatible / breaking"],
    ),
];
