//! Lists the objects of an OpenAPI 3.0 document and their fields, after version 3.0.3 of the specification.
//!
//! A table replaces the official JSON Schema: an error of a JSON Schema validator names the failed keyword, whereas a
//! table gives a message about the object and the key.

/// Names an object of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Object {
    OpenApi,
    Info,
    Contact,
    License,
    Server,
    ServerVariable,
    Components,
    Paths,
    PathItem,
    Operation,
    ExternalDocs,
    Parameter,
    RequestBody,
    MediaType,
    Encoding,
    Responses,
    Response,
    Callback,
    Example,
    Link,
    Header,
    Tag,
    Schema,
    Discriminator,
    Xml,
    SecurityScheme,
    OAuthFlows,
    OAuthFlow,
    SecurityRequirement,
}

/// Describes what a field holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Any,
    Text,
    Flag,
    Number,
    Count,
    OneOf(&'static [&'static str]),
    Of(Object),
    /// Holds such an object, or a reference to one.
    RefOr(Object),
    Map(&'static Kind),
    List(&'static Kind),
    /// Holds true, false or a schema, as `additionalProperties` does.
    FlagOrSchema,
}

/// Describes a field: its name, whether it is required, what it holds.
pub(crate) type Field = (&'static str, bool, Kind);

use Kind::{Any, Count, Flag, FlagOrSchema, List, Map, Number, Of, OneOf, RefOr, Text};
use Object as O;

impl Object {
    /// Names the object in a message.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OpenApi => "the document",
            Self::Info => "`info`",
            Self::Contact => "a contact",
            Self::License => "a licence",
            Self::Server => "a server",
            Self::ServerVariable => "a server variable",
            Self::Components => "`components`",
            Self::Paths => "`paths`",
            Self::PathItem => "a path item",
            Self::Operation => "an operation",
            Self::ExternalDocs => "`externalDocs`",
            Self::Parameter => "a parameter",
            Self::RequestBody => "a request body",
            Self::MediaType => "a media type",
            Self::Encoding => "an encoding",
            Self::Responses => "`responses`",
            Self::Response => "a response",
            Self::Callback => "a callback",
            Self::Example => "an example",
            Self::Link => "a link",
            Self::Header => "a header",
            Self::Tag => "a tag",
            Self::Schema => "a schema",
            Self::Discriminator => "a discriminator",
            Self::Xml => "`xml`",
            Self::SecurityScheme => "a security scheme",
            Self::OAuthFlows => "`flows`",
            Self::OAuthFlow => "a flow",
            Self::SecurityRequirement => "a security requirement",
        }
    }

    /// Returns what the entries hold, for objects whose keys the document chooses: paths, status codes, scheme names.
    pub(crate) fn entries(self) -> Option<Kind> {
        match self {
            Self::Paths | Self::Callback => Some(Of(O::PathItem)),
            Self::Responses => Some(RefOr(O::Response)),
            Self::SecurityRequirement => Some(List(&Text)),
            _ => None,
        }
    }

    /// Returns the key of `components` that holds such objects, if references to them are allowed.
    pub(crate) fn component(self) -> Option<&'static str> {
        Some(match self {
            Self::Schema => "schemas",
            Self::Response => "responses",
            Self::Parameter => "parameters",
            Self::Example => "examples",
            Self::RequestBody => "requestBodies",
            Self::Header => "headers",
            Self::SecurityScheme => "securitySchemes",
            Self::Link => "links",
            Self::Callback => "callbacks",
            _ => return None,
        })
    }

    /// Returns the fields of the object. Objects whose keys the document chooses have none.
    pub(crate) fn fields(self) -> &'static [Field] {
        match self {
            Self::OpenApi => &[
                ("openapi", true, Text),
                ("info", true, Of(O::Info)),
                ("servers", false, List(&Of(O::Server))),
                ("paths", true, Of(O::Paths)),
                ("components", false, Of(O::Components)),
                ("security", false, List(&Of(O::SecurityRequirement))),
                ("tags", false, List(&Of(O::Tag))),
                ("externalDocs", false, Of(O::ExternalDocs)),
            ],
            Self::Info => &[
                ("title", true, Text),
                ("version", true, Text),
                ("description", false, Text),
                ("termsOfService", false, Text),
                ("contact", false, Of(O::Contact)),
                ("license", false, Of(O::License)),
            ],
            Self::Contact => &[("name", false, Text), ("url", false, Text), ("email", false, Text)],
            Self::License => &[("name", true, Text), ("url", false, Text)],
            Self::Server => {
                &[("url", true, Text), ("description", false, Text), ("variables", false, Map(&Of(O::ServerVariable)))]
            }
            Self::ServerVariable => {
                &[("default", true, Text), ("enum", false, List(&Text)), ("description", false, Text)]
            }
            Self::Components => &[
                ("schemas", false, Map(&RefOr(O::Schema))),
                ("responses", false, Map(&RefOr(O::Response))),
                ("parameters", false, Map(&RefOr(O::Parameter))),
                ("examples", false, Map(&RefOr(O::Example))),
                ("requestBodies", false, Map(&RefOr(O::RequestBody))),
                ("headers", false, Map(&RefOr(O::Header))),
                ("securitySchemes", false, Map(&RefOr(O::SecurityScheme))),
                ("links", false, Map(&RefOr(O::Link))),
                ("callbacks", false, Map(&RefOr(O::Callback))),
            ],
            Self::PathItem => &[
                ("get", false, Of(O::Operation)),
                ("put", false, Of(O::Operation)),
                ("post", false, Of(O::Operation)),
                ("delete", false, Of(O::Operation)),
                ("options", false, Of(O::Operation)),
                ("head", false, Of(O::Operation)),
                ("patch", false, Of(O::Operation)),
                ("trace", false, Of(O::Operation)),
                // A path item is the only object where `$ref` is a field of its own (OpenAPI 3.0.3, 4.7.9.1).
                (unloc_spec::REFERENCE, false, Text),
                ("summary", false, Text),
                ("description", false, Text),
                ("servers", false, List(&Of(O::Server))),
                ("parameters", false, List(&RefOr(O::Parameter))),
            ],
            Self::Operation => &[
                ("responses", true, Of(O::Responses)),
                ("tags", false, List(&Text)),
                ("summary", false, Text),
                ("description", false, Text),
                ("externalDocs", false, Of(O::ExternalDocs)),
                ("operationId", false, Text),
                ("parameters", false, List(&RefOr(O::Parameter))),
                ("requestBody", false, RefOr(O::RequestBody)),
                ("callbacks", false, Map(&RefOr(O::Callback))),
                ("deprecated", false, Flag),
                ("security", false, List(&Of(O::SecurityRequirement))),
                ("servers", false, List(&Of(O::Server))),
            ],
            Self::ExternalDocs => &[("url", true, Text), ("description", false, Text)],
            Self::Parameter => &[
                ("name", true, Text),
                ("in", true, OneOf(&["query", "header", "path", "cookie"])),
                ("description", false, Text),
                ("required", false, Flag),
                ("deprecated", false, Flag),
                ("allowEmptyValue", false, Flag),
                (
                    "style",
                    false,
                    OneOf(&["matrix", "label", "form", "simple", "spaceDelimited", "pipeDelimited", "deepObject"]),
                ),
                ("explode", false, Flag),
                ("allowReserved", false, Flag),
                ("schema", false, RefOr(O::Schema)),
                ("example", false, Any),
                ("examples", false, Map(&RefOr(O::Example))),
                ("content", false, Map(&Of(O::MediaType))),
            ],
            Self::RequestBody => {
                &[("content", true, Map(&Of(O::MediaType))), ("description", false, Text), ("required", false, Flag)]
            }
            Self::MediaType => &[
                ("schema", false, RefOr(O::Schema)),
                ("example", false, Any),
                ("examples", false, Map(&RefOr(O::Example))),
                ("encoding", false, Map(&Of(O::Encoding))),
            ],
            Self::Encoding => &[
                ("contentType", false, Text),
                ("headers", false, Map(&RefOr(O::Header))),
                ("style", false, OneOf(&["form", "spaceDelimited", "pipeDelimited", "deepObject"])),
                ("explode", false, Flag),
                ("allowReserved", false, Flag),
            ],
            Self::Response => &[
                ("description", true, Text),
                ("headers", false, Map(&RefOr(O::Header))),
                ("content", false, Map(&Of(O::MediaType))),
                ("links", false, Map(&RefOr(O::Link))),
            ],
            Self::Example => &[
                ("summary", false, Text),
                ("description", false, Text),
                ("value", false, Any),
                ("externalValue", false, Text),
            ],
            Self::Link => &[
                ("operationRef", false, Text),
                ("operationId", false, Text),
                ("parameters", false, Map(&Any)),
                ("requestBody", false, Any),
                ("description", false, Text),
                ("server", false, Of(O::Server)),
            ],
            Self::Header => &[
                ("description", false, Text),
                ("required", false, Flag),
                ("deprecated", false, Flag),
                ("allowEmptyValue", false, Flag),
                // A header is a parameter with `in: header`, for which OpenAPI 3.0.3 defines this style alone.
                ("style", false, OneOf(&["simple"])),
                ("explode", false, Flag),
                ("allowReserved", false, Flag),
                ("schema", false, RefOr(O::Schema)),
                ("example", false, Any),
                ("examples", false, Map(&RefOr(O::Example))),
                ("content", false, Map(&Of(O::MediaType))),
            ],
            Self::Tag => {
                &[("name", true, Text), ("description", false, Text), ("externalDocs", false, Of(O::ExternalDocs))]
            }
            Self::Schema => SCHEMA,
            Self::Discriminator => &[("propertyName", true, Text), ("mapping", false, Map(&Text))],
            Self::Xml => &[
                ("name", false, Text),
                ("namespace", false, Text),
                ("prefix", false, Text),
                ("attribute", false, Flag),
                ("wrapped", false, Flag),
            ],
            Self::SecurityScheme => &[
                ("type", true, OneOf(&["apiKey", "http", "oauth2", "openIdConnect"])),
                ("description", false, Text),
                ("name", false, Text),
                ("in", false, OneOf(&["query", "header", "cookie"])),
                ("scheme", false, Text),
                ("bearerFormat", false, Text),
                ("flows", false, Of(O::OAuthFlows)),
                ("openIdConnectUrl", false, Text),
            ],
            Self::OAuthFlows => &[
                ("implicit", false, Of(O::OAuthFlow)),
                ("password", false, Of(O::OAuthFlow)),
                ("clientCredentials", false, Of(O::OAuthFlow)),
                ("authorizationCode", false, Of(O::OAuthFlow)),
            ],
            Self::OAuthFlow => &[
                ("scopes", true, Map(&Text)),
                ("authorizationUrl", false, Text),
                ("tokenUrl", false, Text),
                ("refreshUrl", false, Text),
            ],
            // The document chooses their keys: see `entries`.
            Self::Paths | Self::Callback | Self::Responses | Self::SecurityRequirement => &[],
        }
    }
}

