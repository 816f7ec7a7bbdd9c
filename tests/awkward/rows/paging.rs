// Paginated lists: names of the items and of the cursor.

paged! { paging:
    plain "ordinary names" ("things", "after")
        => "GET /things?limit=2 then GET /things?after=n&limit=2";
    items "names of the SDK's methods" ("items", "clone")
        => "GET /things?limit=2 then GET /things?clone=n&limit=2";
    page "names of the SDK's locals" ("page", "first")
        => "GET /things?limit=2 then GET /things?first=n&limit=2";
    body "names of the generator's locals" ("request", "info")
        => "GET /things?limit=2 then GET /things?info=n&limit=2";
    client "names of builder fields" ("client", "baseurl")
        => "GET /things?limit=2 then GET /things?baseurl=n&limit=2";
    keywords "keywords" ("type", "async")
        => "GET /things?limit=2 then GET /things?async=n&limit=2";
    prelude "names of the prelude" ("Vec", "None")
        => "GET /things?limit=2 then GET /things?None=n&limit=2";
    signs "names that Rust does not allow" ("it's all", "a-b")
        => "GET /things?limit=2 then GET /things?a-b=n&limit=2";
}

rows! { one_page:
    default_limit "one page without a limit"
        { spec::paged("things", "after") }
        -> GetThings => "GET /things?limit=2", "{\"things\":[{\"id\":\"a\"}]}" => "{\"items\":[{\"id\":\"a\"}]}";
    refused_limit "a limit out of range"
        { spec::paged("things", "after") }
        -> GetThings.limit(9_000_000_000_i64) => "error: `limit`";
    and_more "a page with a further property"
        { spec::paged("things", "after").replace("size: 2}", "size: 2} #!").replace(
            "        \"things\":",
            "        total: {type: integer}\n        \"things\":",
        ) }
        ! "x-pagination: `total` next to `things` would be lost";
}
