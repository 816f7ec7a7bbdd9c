//! Edits of names, our own keys, security and servers, and what is no change at all.

use super::{Edit, GET_LOCK, GET_LOCKS, LOCK, edit, with};

pub(super) const EDITS: &[Edit] = &[
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
            "    UserId:",
            "        $ref: '#/components/schemas/PhoneNumber'\n",
            "        allOf:\n          - $ref: '#/components/schemas/PhoneNumber'\n",
        )],
        &[],
    ),
    edit(
        "a reference to a parameter is written out",
        &[(
            "      operationId: getKey",
            "        - $ref: '#/components/parameters/KeyId'\n",
            "        - {name: keyId, in: path, required: true, description: Id of the key., schema: {$ref: '#/components/schemas/KeyId'}}\n",
        )],
        &[],
    ),
    with(
        "a text has no name any more",
        &[("    KeyId:", "        $ref: '#/components/schemas/KeyId'\n", "        type: string\n")],
        &["type request: compatible / breaking"],
        "drop(home.get_key().key_id(unloc::types::KeyId::from(\"k\")));",
    ),
    with(
        "a text gets a name",
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
        &[("    PhoneNumber:", "      x-sensitive: phone-number\n", "")],
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
        // The build refuses it as well.
        &["property request: breaking / unknown", "type both: compatible / breaking"],
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
        // The bindings give what is inside, whether it is wrapped or not.
        &["type response: compatible / compatible"],
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
