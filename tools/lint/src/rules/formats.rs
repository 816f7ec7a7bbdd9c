//! Checks that formats are known to tools, and that they fit the type of their schema.

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::{Spec, suggestion};

const FORMAT: Rule = Rule {
    id: "format-fits-type",
    severity: Severity::Error,
    reason: "Tools ignore a format of another type, so the generated type is not the intended one.",
    example: "`format: int32` with `type: string`",
};

const KNOWN: Rule = Rule {
    id: "format-known",
    severity: Severity::Warning,
    reason: "Tools ignore a format that they do not know.",
    example: "`format: datetime`",
};

pub(crate) const RULES: &[&Rule] = &[&FORMAT, &KNOWN];

const INTEGER: &[&str] = &["integer", "number"];
const INTEGER_OR_STRING: &[&str] = &["integer", "number", "string"];
const STRING: &[&str] = &["string"];

/// Lists the Format Registry of the OpenAPI Initiative (spec.openapis.org/registry/format) with the types that it
/// names, and further formats that tools know. A JSON Schema number may be an integer, so formats of `number` also go
/// with `integer`; the exceptions are those for fractions.
const FORMATS: &[(&[&str], &[&str])] = &[
    (INTEGER, &["int8", "int16", "int32", "uint8", "uint16", "uint32", "double-int", "sf-integer"]),
    // Strings, because a number in JavaScript is exact only up to 2^53.
    (INTEGER_OR_STRING, &["int64", "uint64", "unixtime", "decimal", "decimal128"]),
    (&["number"], &["float", "double", "sf-decimal"]),
    (&["boolean"], &["sf-boolean"]),
    (
        STRING,
        &[
            "base64url",
            "binary",
            "byte",
            "char",
            "commonmark",
            "date",
            "date-time",
            "date-time-local",
            "duration",
            "email",
            "hostname",
            "html",
            "http-date",
            "idn-email",
            "idn-hostname",
            "ipv4",
            "ipv6",
            "iri",
            "iri-reference",
            "json-pointer",
            "media-range",
            "password",
            "regex",
            "relative-json-pointer",
            "sf-binary",
            "sf-string",
            "sf-token",
            "time",
            "time-local",
            "uri",
            "uri-reference",
            "uri-template",
            "uuid",
        ],
    ),
    // In no registry, but typify maps them to `i32`, `u32` and `IpAddr`.
    (INTEGER, &["int", "uint"]),
    (STRING, &["ip"]),
    // In no registry, but widely used.
    (STRING, &["url"]),
    (INTEGER, &["unix-time"]),
];

/// Returns the types that a format goes with, if the format is known.
fn types(format: &str) -> Option<&'static [&'static str]> {
    FORMATS.iter().find(|(_, formats)| formats.contains(&format)).map(|(types, _)| *types)
}

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for node in spec.all(Object::Schema) {
        let Some(format) = node.text("format") else { continue };
        let at = format!("{}/format", node.pointer);
        match (types(format), node.text("type")) {
            (Some(types), Some(kind)) if !types.contains(&kind) => {
                let of: Vec<_> = types.iter().map(|kind| format!("`{kind}`")).collect();
                let message = format!("`{format}` is a format for {}, not for `{kind}`", of.join(" and "));
                findings.value(&FORMAT, &at, message, "correct the format or the type");
            }
            // typify reads the formats of integers with `type: integer` only.
            (Some(_), Some("string")) if ["int64", "uint64"].contains(&format) => {
                let message = format!("the generator ignores `{format}` here and generates a `String`");
                let help = "remove the format, and state the range of the number in the description";
                findings.value(&super::generator::IGNORED, &at, message, help);
            }
            (None, _) => {
                let near = suggestion(format, FORMATS.iter().flat_map(|(_, formats)| formats.iter().copied()));
                let help = near.unwrap_or_else(|| "remove it, and use the description".to_owned());
                findings.value(&KNOWN, &at, format!("unknown format `{format}`"), help);
            }
            _ => {}
        }
    }
}
