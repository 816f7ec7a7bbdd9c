//! Tests that path templates are parsed, filled and compared.

use unloc_spec::{Document, Operation, Overlap, PathTemplate, Segment};

fn overlap(one: &str, other: &str) -> Option<Overlap> {
    let (mine, theirs) = (PathTemplate::of(one), PathTemplate::of(other));
    let (found, back) = (mine.overlap(&theirs), theirs.overlap(&mine));
    assert_eq!(found, back, "{one} {other}");
    found
}

#[test]
fn templates_that_differ_only_in_names_are_the_same() {
    for (one, other) in [
        ("/doors/{doorId}/", "/doors/{id}/"),
        ("/doors/x-{doorId}/", "/doors/x-{id}/"),
        ("/doors/{doorId}:open", "/doors/{id}:open"),
        ("/doors/{a},{b}", "/doors/{from},{to}"),
        ("/{a}/{b}/c", "/{x}/{y}/c"),
        ("/files/{name}.{extension}", "/files/{file}.{type}"),
    ] {
        assert_eq!(overlap(one, other), Some(Overlap::Same), "{one} {other}");
    }
}

#[test]
fn distinct_templates_do_not_overlap_and_a_more_concrete_one_wins() {
    for (one, other) in [
        ("/doors/{doorId}/", "/doors/{doorId}:open/"),
        ("/doors/{doorId}:open/", "/doors/{doorId}:shut/"),
        ("/doors/{id}.json", "/doors/{id}.xml"),
        ("/doors/{id}", "/doors/{id}.xml"),
        ("/doors/{a},{b}", "/doors/{from}-{to}"),
        ("/doors/{a},{b}", "/doors/{a}"),
        ("/doors/x-{id}/", "/doors/y-{id}/"),
        ("/doors/{id}/", "/doors/mine/"),
        ("/doors/{id}/", "/doors/{id}"),
        ("/doors/{id}/keys", "/doors/{id}/locks"),
        ("/doors/{id}/keys", "/gates/{id}/keys"),
        ("/doors/{id", "/doors/{key"),
        ("/{kind}/{id}", "/doors/mine"),
    ] {
        assert_eq!(overlap(one, other), None, "{one} {other}");
    }
}

#[test]
fn ambiguous_templates_overlap() {
    for (one, other, address) in [
        ("/{kind}/nearby", "/doors/{id}", "/doors/nearby"),
        ("/{entity}/me", "/books/{id}", "/books/me"),
        ("/a/{b}/c/{d}", "/a/b/{c}/d", "/a/b/c/d"),
        ("/{kind}/x-1", "/doors/x-{id}", "/doors/x-1"),
        ("/{kind}/{id}:open", "/doors/{id}", "/doors/{id}:open"),
    ] {
        assert_eq!(overlap(one, other), Some(Overlap::Some), "{one} {other}");
        assert_eq!(PathTemplate::of(one).common_address(&PathTemplate::of(other)), address);
    }
}

#[test]
fn a_segment_can_have_several_names() {
    let template = PathTemplate::of("/files/{name}.{extension}/of/{owner}/");
    assert_eq!(template.names().collect::<Vec<_>>(), ["name", "extension", "owner"]);
    let wholes: Vec<_> = template.segments().iter().map(Segment::whole).collect();
    assert_eq!(wholes, [None, None, None, None, Some("owner"), None]);
    assert_eq!(template.nameless(), "/files/{}.{}/of/{}/");
    let filled = template.filled(|name| Ok::<_, ()>(name.to_uppercase()));
    assert_eq!(filled.unwrap(), "/files/NAME.EXTENSION/of/OWNER/");
    let missing = template.filled(|name| if name == "owner" { Err(name) } else { Ok(String::new()) });
    assert_eq!(missing, Err("owner"));
}

#[test]
fn an_unbalanced_brace_is_literal_text_and_a_flaw() {
    for (text, names, flaw) in [
        ("/a/{b}", &["b"][..], None),
        ("/a/{b", &[], Some("not closed")),
        ("/a/b}", &[], Some("no opening brace")),
        ("/a/{b/c}", &[], Some("not closed")),
        ("/a/{{b}", &["b"], Some("not closed")),
        ("/a/{b}}", &["b"], Some("no opening brace")),
        ("/a/{}", &[""], Some("no name")),
        ("/a/}b{", &[], Some("not closed")),
    ] {
        let template = PathTemplate::of(text);
        assert_eq!(template.names().collect::<Vec<_>>(), names, "{text}");
        match (template.flaw(), flaw) {
            (Some(found), Some(wanted)) => assert!(found.contains(wanted), "{text}: {found}"),
            (found, wanted) => assert_eq!(found, wanted, "{text}"),
        }
        let own = format!("{{{}}}", names.first().unwrap_or(&""));
        let back = template.filled(|_| Ok::<_, ()>(own.clone()));
        assert_eq!(back.unwrap(), text);
    }
}

#[test]
fn a_path_with_unbalanced_braces_is_reported_once() {
    let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /doors/{id:\n    get: {operationId: a, responses: {'204': {description: it}}}\n";
    let document = Document::parse("doors.yaml".as_ref(), text).unwrap();
    let errors = Operation::all(&document).unwrap_err();
    let [error] = &errors[..] else { panic!("{errors:?}") };
    assert!(error.to_string().starts_with("doors.yaml:4:3: the path `/doors/{id` is not a valid template"), "{error}");
}