/// Lists the fields of a schema.
const SCHEMA: &[Field] = &[
    ("type", false, OneOf(&["array", "boolean", "integer", "number", "object", "string"])),
    ("title", false, Text),
    ("description", false, Text),
    ("format", false, Text),
    ("default", false, Any),
    ("example", false, Any),
    ("enum", false, List(&Any)),
    ("nullable", false, Flag),
    ("readOnly", false, Flag),
    ("writeOnly", false, Flag),
    ("deprecated", false, Flag),
    ("multipleOf", false, Number),
    ("maximum", false, Number),
    ("exclusiveMaximum", false, Flag),
    ("minimum", false, Number),
    ("exclusiveMinimum", false, Flag),
    ("maxLength", false, Count),
    ("minLength", false, Count),
    ("pattern", false, Text),
    ("maxItems", false, Count),
    ("minItems", false, Count),
    ("uniqueItems", false, Flag),
    ("maxProperties", false, Count),
    ("minProperties", false, Count),
    ("required", false, List(&Text)),
    ("properties", false, Map(&RefOr(O::Schema))),
    ("additionalProperties", false, FlagOrSchema),
    ("items", false, RefOr(O::Schema)),
    ("allOf", false, List(&RefOr(O::Schema))),
    ("anyOf", false, List(&RefOr(O::Schema))),
    ("oneOf", false, List(&RefOr(O::Schema))),
    ("not", false, RefOr(O::Schema)),
    ("discriminator", false, Of(O::Discriminator)),
    ("xml", false, Of(O::Xml)),
    ("externalDocs", false, Of(O::ExternalDocs)),
];
