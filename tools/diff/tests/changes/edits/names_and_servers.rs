//! Defines edits of names, `x-` keys, security and servers, and edits without any effect.

use super::{Edit, GET_LOCK, GET_LOCKS, LOCK, edit, with};

pub(super) const EDITS: &[Edit] = &[
    // Names that are not sent, and equivalent forms.
    with(
        "a schema is renamed",
        &[
            ("components:", "\n    Webhook:\n", "\n    Hook:\n"),
            ("    WebhookList:", "#/components/schemas/Webhook'", "#/components/schemas/Hook'"),
            ("    WebhookEnvelope:", "#/components/schemas/Webhook'", "#/components/schemas/Hook'"),
        ],
        &["rename response: compatible / breaking"],
        "fn take(_: unloc::types::Webhook) {} let _ = take;",
    ),
    edit(
        "a reference is wrapped in allOf",
        &[(
            "    UserId:",
            "        $ref: '#/components/schemas/PhoneNumber'\n",
            "        allOf:\n          - $ref: '#/components/schemas/PhoneNumber'\n",
        )],
        &[],
    ),
    edit(
        "a reference to a parameter is inlined",
        &[(
            "      operationId: getKey",
            "        - $ref: '#/components/parameters/KeyId'\n",
            "        - {name: keyId, in: path, required: true, description: Identifies the key., schema: {$ref: '#/components/schemas/KeyId'}}\n",
        )],
        &[],
    ),
    with(
        "a named string schema becomes an inline string",
        &[("    KeyId:", "        $ref: '#/components/schemas/KeyId'\n", "        type: string\n")],
        &["type request: compatible / breaking"],
        "drop(home.get_key().key_id(unloc::types::KeyId::from(\"k\")));",
    ),
    with(
        "an inline string becomes a named string schema",
        &[
            (
                "components:",
                "    LockId:\n      type: string\n",
                "    Title:\n      type: string\n      description: What people call it.\n\n    LockId:\n      type: string\n",
            ),
            (
                LOCK,
                "        imageUrl:\n          type: string\n",
                "        imageUrl:\n          allOf:\n            - $ref: '#/components/schemas/Title'\n",
            ),
        ],
        &["type response: compatible / breaking"],
        "fn take(lock: unloc::types::Lock) -> Option<String> { lock.image_url } let _ = take;",
    ),
    edit(
        "lists are reordered",
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
        "descriptions change",
        &[
            (LOCK, "Gives the display name.", "Says what people call it."),
            (GET_LOCK, "summary: Gets one lock", "summary: Reads one lock"),
        ],
        &[],
    ),
    // Values of our `x-` keys.
    edit(
        "an alias is removed",
        &[("    LockHolderList:", "          x-aliases: [lock-holders]\n", "")],
        &["behaviour response: compatible / fails at run time"],
    ),
    edit(
        "an alias is added",
        &[(
            "    RoleList:",
            "        roles:\n          type: array\n",
            "        roles:\n          type: array\n          x-aliases: [all-roles]\n",
        )],
        &["behaviour response: compatible / compatible"],
    ),
    edit(
        "a tolerance is removed",
        &[("    Address:", "          x-tolerate: [number]\n", "")],
        &["behaviour response: compatible / fails at run time"],
    ),
    with(
        "a request string is no longer sensitive",
        &[("    AccountName:", "      x-sensitive: secret\n", "")],
        &["behaviour request: compatible / breaking"],
        "fn take(body: unloc::types::CreateVendorConnectionRequest) -> Option<unloc::Secret> { body.username } let _ = take;",
    ),
    edit(
        "a string of requests and responses is no longer sensitive",
        &[("    PhoneNumber:", "      x-sensitive: phone-number\n", "")],
        &["behaviour both: compatible / breaking"],
    ),
    // Security and servers.
    edit(
        "an operation no longer accepts a scope",
        &[(
            "      operationId: getVendorConnections",
            "        - integrator: ['lockHolder.admin:{lockHolderId}']\n",
            "",
        )],
        &["security request: breaking / compatible"],
    ),
    edit(
        "an operation accepts another scope",
        &[(
            "      operationId: createLockHolder",
            "        - integrator: []\n",
            "        - integrator: []\n        - integrator: [integrator.writer]\n",
        )],
        &["security request: compatible / compatible"],
    ),
    with(
        "an operation moves from the lock holder to the integrator",
        &[(
            "      operationId: getVendorConnections",
            "        - integrator: ['lockHolder.identifier:{countryIso}.{organizationId}.{organizationIdSuffix}']\n        - integrator: ['lockHolder.admin:{lockHolderId}']\n",
            "        - integrator: []\n",
        )],
        &["security request: compatible / breaking"],
        "home.get_vendor_connections().send().await?;",
    ),
    edit(
        "a server moves",
        &[("servers:", "https://api.unloc.app/integrators/v1", "https://api.unloc.app/integrators/v2")],
        &["server request: breaking / compatible"],
    ),
    edit(
        "the servers of two environments are swapped",
        &[
            ("servers:", "x-environment: production", "x-environment: elsewhere"),
            ("servers:", "x-environment: sandbox", "x-environment: production"),
            ("servers:", "x-environment: elsewhere", "x-environment: sandbox"),
        ],
        &["server request: breaking / compatible", "server request: breaking / compatible"],
    ),
    edit(
        "an environment loses its server",
        &[(
            "servers:",
            "  - url: https://api-sandbox.unloc.app/integrators/v1\n    description: Serves the sandbox environment, with the same paths and separate credentials.\n    x-environment: sandbox\n",
            "",
        )],
        &["server request: breaking / fails at run time"],
    ),
    edit(
        "two path parameters are swapped",
        &[("paths:", "/locks/{lockId}/keys/{keyId}/:", "/locks/{keyId}/keys/{lockId}/:")],
        &["rename request: breaking / compatible", "rename request: breaking / compatible"],
    ),
    // Edits that break only the bindings, and harmless ones that look breaking.
    edit(
        "an `x-` key is at the wrong place",
        &[(
            LOCK,
            "        name:\n          type: string\n",
            "        name:\n          type: string\n          x-color: red\n",
        )],
        &["type both: compatible / breaking"],
    ),
    edit(
        "a success response without a body is added",
        &[(GET_LOCK, "        '401':", "        '204':\n          description: Nothing there.\n        '401':")],
        &[
            "response response: breaking / unknown",
            "response response: compatible / unknown",
            "type both: compatible / breaking",
        ],
    ),
    edit(
        "a response object forbids unlisted properties",
        &[(LOCK, "      required: [id, name]", "      additionalProperties: false\n      required: [id, name]")],
        &["type response: compatible / compatible"],
    ),
    edit(
        "a request requires an undescribed property",
        &[("    UpdateLockHolderRequest:", "required: [name]", "required: [name, reason]")],
        // The generator refuses it as well.
        &["property request: breaking / unknown", "type both: compatible / breaking"],
    ),
    edit(
        "a string of requests and responses gets a maximum length",
        &[(
            "    Address:",
            "        street:\n          type: string\n",
            "        street:\n          type: string\n          maxLength: 9\n",
        )],
        &["bounds request: breaking / compatible", "bounds response: compatible / compatible"],
    ),
    edit(
        "the page size changes",
        &[(GET_LOCKS, "size: 500}", "size: 100}")],
        &["behaviour both: compatible / compatible"],
    ),
    edit(
        "a response property is replaced by another",
        &[(
            LOCK,
            "        duplicateLock:\n          type: boolean\n          description: Occurs on virtual locks only",
            "        hasBattery:\n          type: boolean\n          description: Whether there is one",
        )],
        &["property response: compatible / breaking", "property response: compatible / compatible"],
    ),
    edit(
        "a response loses its envelope",
        &[(GET_LOCK, "schemas/LockEnvelope'", "schemas/Lock'")],
        // The bindings return the content, with or without the envelope.
        &["type response: compatible / compatible"],
    ),
    edit(
        "a string gets a minimum length of zero",
        &[(
            "    UpdateLockHolderRequest:",
            "          type: string\n",
            "          type: string\n          minLength: 0\n",
        )],
        &[],
    ),
    edit(
        "a phone number becomes an integer",
        &[
            ("    PhoneNumber:", "      type: string\n", "      type: integer\n"),
            ("    PhoneNumber:", "      x-sensitive: phone-number\n", ""),
        ],
        &["type request: breaking / breaking", "type response: compatible / breaking"],
    ),
];
