// A name as that of an operation without a client of its own.

names! { operation "GET /things":
    // Methods of the clients, of which no builder knows.
    Tokens "tokens";
    LockHolder "lockHolder";
    Builder "builder";
    Client "client";
    FromEnv "fromEnv";
    Id "id";
    New "new";
    Clone "clone";
    From "from";
    // Locals and imports of the generator, and fields of builders.
    Url "url";
    Request "request";
    Response "response";
    Error "error";
    Types "types";
    Operations "operations";
    Inner "inner";
    ResponseValue "ResponseValue";
    RequestBuilderExt "RequestBuilderExt";
    ClientInfo "ClientInfo";
    // What Rust keeps for itself.
    Type "type";
    Self_ "self";
    Fn "fn";
    Async "async";
    Crate "crate";
    Await "await";
    Super "super";
    // What every module has.
    Option "Option";
    Some "Some";
    None "None";
    Ok "Ok";
    Result "Result";
    Vec "Vec";
    String "String";
    Default "Default";
    Into "Into";
    TryInto "TryInto";
    Send "Send";
    Std "std";
    // No names of Rust.
    GetThings "get things";
    Größe "größe";
    X2fa "2fa";
    ApiVersion "api-version";
    Plus1 "+1";
    GetIt "get.it";
}
