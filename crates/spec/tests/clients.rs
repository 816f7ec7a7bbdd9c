//! Tests the clients that the YAML declares.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::path::Path;

use unloc_spec::{Client, Document, Operation, TokenRequest};

const SPEC: &str = include_str!("clients.yaml");

fn parse(text: &str) -> Document {
    Document::parse(Path::new("clients.yaml"), text).unwrap()
}

fn token(scope: &str, fields: &[(&str, &str)]) -> TokenRequest {
    let fields = fields.iter().map(|(field, parameter)| ((*field).to_owned(), (*parameter).to_owned()));
    TokenRequest { scope: Some(scope.to_owned()), fields: fields.collect() }
}

#[test]
fn reads_the_parameters_and_token_requests_of_a_client() {
    let document = parse(SPEC);
    let root = &document.value;
    let [organization, project] = <[Client; 2]>::try_from(Client::all(root)).unwrap();
    assert_eq!(organization.name, "Organization");
    assert_eq!(organization.parameters, ["organizationId"]);
    assert_eq!(organization.tokens, [token("organization.admin", &[("organization_id", "organizationId")])]);
    assert_eq!(organization.property(root, "organizationId"), None, "it has no schema");
    assert_eq!(project.description, "What can be done in one project.");
    assert_eq!(project.parameters, ["organizationId", "projectId"]);
    let both = [("organization_id", "organizationId"), ("project_id", "projectId")];
    let tokens = [token("project.admin", &both[1..]), token("project.installer", &both)];
    assert_eq!(project.tokens, tokens);
    let properties = ["organizationId", "projectId", "name", "colour"].map(|name| project.property(root, name));
    assert_eq!(properties, [Some("organizationId"), Some("id"), Some("name"), None]);
    assert!(project.is_listed_by(root, "ProjectList") && !project.is_listed_by(root, "LockList"));
    assert!(!organization.is_listed_by(root, "ProjectList"));
}

#[test]
fn finds_the_client_of_an_operation_by_scope_and_path_parameters() {
    let operations = Operation::all(&parse(SPEC)).unwrap();
    let found: Vec<_> = operations
        .iter()
        .map(|operation| {
            let given = operation.parameters.iter().filter(|parameter| !operation.is_filled_in(parameter));
            let given: Vec<_> = given.map(|parameter| format!("{} {}", parameter.place, parameter.name)).collect();
            (operation.id.as_str(), operation.client_name(), given)
        })
        .collect();
    let given = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        found,
        [
            ("getToken", None, vec![]),
            ("getProjects", Some("Organization"), vec![]),
            ("getProject", Some("Organization"), given(&["path projectId"])),
            ("refreshLockConnection", Some("Project"), given(&["path connectionId", "query projectId"])),
            ("getLocks", Some("Project"), given(&["query limit", "query startAfterId"])),
        ]
    );
}

#[test]
fn operations_have_no_client_if_none_is_declared() {
    let (head, rest) = SPEC.split_once("x-clients:").unwrap();
    let text = format!("{head}security:{}", rest.split_once("\nsecurity:").unwrap().1);
    let operations = Operation::all(&parse(&text.replace("      x-client: Organization\n", ""))).unwrap();
    assert!(operations.len() == 5 && operations.iter().all(|operation| operation.client.is_none()));
}

