// Lists in pages: under what name the things are listed, and under which the cursor is.

paged! { paging:
    plain "under plain names" ("things", "after")
        => "GET /things?limit=2 then GET /things?after=n&limit=2";
    items "under the names of the SDK's methods" ("items", "clone")
        => "GET /things?limit=2 then GET /things?clone=n&limit=2";
    page "under the names of its locals" ("page", "first")
        => "GET /things?limit=2 then GET /things?first=n&limit=2";
    body "under the names of the generator's locals" ("request", "info")
        => "GET /things?limit=2 then GET /things?info=n&limit=2";
    client "under the names of builders' fields" ("client", "baseurl")
        => "GET /things?limit=2 then GET /things?baseurl=n&limit=2";
    keywords "under keywords" ("type", "async")
        => "GET /things?limit=2 then GET /things?async=n&limit=2";
    prelude "under names that every module has" ("Vec", "None")
        => "GET /things?limit=2 then GET /things?None=n&limit=2";
    signs "under no names of Rust" ("it's all", "a-b")
        => "GET /things?limit=2 then GET /things?a-b=n&limit=2";
}

rows! { one_page:
    asked "one page without a limit"
        { spec::paged("things", "after") }
        -> GetThings => "GET /things?limit=2", "{\"things\":[{\"id\":\"a\"}]}" => "{\"items\":[{\"id\":\"a\"}]}";
    refused_limit "a limit that is refused, in place of which none is asked for"
        { spec::paged("things", "after") }
        -> GetThings.limit(9_000_000_000_i64) => "error: `limit`";
    and_more "a page with a further property"
        { spec::paged("things", "after").replace("size: 2}", "size: 2} #!").replace(
            "        \"things\":",
            "        total: {type: integer}\n        \"things\":",
        ) }
        ! "x-pagination: `total` beside `things` would be lost";
}
