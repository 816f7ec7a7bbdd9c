// What the bindings could pass over in silence, and which of it they refuse.

rows! { places:
    server_of_path "a server of a path's own"
        { spec::whole(
            "/a:\n  servers: [{url: 'https://other.example.com'}] #!\n  get: {operationId: getThing, \
             responses: {'204': {description: Done.}}}",
            "",
        ) }
        ! "`servers`";
    server_of_operation "a server of an operation's own"
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
        ! "no reference of a path";
    trace "TRACE, which the HTTP client has no function for"
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
    encoding "an encoding of a body's parts"
        { spec::post(
            &format!(
                "requestBody:\n  required: true\n  content:\n    application/json:\n      encoding: {{id: {{}}}} #!\n      \
                 schema: {}",
                spec::to("Thing")
            ),
            spec::THING,
        ) }
        ! "`encoding`";
    no_schema "a parameter of which nothing is said" { spec::things("- name: q #!\n  in: query") } ! "without `schema`";
    unnamed_object "an object without a name"
        { spec::make("Thing: {type: object, properties: {a: {type: object, properties: {b: {type: string}}}}} #!") }
        ! "an object without a name";
    enum_of_numbers "an enum of numbers"
        { spec::make("Thing:\n  type: integer\n  enum:\n    - 7 #!") }
        ! "no text";
    reference_into_schema "a reference into a schema"
        { spec::make(
            "Thing:\n  type: object\n  properties:\n    a: {type: string}\n    \
             b: {$ref: '#/components/schemas/Thing/properties/a'} #!",
        ) }
        ! "no component of the schemas";
    unknown_method "a method that HTTP does not have"
        { spec::whole("/a:\n  gett: {operationId: getThing, responses: {'204': {description: Done.}}} #!", "") }
        ! "`gett`";
    no_name "an operation without a name"
        { spec::whole("/a:\n  get: {responses: {'204': {description: Done.}}} #!", "") }
        ! "operationId";
    unknown_key "a key of ours that is none"
        { spec::whole(
            "/a:\n  get:\n    operationId: getThing\n    x-evidense: documented #!\n    \
             responses: {'204': {description: Done.}}",
            "",
        ) }
        ! "`x-evidense`";
    documentation "text that could end a comment, an attribute or a macro"
        { spec::whole(
            "/a:\n  get:\n    operationId: getThing\n    summary: \"*/ #[doc] \\\"quoted\\\" {braces} `\"\n    \
             description: \"```\\n</div> [link](x) $crate {0}\"\n    parameters:\n      - {name: q, in: query, \
             description: '*/ {} \"', schema: {type: string}}\n    responses: {'204': {description: Done.}}",
            "",
        ) }
        -> GetThing.q("v") => "GET /a?q=v";
    callbacks "tags and documents elsewhere"
        { spec::whole(
            "/a:\n  get:\n    operationId: getThing\n    tags: [crate, 'self']\n    deprecated: true\n    \
             externalDocs: {url: 'https://example.com'}\n    responses: {'204': {description: Done.}}",
            "",
        ) }
        -> GetThing => "GET /a";
    idempotent "a POST that says it is idempotent" { spec::post(&format!("{}: true", spec::IDEMPOTENT), "") }
        -> MakeThing => "POST /things";
    cursor_is_text "a cursor that is plain text"
        { spec::paged_by("{type: string}", "{type: integer, format: int32}") }
        ! "cursor";
    limit_is_text "a limit that is text" { spec::paged_by("{$ref: '#/components/schemas/Cursor'}", "{type: string}") }
        ! "`limit`";
    limit_is_number "a limit that is a number"
        { spec::paged_by("{$ref: '#/components/schemas/Cursor'}", "{type: number}") }
        ! "`limit`";
    limit_is_large "a limit that can be large"
        { spec::paged_by("{$ref: '#/components/schemas/Cursor'}", "{type: integer, format: int64}") }
        -> GetThings.limit(5) => "GET /things?limit=5", "{\"things\":[{\"id\":\"a\"}]}"
        => "{\"items\":[{\"id\":\"a\"}]}";
    url_beside_pages "a parameter called `url` beside pages"
        { spec::paged_with("- {name: url, in: query, schema: {type: string}}") }
        -> GetThings.url("u") => "GET /things?url=u&limit=2", "{\"things\":[]}" => "{\"items\":[]}";
    info_beside_pages "a parameter called `info` beside pages"
        { spec::paged_with("- {name: info, in: query, schema: {type: string}}") }
        -> GetThings.info("i").limit(1) => "GET /things?info=i&limit=1", "{\"things\":[]}" => "{\"items\":[]}";
    clone_beside_pages "a parameter called `clone` beside pages"
        { spec::paged_with("- {name: clone, in: query, schema: {type: string}}") }
        -> GetThings.clone("c") => "GET /things?clone=c&limit=2", "{\"things\":[]}" => "{\"items\":[]}";
    one_page "one page of several"
        { spec::paged("things", "after") }
        -> GetThings.after("a b") => "GET /things?after=a+b&limit=2", "{\"things\":[],\"after\":\"n\"}"
        => "{\"items\":[],\"cursor\":\"n\"}";
}