#[test]
fn reports_invalid_declarations_and_operations_at_their_place() {
    for (from, to, place, reason) in [
        // Mistakes in the declaration.
        ("  Organization:\n", "  organization:\n", "9:3", "`organization` is not a Rust type name"),
        ("  Organization:\n", "  Self:\n", "9:3", "`Self` is not a Rust type name"),
        ("    description: What an organization can do.\n", "", "9:3", "`Organization` has no `description`"),
        ("    description: What an", "    descripton: What an", "10:5", "did you mean `description`?"),
        ("parameters: [organizationId]\n", "parameters: organizationId\n", "11:5", "a list of path parameters"),
        (
            "    schema: Project\n",
            "    schema: Projekt\n",
            "18:5",
            "\"Projekt\" is not a schema under /components/schemas",
        ),
        ("    schema: Project\n", "    schema: Cursor\n", "17:18", "has no property `organizationId`"),
        ("tokens:\n      - scope: org", "token:\n      - scope: org", "12:5", "did you mean `tokens`?"),
        (
            "      - scope: project.admin\n",
            "      - scope: project.adm\n",
            "20:9",
            "no flow declares the scope `project.adm`",
        ),
        ("      - scope: project.admin\n", "      - scope: ''\n", "20:9", "leave it out for a token without scope"),
        ("      - scope: project.admin\n", "      - scop: project.admin\n", "20:9", "did you mean `scope`?"),
        (
            "      - scope: project.admin\n",
            "      - scope: project.key:{keyId}\n",
            "20:9",
            "`{keyId}` cannot be filled in: it is neither one of its `parameters` nor a property of its `schema`",
        ),
        ("{project_id: projectId}", "{project_id: project}", "21:18", "not one of the `parameters` of `Project`"),
        ("{project_id: projectId}", "{scope: projectId}", "21:18", "every token request has the field `scope`"),
        ("{project_id: projectId}", "projectId", "21:9", "`fields` must be a mapping"),
        // Mistakes in the operations.
        ("x-client: Organization", "x-client: Organisation", "47:7", "did you mean `Organization`?"),
        ("x-client: Organization", "x-client: [Project]", "47:7", "x-client must be the name of a client"),
        ("      x-client: Organization\n", "", "47:7", "`Organization` and `Project` can offer this operation"),
        (
            "operationId: getProjects\n",
            "operationId: getProjects\n      x-client: Project\n",
            "36:7",
            "`Project` requests no token with `organization.admin`, which `security` requires",
        ),
        (
            "operationId: getToken\n",
            "operationId: getToken\n      x-client: Project\n",
            "30:7",
            "the operation takes no token",
        ),
        (
            "        - token: [organization.admin]\n      parameters",
            "        - token: [project.admin]\n      parameters",
            "36:7",
            "`Project` fills in the path parameter `projectId`, which is not in this path",
        ),
        (
            "        - token: [organization.admin]\n      parameters",
            "        - token: [project.admin, project.installer]\n      parameters",
            "36:7",
            "no client of `x-clients` requests a token with `project.admin project.installer`",
        ),
        (
            "  Project:\n    description: What",
            "  Nobody: {description: Nothing., tokens: [{}]}\n  Project:\n    description: What",
            "15:3",
            "the client `Nobody` offers no operation",
        ),
    ] {
        assert!(SPEC.contains(from), "{from}");
        let found = Operation::all(&parse(&SPEC.replacen(from, to, 1))).unwrap_err();
        let found: Vec<_> = found.iter().map(ToString::to_string).collect();
        let begins = format!("clients.yaml:{place}: ");
        assert!(found.iter().any(|one| one.starts_with(&begins) && one.contains(reason)), "{to}: {found:#?}");
    }
}

/// A spec with a client below `Project`, whose paths do not have the project's id.
fn with_part(declaration: &str) -> String {
    let path = "  /parts/{partId}/locks:\n    get:\n      operationId: getLocksOfPart\n      parameters:\n        - {name: partId, in: \
                path, required: true, schema: {type: string}}\n      responses:\n        '204': {description: None.}\n";
    let text = SPEC.replacen(
        "security:\n",
        &format!("  Part:\n    description: What is in a part.\n{declaration}security:\n"),
        1,
    );
    text.replacen("components:\n", &format!("{path}components:\n"), 1)
}

#[test]
fn a_client_requests_the_tokens_of_its_parent() {
    let document = parse(&with_part("    parent: Project\n    parameters: [partId]\n"));
    let [_, part, project] = <[Client; 3]>::try_from(Client::all(&document.value)).unwrap();
    assert_eq!((part.parent.as_deref(), part.tokens), (Some("Project"), project.tokens));
    let operations = Operation::all(&document).unwrap();
    let found = operations.iter().find(|operation| operation.id == "getLocksOfPart").unwrap();
    assert_eq!(found.client_name(), Some("Part"));
    for (declaration, reason) in [
        ("    parent: Projekt\n    parameters: [partId]\n", "`parent` must name another client"),
        ("    parent: Part\n    parameters: [partId]\n", "`parent` must name another client"),
        ("    parent: [Project]\n    parameters: [partId]\n", "`parent` must name another client"),
        ("    parent: Project\n    parameters: [projectId]\n", "`Project` has `projectId` already"),
        ("    parent: Project\n", "`Part` needs `parameters`"),
        ("    parent: Project\n    parameters: [partId]\n    tokens: [{}]\n", "remove `tokens` or `parent`"),
    ] {
        let found = Operation::all(&parse(&with_part(declaration))).unwrap_err();
        assert!(found.iter().any(|one| one.to_string().contains(reason)), "{declaration}: {found:#?}");
    }
}
