// Operations that would be called as a function of their client that is written by hand. Those of other names are methods of
// the real clients, which belong to the real bindings; `codegen/tests/clients.rs` looks at them.

rows! { clients:
    tokens "`tokens`" { spec::secured("tokens", "") } ! "`tokens`";
    lock_holder "`lockHolder`" { spec::secured("lockHolder", "") } ! "`lockHolder`";
    builder "`builder`" { spec::secured("builder", "") } ! "`builder`";
    client "`client`" { spec::secured("client", "") } ! "`client`";
    from_env "`fromEnv`" { spec::secured("fromEnv", "") } ! "`fromEnv`";
    renamed_to_builder "one that is renamed to a method" { spec::secured_as("getThing", "builder") } ! "`builder`";
}
