//! Deserializes optional properties leniently: a value that cannot be read counts as absent.
//!
//! A response is usable without such a property, so an unreadable one must not fail the whole response. `expires_in` of
//! a token is the example: without it, the token is used for a default time.
#![allow(dead_code, reason = "the build names only what the specs ask for")]

use serde::{Deserialize, Deserializer};
use serde_json::de::SliceRead;
use serde_json::value::RawValue;

/// Reads a value with `reader`, and returns the default if it cannot be read.
pub(crate) fn read<'de, D: Deserializer<'de>, T: Default>(
    deserializer: D,
    reader: impl FnOnce(&mut serde_json::Deserializer<SliceRead<'_>>) -> Result<T, serde_json::Error>,
) -> Result<T, D::Error> {
    // As raw JSON first: the deserializer has then passed the value, whatever it holds, such as numbers that no type
    // fits.
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    // As bytes, like every body: reading a `str` would compile the deserializers a second time.
    Ok(reader(&mut serde_json::Deserializer::from_slice(raw.get().as_bytes())).unwrap_or_default())
}

/// Reads a whole number, as [`super::integer`] does.
pub(crate) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    read(deserializer, |value| super::integer(value))
}

/// Reads a whole number of 32 bits, as [`super::integer32`] does.
pub(crate) fn integer32<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i32>, D::Error> {
    read(deserializer, |value| super::integer32(value))
}

/// Reads a boolean, as [`super::boolean`] does.
pub(crate) fn boolean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    read(deserializer, |value| super::boolean(value))
}

/// Reads a string, as [`super::text`] does.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    read(deserializer, |value| super::text(value))
}

/// Reads a list of strings, as [`super::list`] does.
pub(crate) fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    read(deserializer, |value| super::list(value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::model::auth::types::{Token, TokenType};

    fn token(property: &str, value: &str) -> Result<Token, serde_json::Error> {
        serde_json::from_str(&format!(r#"{{"access_token":"a","{property}":{value},"token_type":"bearer"}}"#))
    }

    fn expires_in(value: &str) -> Option<i64> {
        token("expires_in", value).unwrap_or_else(|error| panic!("{value}: {error}")).expires_in
    }

    #[test]
    fn reads_a_lifetime_in_every_form_of_a_number() {
        for (value, seconds) in [
            ("3600", 3600),
            ("3600.0", 3600),
            ("3.6e3", 3600),
            ("3599.7", 3599),
            (r#""3600""#, 3600),
            (r#"" 3600 ""#, 3600),
            (r#""3600.0""#, 3600),
            (r#""3.6e3""#, 3600),
            (r#""3.6E+3""#, 3600),
            (r#""3599.7""#, 3599),
            (r#""0.5""#, 0),
            ("0", 0),
            ("-1", -1),
            (r#""-1.5""#, -1),
        ] {
            assert_eq!(expires_in(value), Some(seconds), "{value}");
        }
    }

    #[test]
    fn takes_an_unreadable_lifetime_for_absent() {
        for value in [
            "null",
            "true",
            "[]",
            "[3600]",
            "{}",
            r#"{"seconds":3600}"#,
            r#""""#,
            r#"" ""#,
            r#""unlimited""#,
            r#""1h""#,
            r#""0x10""#,
            r#""NaN""#,
            r#""inf""#,
            r#""1e999""#,
            "1e999",
            "-1e999",
            "9e15",
            "1e300",
            "9223372036854775808",
            "99999999999999999999999999",
            r#""99999999999999999999999999""#,
            r#""3600 s""#,
            r#""2030-05-01T10:00:00Z""#,
            r#""\ud83d\udd11""#,
        ] {
            assert_eq!(expires_in(value), None, "{value}");
        }
        assert_eq!(expires_in("9223372036854775807"), Some(i64::MAX));
    }

    #[test]
    fn takes_unreadable_scopes_and_ids_for_absent() {
        for value in ["7", "true", "{}", r#"[{"scope":"a"}]"#, "[[]]", r#"["a",7]"#, "1e999", "null"] {
            assert_eq!(token("scope", value).unwrap().scope, [""; 0], "{value}");
            assert_eq!(token("lock_holder_ids", value).unwrap().lock_holder_ids, [""; 0], "{value}");
        }
        assert_eq!(token("scope", r#""a b""#).unwrap().scope, ["a", "b"]);
        assert_eq!(token("scope", r#"["a",null,"b"]"#).unwrap().scope, ["a", "b"]);
        for value in ["{}", "[7]", "null", "1e999"] {
            assert_eq!(token("lock_holder_id", value).unwrap().lock_holder_id, None, "{value}");
        }
        assert_eq!(token("lock_holder_id", "7").unwrap().lock_holder_id.as_deref(), Some("7"));
    }

    #[test]
    fn refuses_unreadable_required_properties_and_invalid_json() {
        let read = |body: &str| serde_json::from_str::<Token>(body);
        for body in [
            r#"{"token_type":"bearer"}"#,
            r#"{"access_token":null,"token_type":"bearer"}"#,
            r#"{"access_token":7,"token_type":"bearer"}"#,
            r#"{"access_token":["a"],"token_type":"bearer"}"#,
            r#"{"access_token":"a"}"#,
            r#"{"access_token":"a","token_type":null}"#,
            r#"{"access_token":"a","token_type":7}"#,
            r#"{"access_token":"a","token_type":"bearer","expires_in":}"#,
            r#"{"access_token":"a","token_type":"bearer","expires_in":1 2}"#,
            r#"{"access_token":"a","token_type":"bearer","scope":["a"}"#,
        ] {
            assert!(read(body).is_err(), "{body}");
        }
        assert_eq!(read(r#"{"access_token":"a","token_type":"BEARER"}"#).unwrap().token_type, TokenType::Bearer);
    }

    /// Generates any JSON value, as text.
    fn json() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just("null".to_owned()),
            any::<bool>().prop_map(|value| value.to_string()),
            r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,3})?([eE][+-]?[0-9]{1,4})?",
            r"[ -~]{0,8}".prop_map(|text| serde_json::json!(text).to_string()),
            r"-?[0-9]{1,25}(\.[0-9]{1,3})?([eE][+-]?[0-9]{1,3})?".prop_map(|text| serde_json::json!(text).to_string()),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..3).prop_map(|list| format!("[{}]", list.join(","))),
                inner.prop_map(|value| format!(r#"{{"a":{value}}}"#)),
            ]
        })
    }

    proptest! {
        #[test]
        fn reads_the_token_whatever_an_optional_property_holds(
            property in prop_oneof![Just("expires_in"), Just("scope"), Just("lock_holder_id"), Just("lock_holder_ids")],
            value in json(),
        ) {
            prop_assert!(token(property, &value).is_ok_and(|token| token.access_token.expose() == "a"), "{}", value);
        }

        #[test]
        fn reads_numbers_alike_with_and_without_quotes(number in r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,3})?([eE][+-]?[0-9]{1,3})?") {
            prop_assert_eq!(expires_in(&number), expires_in(&format!("\"{number}\"")));
        }
    }
}
