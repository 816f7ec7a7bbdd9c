// Names that are different in the spec and the same in Rust.

rows! { collisions:
    query_and_path "the same name in query and path"
        { spec::get("/a/{id}", "- {name: id, in: path, required: true, schema: {type: string}}\n\
             - name: id #!\n  in: query\n  schema: {type: string}") }
        ! "`id`";
    query_and_path_renamed "the same name in query and path, one of them renamed"
        { spec::get("/a/{id}", "- {name: id, in: path, required: true, schema: {type: string}}\n\
             - {name: id, in: query, x-rust-name: otherId, schema: {type: string}}") }
        -> GetThing.id("p").other_id("q") => "GET /a/p?id=q";
    query_and_header "the same name in query and header"
        { spec::things("- {name: url, in: query, schema: {type: string}}\n\
             - name: url #!\n  in: header\n  schema: {type: string}") }
        ! "`url`";
    query_and_header_renamed "the same name in query and header, both renamed"
        { spec::things("- {name: url, in: query, x-rust-name: address, schema: {type: string}}\n\
             - {name: url, in: header, x-rust-name: urlHeader, schema: {type: string}}") }
        -> GetThing.address("q").url_header("h") => "GET /things?url=q\nurl: h";
    three_places "the same name in path, query and header, two of them renamed"
        { spec::get("/a/{info}", "- {name: info, in: header, x-rust-name: result, schema: {type: string}}\n\
             - {name: info, in: path, required: true, schema: {type: string}}\n\
             - {name: info, in: query, x-rust-name: request, schema: {type: string}}") }
        -> GetThing.info("p").request("q").result("h") => "GET /a/p?info=q\ninfo: h";
    swapped "two parameters renamed to each other's names"
        { spec::things("- {name: client, in: query, x-rust-name: url, schema: {type: string}}\n\
             - {name: url, in: query, x-rust-name: client, schema: {type: string}}") }
        -> GetThing.url("c").client("u") => "GET /things?client=c&url=u";
    case "`lockId` and `LockId`"
        { spec::things("- {name: lockId, in: query, schema: {type: string}}\n\
             - name: LockId #!\n  in: query\n  schema: {type: string}") }
        ! "`LockId`";
    dash "`LockId` and `lock-id`"
        { spec::things("- {name: LockId, in: query, schema: {type: string}}\n\
             - name: lock-id #!\n  in: query\n  schema: {type: string}") }
        ! "`lock-id`";
    dash_renamed "`LockId` and `lock-id`, renamed"
        { spec::things("- {name: LockId, in: query, schema: {type: string}}\n\
             - {name: lock-id, in: query, x-rust-name: dashed, schema: {type: string}}") }
        -> GetThing.lock_id("a").dashed("b") => "GET /things?LockId=a&lock-id=b";
    selves "`self` and `Self`"
        { spec::things("- {name: self, in: query, schema: {type: string}}\n\
             - name: Self #!\n  in: query\n  schema: {type: string}") }
        ! "`Self`";
    selves_renamed "`self` and `Self`, renamed"
        { spec::things("- {name: Self, in: query, x-rust-name: other, schema: {type: string}}\n\
             - {name: self, in: query, schema: {type: string}}") }
        -> GetThing.self_("a").other("b") => "GET /things?Self=b&self=a";
    headers "`self` and `Self` as headers, which are case-insensitive"
        { spec::things("- {name: self, in: header, schema: {type: string}}\n\
             - name: Self #!\n  in: header\n  schema: {type: string}") }
        ! "`Self`";
    paths "`LockId` and `lock-id` in the path"
        { spec::get("/a/{LockId}/{lock-id}", "- {name: LockId, in: path, required: true, schema: {type: string}}\n\
             - name: lock-id #!\n  in: path\n  required: true\n  schema: {type: string}") }
        ! "`lock-id`";
    paths_renamed "`LockId` and `lock-id` in the path, renamed"
        { spec::get("/a/{LockId}/{lock-id}", "- {name: LockId, in: path, required: true, schema: {type: string}}\n\
             - {name: lock-id, in: path, required: true, x-rust-name: url, schema: {type: string}}") }
        -> GetThing.lock_id("a").url("b") => "GET /a/a/b";
    underscore "a keyword and the same keyword with an underscore"
        { spec::things("- {name: type, in: query, schema: {type: string}}\n\
             - name: type_ #!\n  in: query\n  schema: {type: string}") }
        ! "`type_`";
    generators "the generator's fallback names for its locals"
        { spec::things("- {name: _url, in: query, x-rust-name: second, schema: {type: string}}\n\
             - {name: url, in: query, schema: {type: string}}") }
        -> GetThing.url("a").second("b") => "GET /things?_url=b&url=a";
    renamed_to_send "a parameter renamed to a method of the builder"
        { spec::things("- name: a\n  in: query\n  x-rust-name: send #!\n  schema: {type: string}") }
        ! "`send()`";
    send_renamed "`send` and `options`, renamed"
        { spec::things("- {name: options, in: query, x-rust-name: choices, schema: {type: string}}\n\
             - {name: send, in: query, x-rust-name: sendNow, schema: {type: string}}") }
        -> GetThing.choices("a").send_now("b") => "GET /things?options=a&send=b";
    twice "a duplicate parameter"
        { spec::things("- {name: a, in: query, schema: {type: string}}\n\
             - name: a #!\n  in: query\n  schema: {type: string}") }
        ! "`a`";
    of_path "a parameter declared at the path"
        { spec::whole(
            "/a/{url}:\n  parameters: [{name: url, in: path, required: true, schema: {type: string}}]\n  get:\n    \
             operationId: getThing\n    responses: {'204': {description: Done.}}",
            "",
        ) }
        -> GetThing.url("v") => "GET /a/v";
    overridden "a parameter declared at the path and overridden by the operation"
        { spec::whole(
            "/a:\n  parameters: [{name: info, in: query, schema: {type: boolean}}]\n  get:\n    \
             operationId: getThing\n    parameters: [{name: info, in: query, schema: {type: integer}}]\n    \
             responses: {'204': {description: Done.}}",
            "",
        ) }
        -> GetThing.info(7) => "GET /a?info=7";
    referred "a parameter by reference"
        { format!("{}  parameters:\n    Url: {{name: url, in: query, schema: {{type: string}}}}\n", spec::get_with(
            "/a",
            "- {$ref: '#/components/parameters/Url'}",
            "Thing: {type: object}",
        )) }
        -> GetThing.url("v") => "GET /a?url=v";
    body_beside_body "a parameter named `body` and a request body"
        { spec::make_with("- name: body #!\n  in: query\n  schema: {type: string}") }
        ! "`body`";
    body_renamed "a parameter named `body`, renamed, and a request body"
        { spec::make_with("- {name: body, in: query, x-rust-name: text, schema: {type: string}}") }
        -> MakeThing.text("q").id("b") => "POST /things?body=q\n\n{\"id\":\"b\"}";
    property_and_query "the same name of a body property and a query parameter"
        { spec::sends_at("/things", spec::Q, "{q: {type: string} #!\n    }") }
        ! "the property `q` of its request body gives the same Rust name as the parameter `q` in query";
    property_and_query_renamed "the same name of a body property and a query parameter, the property renamed"
        { spec::sends_at("/things", spec::Q, "{q: {type: string, x-rust-name: quantity}}") }
        -> MakeThing.q("a").quantity("b") => "POST /things?q=a\n\n{\"q\":\"b\"}";
    query_and_property_renamed "the same name of a body property and a query parameter, the parameter renamed"
        { spec::sends_at(
            "/things",
            "- {name: q, in: query, x-rust-name: question, schema: {type: string}}",
            "{q: {type: string}}",
        ) }
        -> MakeThing.question("a").q("b") => "POST /things?q=a\n\n{\"q\":\"b\"}";
    property_and_path "the same name of a body property and a path parameter"
        { spec::sends_at("/things/{x}", spec::X, "{x: {type: string} #!\n    }") }
        ! "the property `x` of its request body gives the same Rust name as the parameter `x` in path";
    property_and_path_renamed "the same name of a body property and a path parameter, the property renamed"
        { spec::sends_at("/things/{x}", spec::X, "{x: {type: string, x-rust-name: newX}}") }
        -> MakeThing.x("a").new_x("b") => "POST /things/a\n\n{\"x\":\"b\"}";
    property_send "a body property named `send`"
        { spec::sends_at("/things", "", "{send: {type: string} #!\n    }") }
        ! "`send()`";
    property_send_with_response "a body property named `sendWithResponse`"
        { spec::sends_at("/things", "", "{sendWithResponse: {type: string} #!\n    }") }
        ! "`send_with_response()`";
    property_options "a body property named `options`"
        { spec::sends_at("/things", "", "{options: {type: string} #!\n    }") }
        ! "`options()`";
    property_body "a body property named `body`"
        { spec::sends_at("/things", "", "{body: {type: string} #!\n    }") }
        ! "`body()`";
    property_renamed_to_send "a body property renamed to a method of the builder"
        { spec::sends_at("/things", "", "{a: {type: string, x-rust-name: send} #!\n    }") }
        ! "`send()`";
    properties_renamed "body properties named like methods of the builder, renamed"
        { spec::sends_at(
            "/things",
            "",
            "{body: {type: string, x-rust-name: text}, options: {type: integer, x-rust-name: choices}, \
             send: {type: string, x-rust-name: sendAt}, sendWithResponse: {type: string, x-rust-name: answered}}",
        ) }
        -> MakeThing.text("b").choices(1).send_at("s").answered("r")
        => "POST /things\n\n{\"body\":\"b\",\"options\":1,\"send\":\"s\",\"sendWithResponse\":\"r\"}";
    properties_renamed_in_body "a body property named like a method of the builder, renamed and set in the body's builder"
        { spec::sends_at("/things", "", "{body: {type: string, x-rust-name: text}}") }
        -> MakeThing.body(types::Thing::builder().text("b")) => "POST /things\n\n{\"body\":\"b\"}";
    properties_renamed_missing "a required body property named like a method of the builder, renamed and left out"
        { spec::sends_at("/things", "", "{send: {type: string, x-rust-name: sendAt}}, required: [send]") }
        -> MakeThing => "error: `send` is not set: call `.send_at(…)`";
    body_map_beside_body "a parameter named `bodyMap` and a request body"
        { spec::make_with("- {name: bodyMap, in: query, schema: {type: string}}") }
        -> MakeThing.body_map("q").id("b") => "POST /things?bodyMap=q\n\n{\"id\":\"b\"}";
    value_beside_body "a parameter named `value` and a request body"
        { spec::make_with("- {name: value, in: query, schema: {type: string}}") }
        -> MakeThing.value("q").body(types::Thing::builder().id("b")) => "POST /things?value=q\n\n{\"id\":\"b\"}";
    items_beside_pages "a parameter named `items` of a paginated operation"
        { spec::paged_with("- name: items #!\n  in: query\n  schema: {type: string}") }
        ! "`items`";
    pages_beside_pages "a parameter named `pages` of a paginated operation"
        { spec::paged_with("- name: pages #!\n  in: query\n  schema: {type: string}") }
        ! "`pages`";
    operations "two operations with the same Rust name"
        { spec::whole(
            "/a:\n  get: {operationId: getThing, responses: {'204': {description: Done.}}}\n/b:\n  get:\n    \
             operationId: get_thing #!\n    responses: {'204': {description: Done.}}",
            "",
        ) }
        ! "`get_thing`";
    operations_renamed "two operations with the same Rust name, one of them renamed"
        { spec::whole(
            "/a:\n  get: {operationId: getThing, responses: {'204': {description: Done.}}}\n/b:\n  get: \
             {operationId: get_thing, x-rust-name: getB, responses: {'204': {description: Done.}}}",
            "",
        ) }
        -> GetB => "GET /b";
    operation_twice "a duplicate `operationId`"
        { spec::whole(
            "/a:\n  get: {operationId: getThing, responses: {'204': {description: Done.}}}\n/b:\n  get:\n    \
             operationId: getThing #!\n    responses: {'204': {description: Done.}}",
            "",
        ) }
        ! "`getThing`";
    operations_selves "`self` and `Self` as operations"
        { spec::whole(
            "/a:\n  get: {operationId: self, responses: {'204': {description: Done.}}}\n/b:\n  get:\n    \
             operationId: Self #!\n    responses: {'204': {description: Done.}}",
            "",
        ) }
        ! "`Self`";
    properties "`lockId` and `lock-id` as properties"
        { spec::make(
            "Thing:\n  type: object\n  properties:\n    lock-id: {type: string}\n    lockId: {type: string} #!",
        ) }
        ! "lockId";
    properties_selves "`self` and `Self` as properties"
        { spec::make("Thing:\n  type: object\n  properties:\n    Self: {type: string}\n    self: {type: string} #!") }
        ! "self";
    schemas "`LockId` and `lock-id` as schemas"
        { spec::make(
            "Thing: {type: object}\nLockId: {type: object, properties: {a: {type: string}}}\n\
             lock-id: {type: object, properties: {b: {type: string}}} #!",
        ) }
        ! "`lock-id`";
    schema_and_enum "a schema and an enum with the same Rust name"
        { spec::make("Thing: {type: object, properties: {a: {type: string}}}\nthing: {type: string, enum: [a]} #!") }
        ! "`thing`";
    values "two values of an enum with the same Rust name"
        { spec::make("Thing:\n  type: string\n  enum:\n    - half open\n    - half-open #!") }
        ! "`half-open`";
}
