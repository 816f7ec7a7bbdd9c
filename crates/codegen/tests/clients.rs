//! Tests the bindings of a spec with nested clients, organizations and projects, as version 2 of the service has them.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use quote::ToTokens;
use unloc_codegen::{Bindings, Reserved, bindings};
use unloc_spec::{Document, Operation};

const SPEC: &str = include_str!("../../spec/tests/clients.yaml");

fn source(spec: &str) -> Result<Bindings, Vec<String>> {
    let document = Document::parse(Path::new("clients.yaml"), spec).unwrap();
    bindings(&document, "v2", &BTreeSet::new()).map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

/// Returns the methods of each client, with their bodies.
fn methods(source: &str) -> BTreeMap<String, Vec<(String, String)>> {
    let file = syn::parse_file(source).unwrap();
    let blocks = file.items.iter().filter_map(|item| match item {
        syn::Item::Impl(block) if block.trait_.is_none() => Some((block.self_ty.to_token_stream().to_string(), block)),
        _ => None,
    });
    let clients = blocks.filter_map(|(name, block)| {
        Some((name.strip_prefix("crate :: client :: ").filter(|name| !name.contains(':'))?.to_owned(), block))
    });
    let methods = clients.map(|(name, block)| {
        let methods = block.items.iter().filter_map(|item| match item {
            syn::ImplItem::Fn(method) => {
                let body = method.block.stmts.iter().map(|stmt| stmt.to_token_stream().to_string().replace(' ', ""));
                Some((method.sig.ident.to_string(), body.collect()))
            }
            _ => None,
        });
        (name, methods.collect())
    });
    methods.collect()
}

#[test]
fn gives_each_client_its_methods_which_fill_in_path_parameters() {
    let Bindings { model, client } = source(SPEC).unwrap();
    let call = |name: &str, body: &str| (name.to_owned(), format!("crate::client::v2::builder::{body}"));
    let own = ".organization_id(self.organization_id())";
    let renamed = ".owner(self.organization_id()).project_id(self.project_id())";
    let both = format!("{own}.project_id(self.project_id())");
    assert_eq!(
        methods(&client),
        BTreeMap::from([
            (
                "Organization".to_owned(),
                vec![
                    call("get_projects", &format!("GetProjects::__new(self.client()){own}")),
                    call("get_project", &format!("GetProject::__new(self.client()){own}")),
                ]
            ),
            (
                "Project".to_owned(),
                vec![
                    call("get_locks", &format!("GetLocks::__new(self.client()){both}")),
                    call("refresh_lock_connection", &format!("RefreshLockConnection::__new(self.client()){renamed}")),
                ]
            ),
        ])
    );
    for client in ["Organization", "Project"] {
        assert!(model.contains(&format!("client: Some(\"{client}\")")), "{client}");
    }
    assert!(model.contains("client: None") && !model.contains("LockHolder"));
}

#[test]
fn exposes_setters_only_for_parameters_that_the_client_does_not_fill_in() {
    let source = source(SPEC).unwrap().client;
    let builder = |name: &str| {
        let block = format!("impl {name} {{");
        source.split(&block).nth(1).unwrap_or_else(|| panic!("{name}")).split("\n    impl ").next().unwrap()
    };
    for (name, function, is_public) in [
        ("GetProject", "organization_id", false),
        ("GetProject", "project_id", true),
        ("GetLocks", "organization_id", false),
        ("GetLocks", "project_id", false),
        ("GetLocks", "limit", true),
        ("RefreshLockConnection", "owner", false),
        ("RefreshLockConnection", "project_id", false),
        ("RefreshLockConnection", "other_project", true),
        ("RefreshLockConnection", "connection_id", true),
    ] {
        let visibility = if is_public { "pub fn" } else { "pub(crate) fn" };
        assert!(builder(name).contains(&format!("        {visibility} {function}(")), "{name}::{function}");
    }
    assert!(source.contains("# async fn example(project: unloc::v2::Project)"), "an example of a call");
    assert!(source.contains("let mut items = project.get_locks().items();"), "an example of items");
    assert!(
        source.contains(
            "///What can be done in one project.\n#[cfg(feature = \"typed\")]\nimpl crate::client::Project {"
        ),
        "{source}"
    );
}

#[test]
fn generates_a_client_that_is_not_written_by_hand() {
    let document = Document::parse(Path::new("clients.yaml"), SPEC).unwrap();
    let made = ["Organization", "Project"].map(str::to_owned).into();
    let source = bindings(&document, "v2", &made).unwrap().client;
    for part in [
        "impl crate::client::v2::clients::Project {",
        "pub struct Project {",
        "organization_id: impl ::std::convert::Into<::std::string::String>,",
        "pub fn project_id(&self) -> &str {",
        ".with_field(\"project_id\", project_id)",
    ] {
        assert!(source.contains(part), "{part}: {source}");
    }
    assert!(!source.contains("for_api"));
    // Without token requests of its own, the API gets the tokens of version 1.
    let other = SPEC.replacen("operationId: getToken", "operationId: getSomething", 1);
    let other = Document::parse(Path::new("clients.yaml"), &other).unwrap();
    let other = bindings(&other, "v2", &made).unwrap().client;
    assert!(other.contains("crate::model::v2::SERVERS") && !other.contains("__scopes"), "{other}");
    assert!(!source.contains("impl crate::client::Project {"));
    // Handwritten clients are not generated.
    let source = bindings(&document, "v2", &["Project".to_owned()].into()).unwrap().client;
    assert!(source.contains("impl crate::client::Organization {") && !source.contains("pub struct Organization {"));
}

#[test]
fn refuses_operation_names_that_a_client_has_already() {
    let clashes = |reserved: &mut Reserved, file: &str, spec: &str| -> Vec<String> {
        let document = Document::parse(Path::new(file), spec).unwrap();
        let clashes = reserved.clashes(&document, &Operation::all(&document).unwrap());
        clashes.iter().map(ToString::to_string).collect()
    };
    let line = |text: &str| SPEC.lines().position(|line| line.starts_with(text)).unwrap() + 1;
    let mut none = Reserved::default();
    assert_eq!(clashes(&mut none, "v2.yaml", SPEC), Vec::<String>::new());
    for name in ["organizationId", "new", "client", "clone", "fmt"] {
        let spec = SPEC.replacen("operationId: getProjects", &format!("operationId: {name}"), 1);
        let found = clashes(&mut Reserved::default(), "v2.yaml", &spec);
        let is_it = |found: &String| found.contains("gives a function") && found.contains("that every client has");
        assert!(matches!(found.as_slice(), [one] if is_it(one)), "{name}: {found:?}");
    }
    // A handwritten client calls one API.
    let mut both = Reserved::of(["pub struct Organization; pub struct Project;"].into_iter()).unwrap();
    assert_eq!(clashes(&mut both, "v2.yaml", SPEC), Vec::<String>::new());
    let found = clashes(&mut both, "v3.yaml", SPEC);
    let place =
        format!("v3.yaml:{}:3: `Organization` already offers the operations of v2.yaml", line("  Organization:"));
    assert!(found.iter().any(|found| found.starts_with(&place)), "{found:?}");
}

#[test]
fn reports_a_client_that_does_not_fit_at_its_line() {
    let found = source(&SPEC.replace("x-client: Organization", "x-client: Projects")).unwrap_err();
    let why = "`x-clients` declares no client `Projects`; did you mean `Project`?";
    assert_eq!(found, [format!("clients.yaml:47:7: {why}")]);
    let found = source(&SPEC.replace("{project_id: projectId}", "{project_id: project}")).unwrap_err();
    assert!(matches!(found.as_slice(), [one] if one.starts_with("clients.yaml:21:18: ")), "{found:?}");
}
