//! Edits of what is sent.

use super::{CREATE_HOLDER, CREATE_KEY, Edit, edit, with};

pub(super) const EDITS: &[Edit] = &[
    // Bodies.
    // The bindings always send a body, and end where one may be left out.
    edit(
        "a body becomes optional",
        &[(
            "      operationId: updateLock",
            "        required: true\n        description: The fields",
            "        description: The fields",
        )],
        &["body request: compatible / unknown", "type both: compatible / breaking"],
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
        "home.create_key().lock_id(\"l\").user_id(\"+12125550100\").send().await?;",
    ),
    with(
        "a property of a request is gone",
        &[(
            "    CreateOrUpdateRoleRequest:",
            "        userName:\n          type: string\n          description: Name for the role; unique for lock and person.\n",
            "",
        )],
        &["property request: unknown / breaking"],
        "drop(home.create_or_update_role().can_share(true).user_name(\"n\"));",
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
        "the setter of a property is called differently",
        &[("    UpdateKeyRequest:", "        state:\n", "        state:\n          x-rust-name: newState\n")],
        &["behaviour request: compatible / breaking"],
        "drop(home.update_key().state(unloc::types::KeyState::Active));",
    ),
    // The build refuses it: builders of operations have setters for the properties, and this function.
    edit(
        "a property of a request is called as a function of builders",
        &[(
            "    CreateOrUpdateRoleRequest:",
            "        userName:\n",
            "        send:\n          type: string\n          description: For people.\n        userName:\n",
        )],
        &["property request: compatible / unknown", "type both: compatible / breaking"],
    ),
    edit(
        "a property of a request is called as a function of builders, and its setter differently",
        &[(
            "    CreateOrUpdateRoleRequest:",
            "        userName:\n",
            "        send:\n          type: string\n          x-rust-name: sendNow\n          description: For people.\n        userName:\n",
        )],
        &["property request: compatible / compatible"],
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
];
