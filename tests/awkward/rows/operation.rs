// Names of operations without a client.

names! { operation "GET /things":
    // Methods of the clients, which do not clash with a builder.
    Tokens "tokens";
    LockHolder "lockHolder";
    Builder "builder";
    Client "client";
    FromEnv "fromEnv";
    New "new";
    Clone "clone";
    // Locals and imports of generated code, and fields of builders.
    Error "error";
    ResponseValue "ResponseValue";
    RequestBuilderExt "RequestBuilderExt";
    ClientInfo "ClientInfo";
    // Keywords.
    Type "type";
    Self_ "self";
    Crate "crate";
    Super "super";
    // The prelude and crates.
    Option "Option";
    Result "Result";
    String "String";
    TryInto "TryInto";
    // Names that Rust does not allow.
    GetThings "get things";
    Größe "größe";
    X2fa "2fa";
    ApiVersion "api-version";
    Plus1 "+1";
}
