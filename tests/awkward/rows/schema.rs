// A name as that of a schema that is required, optional, null, listed and in a map.

names! { schema "POST /things\n\n{\"many\":[{\"id\":\"v\"}],\"named\":{\"k\":{\"id\":\"v\"}},\"nothing\":null,\"one\":{\"id\":\"v\"},\"perhaps\":{\"id\":\"v\"}}":
    // What every module has.
    Option "Option";
    Some "Some";
    None "None";
    Ok "Ok";
    Err "Err";
    Result "Result";
    Vec "Vec";
    String "String";
    Box "Box";
    Default "Default";
    Into "Into";
    TryInto "TryInto";
    TryFrom "TryFrom";
    Clone "Clone";
    Debug "Debug";
    ToString "ToString";
    Send "Send";
    Sync "Sync";
    Copy "Copy";
    Eq "Eq";
    PartialEq "PartialEq";
    Iterator "Iterator";
    From "From";
    Display "Display";
    FromStr "FromStr";
    Serialize "Serialize";
    Deserialize "Deserialize";
    // What the generator or the SDK knows by name.
    BTreeMap "BTreeMap";
    HashMap "HashMap";
    DateTime "DateTime";
    NaiveDate "NaiveDate";
    Utc "Utc";
    Value "Value";
    Map "Map";
    Nullable "Nullable";
    Secret "Secret";
    Cursor "Cursor";
    PhoneNumber "PhoneNumber";
    Unloc "Unloc";
    Client "Client";
    Error "Error";
    ConversionError "ConversionError";
    ResponseValue "ResponseValue";
    RequestBuilderExt "RequestBuilderExt";
    ClientInfo "ClientInfo";
    ByteStream "ByteStream";
    Inner "Inner";
    Unbuilt "Unbuilt";
    RequestOptions "RequestOptions";
    Builder "Builder";
    Types "Types";
    Url "Url";
    // What Rust keeps for itself. No names of Rust.
    Type "type";
    Self_ "Self";
    Crate "crate";
    Fn "fn";
    I64 "i64";
    Bool "bool";
    Str "str";
    LockId "lock-id";
    AB "a.b";
    X2fa "2fa";
    U8 "u8_";
    X "-";
}
