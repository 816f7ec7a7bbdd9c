//! Formats: whether programs know them, and whether they are of the type beside them.

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::{Spec, meant};

const FORMAT: Rule = Rule {
    id: "format-fits-type",
    severity: Severity::Error,
    reason: "A format of another type is ignored, and the type made of it is not what was meant.",
    example: "`format: int32` beside `type: string`",
};

const KNOWN: Rule = Rule {
    id: "format-known",
    severity: Severity::Warning,
    reason: "A format that nobody knows says nothing to a program.",
    example: "`format: datetime`",
};

pub(crate) const RULES: &[&Rule] = &[&FORMAT, &KNOWN];

const WHOLE: &[&str] = &["integer", "number"];
const WHOLE_OR_TEXT: &[&str] = &["integer", "number", "string"];
const TEXT: &[&str] = &["string"];

/// The Format Registry of the OpenAPI Initiative (spec.openapis.org/registry/format), with the types that it names, and
/// what else programs know. A JSON Schema number may be whole, so `integer` goes with `number`; only what says
/// in its name that it is not whole does not.
const FORMATS: &[(&[&str], &[&str])] = &[
    (WHOLE, &["int8", "int16", "int32", "uint8", "uint16", "uint32", "double-int", "sf-integer"]),
    // As numbers they are read as what they are, as texts they survive JavaScript.
    (WHOLE_OR_TEXT, &["int64", "uint64", "unixtime", "decimal", "decimal128"]),
    (&["number"], &["float", "double", "sf-decimal"]),
    (&["boolean"], &["sf-boolean"]),
    (
        TEXT,
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
    // The generator's own: typify makes `i32`, `u32` and `IpAddr` of them.
    (WHOLE, &["int", "uint"]),
    (TEXT, &["ip"]),
    // In no registry, and read by many programs.
    (TEXT, &["url"]),
    (WHOLE, &["unix-time"]),
];

/// The types that a format is of, if programs know it.
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
                let message = format!("`{format}` is a format of {}, not of `{kind}`", of.join(" and "));
                findings.value(&FORMAT, &at, message, "mend the one or the other");
            }
            // typify looks at formats of whole numbers beside `type: integer` only.
            (Some(_), Some("string")) if ["int64", "uint64"].contains(&format) => {
                let message = format!("the generator makes a text of this, and passes over `{format}`");
                let help = "say in the description which numbers there are, and leave the format out";
                findings.value(&super::generator::IGNORED, &at, message, help);
            }
            (None, _) => {
                let near = meant(format, FORMATS.iter().flat_map(|(_, formats)| formats.iter().copied()));
                let help = near.unwrap_or_else(|| "leave it out, and describe it in words".to_owned());
                findings.value(&KNOWN, &at, format!("`{format}` is no format that programs know"), help);
            }
            _ => {}
        }
    }
}
