// A name as that of a property that can be left out.

names! { optional "POST /things\n\n":
    // Those that differ where a property can be left out.
    url "url" => "{\"url\":\"v\"}";
    builder "builder" => "{\"builder\":\"v\"}";
    type_ "type" => "{\"type\":\"v\"}";
    self_ "Self" => "{\"Self\":\"v\"}";
    option "Option" => "{\"Option\":\"v\"}";
    some "Some" => "{\"Some\":\"v\"}";
    default "Default" => "{\"Default\":\"v\"}";
    try_into "TryInto" => "{\"TryInto\":\"v\"}";
    clone "Clone" => "{\"Clone\":\"v\"}";
    api_version "api-version" => "{\"api-version\":\"v\"}";
    error "Error" => "{\"Error\":\"v\"}";
    defaults "defaults" => "{\"defaults\":\"v\"}";
}
