// A name as that of an operation without a client of its own.

names! { operation "GET /things":
    // Methods of the clients, of which no builder knows.
    Tokens "tokens";
    LockHolder "lockHolder";
    Builder "builder";
    Client "client";
    FromEnv "fromEnv";
    New "new";
    Clone "clone";
    // Locals and imports of the generator, and fields of builders.
    Error "error";
    ResponseValue "ResponseValue";
    RequestBuilderExt "RequestBuilderExt";
    ClientInfo "ClientInfo";
    // What Rust keeps for itself.
    Type "type";
    Self_ "self";
    Crate "crate";
    Super "super";
    // What every module has.
    Option "Option";
    Result "Result";
    String "String";
    TryInto "TryInto";
    // No names of Rust.
    GetThings "get things";
    Größe "größe";
    X2fa "2fa";
    ApiVersion "api-version";
    Plus1 "+1";
}
