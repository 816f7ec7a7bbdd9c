//! Defines edits of request bodies.

use super::{CREATE_HOLDER, CREATE_KEY, Edit, edit, with};

pub(super) const EDITS: &[Edit] = &[
    // The bindings always send a body, so the generator refuses an optional one.
    edit(
        "a body becomes optional",
        &[(
            "      operationId: updateLock",
            "        required: true\n        description: Holds the fields",
            "        description: Holds the fields",
        )],
        &["body request: compatible / unknown", "type both: compatible / breaking"],
    ),
    edit(
        "a request property is added",
        &[(
            CREATE_KEY,
            "        durationMinutes:",
            "        note:\n          type: string\n          description: For people.\n        durationMinutes:",
        )],
        &["property request: compatible / compatible"],
    ),
    with(
        "a required request property is added",
        &[
            (CREATE_KEY, "required: [userId]", "required: [userId, note]"),
            (
                CREATE_KEY,
                "        durationMinutes:",
                "        note:\n          type: string\n          description: For people.\n        durationMinutes:",
            ),
        ],
        &["property request: breaking / fails at run time"],
        "home.create_key().lock_id(\"l\").user_id(\"+12125550100\").send().await?;",
    ),
    with(
        "a request property is removed",
        &[(
            "    CreateOrUpdateRoleRequest:",
            "        userName:\n          type: string\n          description: Gives the name of the role; unique for lock and person.\n",
            "",
        )],
        &["property request: unknown / breaking"],
        "drop(home.create_or_update_role().can_share(true).user_name(\"n\"));",
    ),
    edit(
        "a request property is removed, and unlisted ones are refused",
        &[
            (
                "    CreateOrUpdateRoleRequest:",
                "        userName:\n          type: string\n          description: Gives the name of the role; unique for lock and person.\n",
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
        "a request property becomes required",
        &[(
            CREATE_HOLDER,
            "required: [name, countryIso, organizationId]",
            "required: [name, countryIso, organizationId, organizationIdSuffix]",
        )],
        &["property request: breaking / breaking"],
        "fn take(body: unloc::types::CreateLockHolderRequest) -> Option<String> { body.organization_id_suffix } let _ = take;",
    ),
    edit(
        "a request property becomes optional",
        &[(CREATE_HOLDER, "required: [name, countryIso, organizationId]", "required: [name, countryIso]")],
        &["property request: compatible / breaking"],
    ),
    with(
        "a request property is renamed",
        &[("    CreateOrUpdateRoleRequest:", "        userName:", "        name:")],
        &["rename request: breaking / breaking"],
        "drop(unloc::types::CreateOrUpdateRoleRequest::builder().can_share(true).user_name(\"n\"));",
    ),
    with(
        "the setter of a property is renamed",
        &[("    UpdateKeyRequest:", "        state:\n", "        state:\n          x-rust-name: newState\n")],
        &["behaviour request: compatible / breaking"],
        "drop(home.update_key().state(unloc::types::KeyState::Active));",
    ),
    // The generator refuses it: builders of operations have a setter for each property, and the function `send`.
    edit(
        "a request property gets the name of a builder function",
        &[(
            "    CreateOrUpdateRoleRequest:",
            "        userName:\n",
            "        send:\n          type: string\n          description: For people.\n        userName:\n",
        )],
        &["property request: compatible / unknown", "type both: compatible / breaking"],
    ),
    edit(
        "a request property gets the name of a builder function, and its setter another",
        &[(
            "    CreateOrUpdateRoleRequest:",
            "        userName:\n",
            "        send:\n          type: string\n          x-rust-name: sendNow\n          description: For people.\n        userName:\n",
        )],
        &["property request: compatible / compatible"],
    ),
    with(
        "the maximum length of a request string shrinks",
        &[(
            CREATE_HOLDER,
            "          minLength: 4\n          maxLength: 1024\n          description: Gives",
            "          minLength: 4\n          maxLength: 64\n          description: Gives",
        )],
        &["bounds request: breaking / fails at run time"],
        "drop(unloc::types::CreateLockHolderRequest::builder().name(\"Flats\"));",
    ),
    edit(
        "the maximum length of a request string grows",
        &[(
            CREATE_HOLDER,
            "          minLength: 4\n          maxLength: 1024\n          description: Gives",
            "          minLength: 4\n          maxLength: 4096\n          description: Gives",
        )],
        &["bounds request: compatible / compatible"],
    ),
    edit(
        "the pattern of a request string changes",
        &[(CREATE_HOLDER, "'^[A-Za-z0-9_-]+$'", "'^[a-z0-9_-]+$'")],
        &["bounds request: unknown / compatible"],
    ),
    edit(
        "a request string loses its pattern",
        &[(CREATE_HOLDER, "          pattern: '^[A-Za-z0-9_-]+$'\n", "")],
        &["bounds request: compatible / compatible"],
    ),
    edit(
        "a request string gets a pattern",
        &[(
            "    UpdateLockHolderRequest:",
            "          type: string\n",
            "          type: string\n          pattern: '^.{4}'\n",
        )],
        &["bounds request: breaking / compatible"],
    ),
    with(
        "a request property is no longer nullable",
        &[("    UpdateLockRequest:", "          type: string\n          nullable: true\n", "          type: string\n")],
        &["nullability request: breaking / breaking"],
        "drop(unloc::types::UpdateLockRequest::builder().image(unloc::Nullable::<String>::Null));",
    ),
    edit(
        "a request property becomes nullable",
        &[(
            "    CreateOrUpdateRoleRequest:",
            "        userName:\n          type: string\n",
            "        userName:\n          type: string\n          nullable: true\n",
        )],
        &["nullability request: compatible / breaking"],
    ),
    edit(
        "a request integer becomes wider",
        &[(
            CREATE_KEY,
            "        durationMinutes:\n          type: integer\n          format: int32",
            "        durationMinutes:\n          type: integer\n          format: int64",
        )],
        &["type request: compatible / breaking"],
    ),
    edit(
        "a request string becomes a time",
        &[(
            "    CreateOrUpdateRoleRequest:",
            "        userName:\n          type: string\n",
            "        userName:\n          type: string\n          format: date-time\n",
        )],
        &["type request: breaking / breaking"],
    ),
    edit(
        "a request string gets the format `uri`",
        &[(
            "    CreateOrUpdateRoleRequest:",
            "        userName:\n          type: string\n",
            "        userName:\n          type: string\n          format: uri\n",
        )],
        &["type request: breaking / compatible"],
    ),
];
