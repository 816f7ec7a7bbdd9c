// Responses of an operation.

rows! { responses:
    nothing "no content" { spec::gives("{'204': {description: Done.}}", "") } -> GetThing => "GET /things";
    empty "a 200 without content" { spec::gives("{'200': {description: Done.}}", "") } -> GetThing => "GET /things";
    same "two responses with the same schema"
        { spec::gives(
            &format!(
                "{{'200': {{description: Was there., content: {0}}}, '201': {{description: Made., content: {0}}}}}",
                spec::json(&spec::to("Thing"))
            ),
            "Thing: {type: object, properties: {type: {type: string}}}",
        ) }
        -> GetThing => "GET /things", "{\"type\":\"v\"}";
    range "a range of statuses"
        { spec::gives(
            &format!("{{2XX: {{description: Done., content: {}}}}}", spec::json(&spec::to("Thing"))),
            "Thing: {type: object, properties: {self: {type: string}}}",
        ) }
        -> GetThing => "GET /things", "{\"self\":\"v\"}";
    errors "errors of several forms"
        { spec::gives(
            &format!(
                "{{'200': {{description: Done., content: {0}}}, '400': {{description: Bad., content: {0}}}, \
                 '404': {{description: None.}}, default: {{description: Else., content: {1}}}}}",
                spec::json(&spec::to("Thing")),
                spec::json(&spec::to("Error")),
            ),
            "Thing: {type: object, properties: {error: {type: string}}}\n\
             Error: {type: object, properties: {message: {type: string}}}",
        ) }
        -> GetThing => "GET /things", "{\"error\":\"v\"}";
    text "a string"
        { spec::gives_one("Thing", "Thing: {type: string}") }
        -> GetThing => "GET /things", "\"v\"";
    integer "an integer"
        { spec::gives_one("Thing", "Thing: {type: integer}") }
        -> GetThing => "GET /things", "7";
    list "a list"
        { spec::gives_one(
            "Things",
            "Thing: {type: object, properties: {url: {type: string}}}\n\
             Things: {type: array, items: {$ref: '#/components/schemas/Thing'}}",
        ) }
        -> GetThing => "GET /things", "[{\"url\":\"a\"},{}]";
    unknown "an unknown value of an enum"
        { spec::gives_one(
            "Thing",
            "Thing: {type: object, properties: {state: {$ref: '#/components/schemas/Option'}}}\n\
             Option: {type: string, enum: [some, none]}",
        ) }
        -> GetThing => "GET /things", "{\"state\":\"perhaps\"}";
    wrapped "an envelope"
        { spec::gives_one(
            "Result",
            "Thing: {type: object, properties: {url: {type: string}}}\n\
             Result: {type: object, x-envelope: ok, required: [ok], \
             properties: {ok: {$ref: '#/components/schemas/Thing'}}}",
        ) }
        -> GetThing => "GET /things", "{\"ok\":{\"url\":\"v\"}}" => "{\"url\":\"v\"}";
    wrapped_bare "an envelope, left out"
        { spec::enveloped("ok", "{$ref: '#/components/schemas/Thing'}", "") }
        -> GetThing => "GET /things", "{\"id\":\"v\"}" => "{\"id\":\"v\"}";
    wrapped_optional "an envelope with an optional value, empty"
        { spec::enveloped("ok", "{$ref: '#/components/schemas/Thing'}", "") }
        -> GetThing => "GET /things", "{}" => "null";
    wrapped_list "an envelope of a list"
        { spec::enveloped("all", "{type: array, items: {$ref: '#/components/schemas/Thing'}}", "") }
        -> GetThing => "GET /things", "{\"all\":[{\"id\":\"v\"}]}" => "[{\"id\":\"v\"}]";
    wrapped_page "an envelope of a list and a cursor, without `x-pagination`"
        { spec::enveloped(
            "all",
            "{type: array, items: {$ref: '#/components/schemas/Thing'}}",
            "next: {$ref: '#/components/schemas/Cursor'}",
        ) }
        -> GetThing => "GET /things", "{\"all\":[{\"id\":\"v\"}],\"next\":\"n\"}"
        => "{\"items\":[{\"id\":\"v\"}],\"cursor\":\"n\"}";
    wrapped_last_page "an envelope of a list and an empty cursor"
        { spec::enveloped(
            "all",
            "{type: array, items: {$ref: '#/components/schemas/Thing'}}",
            "next: {$ref: '#/components/schemas/Cursor'}",
        ) }
        -> GetThing => "GET /things", "{\"all\":[],\"next\":\"\"}" => "{\"items\":[]}";
    wrapped_and_more "an envelope with a further property"
        { spec::enveloped("ok #!", "{$ref: '#/components/schemas/Thing'}", "count: {type: integer}") }
        ! "x-envelope: `count` next to `ok` would be lost";
    wrapped_and_cursor "an envelope with a cursor but without a list"
        { spec::enveloped("ok #!", "{$ref: '#/components/schemas/Thing'}", "next: {$ref: '#/components/schemas/Cursor'}") }
        ! "x-envelope: `next` next to `ok` would be lost";
    wrapped_page_and_more "an envelope of a list and a cursor, with a further property"
        { spec::enveloped(
            "all #!",
            "{type: array, items: {$ref: '#/components/schemas/Thing'}}",
            "next: {$ref: '#/components/schemas/Cursor'}\ntotal: {type: integer}",
        ) }
        ! "x-envelope: `total` next to `all` would be lost";
    referred "a response by reference"
        { format!(
            "{}  responses:\n    Given: {{description: Done., content: {}}}\n",
            spec::gives("{'200': {$ref: '#/components/responses/Given'}}", spec::THING),
            spec::json(&spec::to("Thing")),
        ) }
        -> GetThing => "GET /things", "{\"id\":\"v\"}";
    recursive "a recursive type"
        { spec::gives_one("Box", "Box: {type: object, properties: {inner: {$ref: '#/components/schemas/Box'}}}") }
        -> GetThing => "GET /things", "{\"inner\":{\"inner\":{}}}";
    some_content "a response with content and one without"
        { spec::gives_marked(
            &format!(
                "{{'200': {{description: Done., content: {}}}, '204': {{description: Nothing to do.}}}}",
                spec::json(&spec::to("Thing"))
            ),
            "Thing: {type: object, properties: {id: {type: string}}}",
        ) }
        ! "differ";
    two_schemas "two responses with different schemas"
        { spec::gives_marked(
            &format!(
                "{{'200': {{description: Done., content: {}}}, '202': {{description: Begun., content: {}}}}}",
                spec::json(&spec::to("Thing")),
                spec::json(&spec::to("Job")),
            ),
            "Thing: {type: object, properties: {id: {type: string}}}\n\
             Job: {type: object, properties: {id: {type: string}}}",
        ) }
        ! "differ";
    only_default "a default response without a 2xx response"
        { spec::gives_marked("{default: {description: Whatever.}}", "") }
        ! "no 2xx response";
    only_errors "error responses only" { spec::gives_marked("{'404': {description: None.}}", "") } ! "no 2xx response";
    page "an HTML page"
        { spec::gives_marked("{'200': {description: A page., content: {text/html: {schema: {type: string}}}}}", "") }
        ! "application/json only";
    unnamed "an inline schema"
        { spec::gives_marked(
            "{'200': {description: Done., content: {application/json: {schema: {type: object}}}}}",
            "",
        ) }
        ! "a body without a name";
}
