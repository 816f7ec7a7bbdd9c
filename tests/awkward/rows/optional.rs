// Names of optional properties.

names! { optional "POST /things\n\n":
    // Names that the generator treats differently if the property is optional.
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
