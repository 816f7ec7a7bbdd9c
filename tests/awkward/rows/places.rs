// Parts of a spec that the bindings could silently ignore, and which of them they refuse.

rows! { places:
    server_of_path "servers of a path"
        { spec::whole(
            "/a:\n  servers: [{url: 'https://other.example.com'}] #!\n  get: {operationId: getThing, \
             responses: {'204': {description: Done.}}}",
            "",
        ) }
        ! "`servers`";
    server_of_operation "servers of an operation"
        { spec::whole(
            "/a:\n  get:\n    operationId: getThing\n    servers: [{url: 'https://other.example.com'}] #!\n    \
             responses: {'204': {description: Done.}}",
            "",
        ) }
        ! "`servers`";
    reference_of_path "a path that is a reference"
        { spec::whole(
            "/a:\n  $ref: '#/paths/~1b' #!\n/b:\n  get: {operationId: getThing, responses: {'204': {description: Done.}}}",
            "",
        ) }
        ! "does not follow references of paths";
    trace "TRACE, for which the HTTP client has no function"
        { format!("{} #!\n", spec::without_body("trace").trim_end()) }
        ! "TRACE";
    content_of_head "content in a response to HEAD"
        { spec::whole(
            &format!(
                "/a:\n  head:\n    operationId: headThing\n    responses:\n      '200':\n        description: Done.\n        \
                 content: {} #!",
                spec::json(&spec::to("Thing"))
            ),
            spec::THING,
        ) }
        ! "a response to HEAD";
    encoding "an encoding of the body's parts"
        { spec::post(
            &format!(
                "requestBody:\n  required: true\n  content:\n    application/json:\n      encoding: {{id: {{}}}} #!\n      \
                 schema: {}",
                spec::to("Thing")
            ),
            spec::THING,
        ) }
        ! "`encoding`";
    no_schema "a parameter without a schema" { spec::things("- name: q #!\n  in: query") } ! "without `schema`";
    unnamed_object "an inline object"
        { spec::make("Thing: {type: object, properties: {a: {type: object, properties: {b: {type: string}}}}} #!") }
        ! "an object without a name";
    enum_of_numbers "an enum of numbers"
        { spec::make("Thing:\n  type: integer\n  enum:\n    - 7 #!") }
        ! "not a string";
    reference_into_schema "a reference into a schema"
        { spec::make(
            "Thing:\n  type: object\n  properties:\n    a: {type: string}\n    \
             b: {$ref: '#/components/schemas/Thing/properties/a'} #!",
        ) }
        ! "not a component schema";
    unknown_method "a method that HTTP does not have"
        { spec::whole("/a:\n  gett: {operationId: getThing, responses: {'204': {description: Done.}}} #!", "") }
        ! "`gett`";
    no_name "an operation without `operationId`"
        { spec::whole("/a:\n  get: {responses: {'204': {description: Done.}}} #!", "") }
        ! "operationId";
    unknown_key "an unknown `x-` key"
        { spec::whole(
            "/a:\n  get:\n    operationId: getThing\n    x-evidense: documented #!\n    \
             responses: {'204': {description: Done.}}",
            "",
        ) }
        ! "`x-evidense`";
    documentation "documentation that could end a comment, an attribute or a macro"
        { spec::whole(
            "/a:\n  get:\n    operationId: getThing\n    summary: \"*/ #[doc] \\\"quoted\\\" {braces} `\"\n    \
             description: \"```\\n</div> [link](x) $crate {0}\"\n    parameters:\n      - {name: q, in: query, \
             description: '*/ {} \"', schema: {type: string}}\n    responses: {'204': {description: Done.}}",
            "",
        ) }
        -> GetThing.q("v") => "GET /a?q=v";
    callbacks "tags and external documentation"
        { spec::whole(
            "/a:\n  get:\n    operationId: getThing\n    tags: [crate, 'self']\n    deprecated: true\n    \
             externalDocs: {url: 'https://example.com'}\n    responses: {'204': {description: Done.}}",
            "",
        ) }
        -> GetThing => "GET /a";
    idempotent "a POST that is declared idempotent" { spec::post(&format!("{}: true", spec::IDEMPOTENT), "") }
        -> MakeThing => "POST /things";
    cursor_is_text "a cursor that is a plain string"
        { spec::paged_by("{type: string}", "{type: integer, format: int32}") }
        ! "cursor";
    limit_is_text "a limit that is a string"
        { spec::paged_by("{$ref: '#/components/schemas/Cursor'}", "{type: string}") }
        ! "`limit`";
    limit_is_number "a limit that is a number"
        { spec::paged_by("{$ref: '#/components/schemas/Cursor'}", "{type: number}") }
        ! "`limit`";
    limit_is_large "a limit of 64 bits"
        { spec::paged_by("{$ref: '#/components/schemas/Cursor'}", "{type: integer, format: int64}") }
        -> GetThings.limit(5) => "GET /things?limit=5", "{\"things\":[{\"id\":\"a\"}]}"
        => "{\"items\":[{\"id\":\"a\"}]}";
    url_beside_pages "a parameter named `url` of a paginated operation"
        { spec::paged_with("- {name: url, in: query, schema: {type: string}}") }
        -> GetThings.url("u") => "GET /things?url=u&limit=2", "{\"things\":[]}" => "{\"items\":[]}";
    info_beside_pages "a parameter named `info` of a paginated operation"
        { spec::paged_with("- {name: info, in: query, schema: {type: string}}") }
        -> GetThings.info("i").limit(1) => "GET /things?info=i&limit=1", "{\"things\":[]}" => "{\"items\":[]}";
    clone_beside_pages "a parameter named `clone` of a paginated operation"
        { spec::paged_with("- {name: clone, in: query, schema: {type: string}}") }
        -> GetThings.clone("c") => "GET /things?clone=c&limit=2", "{\"things\":[]}" => "{\"items\":[]}";
    one_page "one page of several"
        { spec::paged("things", "after") }
        -> GetThings.after("a b") => "GET /things?after=a+b&limit=2", "{\"things\":[],\"after\":\"n\"}"
        => "{\"items\":[],\"cursor\":\"n\"}";
}
