//! What OpenAPI allows and the generator passes over in silence, panics at, or makes code of that does not compile. Bindings of a
//! document with any of these would send something else than is written, so there are none.

mod find;

pub use find::unsupported_in;

/// One construct that cannot be bound.
#[derive(Clone, Copy, Debug)]
pub struct Unsupported {
    /// What is written.
    pub what: &'static str,
    /// What would become of it.
    pub reason: &'static str,
    /// What to write in its place.
    pub help: &'static str,
}

const fn unsupported(what: &'static str, reason: &'static str, help: &'static str) -> Unsupported {
    Unsupported { what, reason, help }
}

const COOKIE: Unsupported = unsupported(
    "a cookie parameter",
    "the bindings know no cookies",
    "describe it as a header, or leave it to the HTTP client",
);
const NAMELESS: Unsupported =
    unsupported("a parameter whose name is no text", "nothing could be sent for it", "give it a `name`, in quotes");
const STYLE: Unsupported = unsupported(
    "a `style` other than the default",
    "the bindings write parameters in the default style only: `form` in a query, `simple` elsewhere",
    "take `style` out, or leave the operation out",
);
const EXPLODE: Unsupported = unsupported(
    "`explode: false` at a list in the query",
    "the bindings write each item of a list as a parameter of its own",
    "take `explode` out if the service reads `a=1&a=2`; else make it a text, and say in the description how to write it",
);
const RESERVED: Unsupported = unsupported(
    "`allowReserved: true`",
    "the bindings percent-encode reserved characters",
    "take `allowReserved` out if the service decodes what it gets, as it should",
);
const CONTENT: Unsupported = unsupported(
    "a parameter with `content`",
    "the bindings write parameters by their `schema`",
    "give it a `schema` of type string, and say in the description what the text holds",
);
const NO_SCHEMA: Unsupported =
    unsupported("a parameter without `schema`", "the bindings know no type for it", "give it a `schema`");
const NO_SCALAR: Unsupported = unsupported(
    "a parameter that is no scalar, or in the query no list of scalars",
    "the bindings cannot write it",
    "make it a scalar; only in a query it may be a list of them",
);
const NULLABLE: Unsupported = unsupported(
    "a nullable parameter outside of the query",
    "there is no way to write null there",
    "take `nullable` out; what may be left out is `required: false`",
);
const OPTIONAL_IN_PATH: Unsupported = unsupported(
    "a path parameter that is not `required: true`",
    "a path without it is another path",
    "write `required: true`, and describe the path without it as a path of its own",
);
const HEADER_NAME: Unsupported = unsupported(
    "a header parameter whose name no header can have",
    "a header's name consists of letters, digits and !#$%&'*+-.^_`|~ (RFC 9110, section 5.6.2)",
    "correct the name",
);
const OWN_HEADER: Unsupported = unsupported(
    "a header parameter that the client sets by itself",
    "OpenAPI ignores some of these names, and the client would send the header twice",
    "take the parameter out",
);
const SENSITIVE_HEADER: Unsupported = unsupported(
    "a sensitive header parameter",
    "headers are logged by what stands between",
    "send it in the body, or by a security scheme",
);
const OPTIONAL_BODY: Unsupported = unsupported(
    "a request body that is not `required: true`",
    "the bindings always send one",
    "write `required: true`; if it may really be left out, make everything in it optional",
);
const ENCODING: Unsupported = unsupported(
    "`encoding` at a media type",
    "the bindings know no `encoding`",
    "take it out, and say in the description how the parts are written",
);
const SERVERS: Unsupported = unsupported(
    "`servers` at a path or an operation",
    "the bindings know the servers at the top only, and would never call these",
    "give what has another server a file of its own",
);
const METHOD: Unsupported = unsupported(
    "an operation by OPTIONS or TRACE",
    "the bindings have no function to send it",
    "leave the operation out",
);
const BODY_OF_HEAD: Unsupported = unsupported(
    "content in a response to HEAD",
    "a response to HEAD has no body (RFC 9110, section 9.3.2)",
    "take the content out",
);
const PATH: Unsupported = unsupported(
    "a path with characters that no URL has",
    "a URL has letters, digits, -._~!$&'()*+,;=:@ and what is percent-encoded (RFC 3986, section 3.3)",
    "percent-encode what is none of these, and leave out `.` and `..`",
);
const PATH_REFERENCE: Unsupported = unsupported(
    "a path that is a reference",
    "the generator follows no reference of a path",
    "write the operations out under this path",
);
const MEDIA_TYPE: Unsupported = unsupported(
    "a body that is no JSON",
    "the bindings send and read application/json only",
    "describe the body as JSON, or leave the operation out",
);
const UNNAMED_BODY: Unsupported =
    unsupported("a body without a name", "a body is a component with a name", "refer to one under /components/schemas");
const UNNAMED_ENUM: Unsupported = unsupported(
    "an enum without a name",
    "it would refuse values that it does not know",
    "make it a component under /components/schemas",
);
const UNNAMED_OBJECT: Unsupported = unsupported(
    "an object without a name",
    "it would get one that is made up",
    "make it a component under /components/schemas",
);
const ENUM_VALUE: Unsupported = unsupported(
    "a value of an enum that is no text",
    "the values of an enum are texts",
    "take `enum` out, and name the values in the description",
);
const REFERENCE: Unsupported = unsupported(
    "no component of the schemas",
    "the generator follows references to `#/components/schemas/Name` only",
    "give that schema a name under `components/schemas`",
);

/// All constructs that cannot be bound.
#[rustfmt::skip]
pub const UNSUPPORTED: [Unsupported; 26] = [
    COOKIE, NAMELESS, STYLE, EXPLODE, RESERVED, CONTENT, NO_SCHEMA, NO_SCALAR, NULLABLE, OPTIONAL_IN_PATH, HEADER_NAME,
    OWN_HEADER, SENSITIVE_HEADER, OPTIONAL_BODY, ENCODING, SERVERS, METHOD, BODY_OF_HEAD, PATH, PATH_REFERENCE, MEDIA_TYPE,
    UNNAMED_BODY, UNNAMED_ENUM, UNNAMED_OBJECT, ENUM_VALUE, REFERENCE,
];
