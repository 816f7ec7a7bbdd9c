// Schemas that are not objects, with names that the generator or the SDK could confuse with its own types.

rows! { kinds:
    option_is_enum "an enum named `Option`" { spec::holds("Option", "{type: string, enum: [some, none]}") }
        -> MakeThing.body(types::Thing::builder().it(types::Option::Some).perhaps(types::Option::None))
        => "POST /things\n\n{\"it\":\"some\",\"perhaps\":\"none\"}";
    nullable_is_enum "an enum named `Nullable`" { spec::holds("Nullable", "{type: string, enum: [null-like, other]}") }
        -> MakeThing.body(types::Thing::builder().it(types::Nullable::NullLike))
        => "POST /things\n\n{\"it\":\"null-like\"}";
    vec_is_list "a list named `Vec`" { spec::holds("Vec", "{type: array, items: {type: string}}") }
        -> MakeThing.body(types::Thing::builder().it(types::Vec::from(vec!["a".to_owned()])))
        => "POST /things\n\n{\"it\":[\"a\"]}";
    map_is_map "a map named `BTreeMap`"
        { spec::holds("BTreeMap", "{type: object, additionalProperties: {type: string}}") }
        -> MakeThing.body(types::Thing::builder().it(types::BTreeMap::from(
            std::collections::BTreeMap::from([("k".to_owned(), "v".to_owned())])
        )))
        => "POST /things\n\n{\"it\":{\"k\":\"v\"}}";
    string_is_text "a string named `String`" { spec::holds("String", "{type: string}") }
        -> MakeThing.body(types::Thing::builder().it(types::String::from("v".to_owned())))
        => "POST /things\n\n{\"it\":\"v\"}";
    time_is_text "a string named `DateTime`" { spec::holds("DateTime", "{type: string}") }
        -> MakeThing.body(types::Thing::builder().it(types::DateTime::from("v".to_owned())))
        => "POST /things\n\n{\"it\":\"v\"}";
    i32_is_integer "an integer named `I32`" { spec::holds("I32", "{type: integer}") }
        -> MakeThing.body(types::Thing::builder().it(types::I32::from(7))) => "POST /things\n\n{\"it\":7}";
    secret_is_sensitive "a secret named `Vec`" { spec::holds("Vec", "{type: string, x-sensitive: secret}") }
        -> MakeThing.body(types::Thing::builder().it("v")) => "POST /things\n\n{\"it\":\"v\"}";
    error_is_sensitive "a cursor named `Error`" { spec::holds("Error", "{type: string, x-sensitive: cursor}") }
        -> MakeThing.body(types::Thing::builder().it("v")) => "POST /things\n\n{\"it\":\"v\"}";
    option_missing "a required `Option`, left out"
        { spec::holds("Option", "{type: object, properties: {a: {type: string}}}") }
        -> MakeThing.body(types::Thing::builder()) => "error: `it`";
    vec_missing "a required `Vec`, left out"
        { spec::holds("Vec", "{type: object, properties: {a: {type: string}}}") }
        -> MakeThing.body(types::Thing::builder()) => "error: `it`";
    map_missing "a required `BTreeMap`, left out"
        { spec::holds("BTreeMap", "{type: object, properties: {a: {type: string}}}") }
        -> MakeThing.body(types::Thing::builder()) => "error: `it`";
    nullable_missing "a required `Nullable`, left out"
        { spec::holds("Nullable", "{type: object, properties: {a: {type: string}}}") }
        -> MakeThing.body(types::Thing::builder()) => "error: `it`";
    no_body_of_vecs "a request body with a required `Vec`, left out"
        { spec::holds("Vec", "{type: object, properties: {a: {type: string}}}") }
        -> MakeThing => "error: `it` is not set: call `.it(…)`";
    values "values of an enum that are Rust names"
        { spec::make("Thing: {type: string, enum: [ok, none, '2fa', option, type, x y, größe]}") }
        -> MakeThing.body(types::Thing::Type) => "POST /things\n\n\"type\"";
    value_is_self "a value of an enum that is a keyword in any case"
        { spec::make("Thing:\n  type: string\n  enum:\n    - self #!") }
        ! "`self`";
    nullable_text "a schema named like the SDK's own type for nullable strings"
        { spec::take(
            "Thing: {type: object, properties: {end: {type: string, nullable: true}, \
             it: {$ref: '#/components/schemas/NullableText'}}}\n\
             NullableText: {type: object, required: [id], properties: {id: {type: string}}}",
        ) }
        -> MakeThing.body(
            types::Thing::builder()
                .end(crate::Nullable::Value("e".to_owned()))
                .it(types::NullableText::builder().id("v"))
        )
        => "POST /things\n\n{\"end\":\"e\",\"it\":{\"id\":\"v\"}}";
    string_number "a number named `String`"
        { spec::take(
            "Thing: {type: object, properties: {it: {$ref: '#/components/schemas/String'}}}\n\
             String: {type: integer, format: int32}",
        ) }
        -> MakeThing.body(types::Thing::builder().it(types::String::from(5))) => "POST /things\n\n{\"it\":5}";
}
