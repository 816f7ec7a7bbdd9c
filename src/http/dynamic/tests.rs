//! Tests requests of operations whose parameters and bodies the specs of this repository do not have.

use serde_json::json;

use super::*;
use crate::model::operation::Operation;
use crate::model::table::Property;

static OPERATION: Operation = Operation {
    id: "putThing",
    method: "PUT",
    path: "/accounts/{account}/things/{id}",
    client: Some("Unloc"),
    scopes: &[],
    idempotent: true,
    documented: true,
    envelope: None,
    inferred: false,
    aliases: &[],
    echoes: &[],
    sensitive: &[],
};

const TEXT: Shape = Shape { kind: Kind::Text, nullable: false };
const ANY: Shape = Shape { kind: Kind::Any, nullable: true };
const WHOLE: Shape = Shape { kind: Kind::Integer { bits: 32, signed: false }, nullable: false };
const TEXTS: Shape = Shape { kind: Kind::List(&TEXT), nullable: true };
const DATED: Shape = Shape {
    kind: Kind::Object(&[Property {
        name: "when",
        aliases: &[],
        required: true,
        reading: crate::model::table::Reading::Strict,
        sends_null: false,
        length: None,
        shape: Shape { kind: Kind::Time, nullable: false },
    }]),
    nullable: false,
};

static PARAMETERS: [Parameter; 4] = [
    Parameter { name: "account", place: Place::Path, required: true, filled_in: true, shape: WHOLE },
    Parameter { name: "id", place: Place::Path, required: true, filled_in: false, shape: ANY },
    Parameter { name: "x-tags", place: Place::Header, required: false, filled_in: false, shape: TEXTS },
    Parameter { name: "x-any", place: Place::Header, required: false, filled_in: false, shape: ANY },
];

fn built(body: Option<Shape>, account: &str, arguments: Value) -> Result<Request<Value>, String> {
    let table = Table {
        operation: &OPERATION,
        parameters: &PARAMETERS,
        body,
        response: None,
        unwrapped: None,
        paging: None,
        filter: None,
    };
    let base = "https://api.unloc.app/v1".parse().unwrap();
    let Value::Object(arguments) = arguments else { panic!("no object") };
    request(&table, &base, &[("account", account.to_owned())], arguments).map_err(|Unbuilt(why)| why)
}

#[test]
fn a_path_takes_one_value_and_a_header_one_for_each_item() {
    let built = |arguments| built(None, "7", arguments);
    let sent = |arguments| {
        let request = built(arguments).unwrap();
        let tags: Vec<_> =
            request.headers.get_all("x-tags").iter().map(|tag| tag.to_str().unwrap().to_owned()).collect();
        (request.url.path().to_owned(), tags)
    };
    let path = "/v1/accounts/7/things/a".to_owned();
    assert_eq!(sent(json!({"id": "a", "x-tags": ["b", "c"]})), (path.clone(), vec!["b".to_owned(), "c".to_owned()]));
    for tags in [json!([]), json!(null)] {
        assert_eq!(sent(json!({"id": "a", "x-tags": tags})), (path.clone(), Vec::new()));
    }
    assert_eq!(sent(json!({"id": 5})).0, "/v1/accounts/7/things/5");
    for (arguments, why) in [
        (json!({"id": null}), "`id`: null where one value is expected"),
        (json!({"id": ["a"]}), "`id`: a list where one value is expected"),
        (json!({"id": {"a": 1}}), "`id`: an object where one value is expected"),
        (json!({"id": "a", "x-any": {"a": 1}}), "`x-any`: an object where one value is expected"),
        (json!({"id": "a", "x-any": [["a"]]}), "`x-any`: a list where one value is expected"),
        (json!({"id": "a", "x-tags": [null]}), "`x-tags[0]` must not be null"),
    ] {
        let refused = built(arguments).err().unwrap();
        assert!(refused.contains(why), "{refused}: {why}");
    }
}

#[test]
fn a_parameter_that_the_client_fills_in_has_the_type_of_the_spec() {
    assert_eq!(built(None, "7", json!({"id": "a"})).unwrap().url.path(), "/v1/accounts/7/things/a");
    for account in ["seven", "-7", "7.5"] {
        let refused = built(None, account, json!({"id": "a"})).err().unwrap();
        assert!(refused.contains("`account`") && refused.contains("whole number"), "{refused}");
    }
}

#[test]
fn a_body_is_named_unless_its_properties_are_arguments() {
    for (shape, arguments, why) in [
        (TEXT, json!({"id": "a", "body": 5}), "`body`: a number where a string is expected"),
        (TEXT, json!({"id": "a", "body": null}), "`body` must not be null"),
        (TEXTS, json!({"id": "a", "body": ["b", 5]}), "`body[1]`: a number where a string is expected"),
        (
            Shape { kind: Kind::Map(&WHOLE), nullable: false },
            json!({"id": "a", "body": {"b": "c"}}),
            "`body[…]`: a string",
        ),
        (TEXT, json!({"id": "a"}), "required, and not set: `body`"),
        (DATED, json!({"id": "a", "when": 5}), "`when`: a number where a string is expected"),
    ] {
        let refused = built(Some(shape), "7", arguments).err().unwrap();
        assert!(refused.contains(why), "{refused}: {why}");
    }
    assert_eq!(built(Some(TEXT), "7", json!({"id": "a", "body": "b"})).unwrap().json.unwrap(), "\"b\"");
}
