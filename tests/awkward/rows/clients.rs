// Operations of a client that also has handwritten functions. Rows that can be bound get generated clients of their
// own.

rows! { clients:
    plain "a name that no function has" { spec::secured("getAwkward", "") } -> GetAwkward => "GET /things";
    keyword "a keyword" { spec::secured("unsafe", "") } -> Unsafe => "GET /things";
    tokens_renamed "`tokens`, renamed" { spec::secured("tokens", "awkwardTokens") } -> AwkwardTokens => "GET /things";
    client_renamed "`client`, renamed" { spec::secured("client", "awkwardClient") } -> AwkwardClient => "GET /things";
    tokens "`tokens`" { spec::secured("tokens", "") } ! "`tokens`";
    lock_holder "`lockHolder`" { spec::secured("lockHolder", "") } ! "`lockHolder`";
    builder "`builder`" { spec::secured("builder", "") } ! "`builder`";
    client "`client`" { spec::secured("client", "") } ! "`client`";
    from_env "`fromEnv`" { spec::secured("fromEnv", "") } ! "`fromEnv`";
    renamed_to_builder "a function renamed to an existing one"
        { spec::secured_as("getThing", "builder") } ! "`builder`";
}
