//! Lists the constructs that OpenAPI allows and the bindings do not support.
//!
//! progenitor ignores them silently, panics, or generates code that does not compile. Bindings of such a document would
//! send something else than the document says, so none are generated.

mod find;

pub use find::unsupported_in;

/// Describes a construct that cannot be bound.
///
/// The message is "`name` is {what}: {reason}", or "{what}: {reason}" for something without a name.
#[derive(Clone, Copy, Debug)]
pub struct Unsupported {
    /// Names the construct.
    pub what: &'static str,
    /// Says why it cannot be bound.
    pub reason: &'static str,
    /// Says what to write instead.
    pub help: &'static str,
}

/// Creates an entry of the table.
const fn unsupported(what: &'static str, reason: &'static str, help: &'static str) -> Unsupported {
    Unsupported { what, reason, help }
}

const COOKIE: Unsupported = unsupported(
    "a cookie parameter",
    "the bindings do not support cookies",
    "describe it as a header, or leave it to the HTTP client",
);
const NAMELESS: Unsupported = unsupported(
    "a parameter whose name is not a string",
    "it cannot be sent without a name",
    "write its `name` in quotes",
);
const STYLE: Unsupported = unsupported(
    "a `style` other than the default",
    "the bindings serialize parameters in the default style only: `form` in a query, `simple` elsewhere",
    "remove `style`, or leave the operation out",
);
// progenitor ignores `explode` and generates the same code for both values.
const EXPLODE: Unsupported = unsupported(
    "a list with `explode: false` in the query",
    "the bindings send each item of a list as a separate parameter",
    "remove `explode` if the service reads `a=1&a=2`; otherwise make it a string, and describe its format",
);
const RESERVED: Unsupported = unsupported(
    "a parameter with `allowReserved: true`",
    "the bindings percent-encode reserved characters",
    "remove `allowReserved` if the service percent-decodes parameters, as it should",
);
const CONTENT: Unsupported = unsupported(
    "a parameter with `content`",
    "the bindings serialize parameters by their `schema`",
    "give it a `schema` of type string, and describe the content of the string",
);
const NO_SCHEMA: Unsupported = unsupported("a parameter without `schema`", "it has no type", "give it a `schema`");
// progenitor generates code for lists in paths and headers that does not compile.
const NO_SCALAR: Unsupported = unsupported(
    "neither a scalar nor, in the query, a list of scalars",
    "the bindings cannot serialize such a parameter",
    "make it a scalar, or in the query a list of scalars",
);
const NULLABLE: Unsupported = unsupported(
    "a nullable parameter outside of the query",
    "null cannot be sent there",
    "remove `nullable`; a parameter that may be left out is `required: false`",
);
const OPTIONAL_IN_PATH: Unsupported = unsupported(
    "a path parameter that is not `required: true`",
    "without it, the path is a different one",
    "write `required: true`, and describe the path without it as a path of its own",
);
// progenitor writes the name as a literal that panics at run time if it is invalid.
const HEADER_NAME: Unsupported = unsupported(
    "a header parameter with an invalid name",
    "the name of a header consists of letters, digits and !#$%&'*+-.^_`|~ (RFC 9110, section 5.6.2)",
    "correct the name",
);
const OWN_HEADER: Unsupported = unsupported(
    "a header parameter that the client sets itself",
    "OpenAPI ignores some of these names, and the client would send the header twice",
    "remove the parameter",
);
const SENSITIVE_HEADER: Unsupported = unsupported(
    "a sensitive header parameter",
    "proxies often log headers",
    "send it in the body, or describe it as a security scheme",
);
const OPTIONAL_BODY: Unsupported = unsupported(
    "a request body that is not `required: true`",
    "the bindings always send one",
    "write `required: true`; if the service accepts a request without it, make all of its properties optional",
);
const ENCODING: Unsupported = unsupported(
    "`encoding` at a media type",
    "the bindings do not support `encoding`",
    "remove it, and describe how the parts are encoded",
);
const SERVERS: Unsupported = unsupported(
    "`servers` at a path or an operation",
    "the bindings call the servers at the top of the file only",
    "move operations of another server to a file of their own",
);
const METHOD: Unsupported = unsupported(
    "an operation with the method OPTIONS or TRACE",
    "the bindings cannot send these methods",
    "leave the operation out",
);
const BODY_OF_HEAD: Unsupported = unsupported(
    "content in a response to HEAD",
    "a response to HEAD has no body (RFC 9110, section 9.3.2)",
    "remove the content",
);
const PATH: Unsupported = unsupported(
    "a path with characters that a URL cannot have",
    "a URL has letters, digits, -._~!$&'()*+,;=:@ and percent-encoded characters (RFC 3986, section 3.3)",
    "percent-encode all other characters, and remove the segments `.` and `..`",
);
const PATH_REFERENCE: Unsupported = unsupported(
    "a path that is a reference",
    "the generator does not follow references of paths",
    "write the operations under this path",
);
const MEDIA_TYPE: Unsupported = unsupported(
    "a body that is not JSON",
    "the bindings send and read application/json only",
    "describe the body as JSON, or leave the operation out",
);
const UNNAMED_BODY: Unsupported =
    unsupported("a body without a name", "its type needs one", "make its schema a component under /components/schemas");
const UNNAMED_ENUM: Unsupported = unsupported(
    "an enum without a name",
    "it would refuse unknown values",
    "make it a component under /components/schemas",
);
const UNNAMED_OBJECT: Unsupported = unsupported(
    "an object without a name",
    "the generator would make one up",
    "make it a component under /components/schemas",
);
const ENUM_VALUE: Unsupported = unsupported(
    "an enum value that is not a string",
    "the enums of the bindings have strings as values",
    "remove `enum`, and list the values in the description",
);
// typify takes the last step of a reference for the name of a component.
const REFERENCE: Unsupported = unsupported(
    "not a component schema",
    "the generator follows references to `#/components/schemas/Name` only",
    "give that schema a name under `components/schemas`",
);

/// Lists all constructs that cannot be bound.
#[rustfmt::skip]
pub const UNSUPPORTED: [Unsupported; 26] = [
    COOKIE, NAMELESS, STYLE, EXPLODE, RESERVED, CONTENT, NO_SCHEMA, NO_SCALAR, NULLABLE, OPTIONAL_IN_PATH, HEADER_NAME,
    OWN_HEADER, SENSITIVE_HEADER, OPTIONAL_BODY, ENCODING, SERVERS, METHOD, BODY_OF_HEAD, PATH, PATH_REFERENCE, MEDIA_TYPE,
    UNNAMED_BODY, UNNAMED_ENUM, UNNAMED_OBJECT, ENUM_VALUE, REFERENCE,
];
