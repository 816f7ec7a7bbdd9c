// Names of schemas, used as required, optional and nullable properties, in a list and in a map.

names! { schema
    "POST /things\n\n{\"many\":[{\"id\":\"v\"}],\"named\":{\"k\":{\"id\":\"v\"}}\
     ,\"nothing\":null,\"one\":{\"id\":\"v\"},\"perhaps\":{\"id\":\"v\"}}":
    // The prelude and crates.
    Option "Option";
    None "None";
    Ok "Ok";
    Result "Result";
    Vec "Vec";
    String "String";
    Default "Default";
    TryInto "TryInto";
    Clone "Clone";
    ToString "ToString";
    Send "Send";
    Serialize "Serialize";
    // Names that the generator or the SDK uses.
    BTreeMap "BTreeMap";
    DateTime "DateTime";
    Value "Value";
    Nullable "Nullable";
    Secret "Secret";
    PhoneNumber "PhoneNumber";
    Client "Client";
    Error "Error";
    ResponseValue "ResponseValue";
    Builder "Builder";
    // Keywords, primitive types, names that Rust does not allow.
    Type "type";
    Self_ "Self";
    Crate "crate";
    I64 "i64";
    Str "str";
    LockId "lock-id";
    X "-";
}
