//! Writes the schemas of requests and responses as static data.
//!
//! The data describes the same prepared spec from which progenitor generates the types, with the marks that the
//! finishing passes put on those. Nothing of progenitor's output is changed here.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::{Map, Value};
use syn::{Item, parse_quote};
use unloc_spec::{Operation, Pagination, RawOperation, beside_null, entries, resolve, schema_name, underlying};

use super::Context;
use super::envelopes::Unwrapped;
use crate::names;
use crate::prepare::{Marks, Reader, schemas};

/// Returns the tables of one API.
pub(super) fn items(module: &syn::Path, context: &Context<'_>) -> Vec<Item> {
    let table = Schemas { module, document: &context.document.value, spec: context.spec, marks: context.marks };
    let responses: Vec<_> =
        context.operations.iter().map(|operation| table.content(operation, "responses/200")).collect();
    // Components that no request or response can contain get no entry.
    let mut reached = BTreeSet::new();
    let mut tables = Vec::new();
    for (operation, response) in context.operations.iter().zip(&responses) {
        let constant = format_ident!("{}", names::constant(operation));
        let parameters = table.parameters(operation, &mut reached);
        let mut shape = |node: Option<&Value>| {
            let node = node?;
            reached.extend(schemas(context.spec, [node]));
            Some(table.shape(node))
        };
        let body = option(shape(table.content(operation, "requestBody")));
        let response = option(shape(*response));
        let paging = option(operation.pagination.as_ref().map(|Pagination { cursor, size, .. }| {
            quote!(crate::model::table::Paging { cursor: #cursor, limit: "limit", size: #size })
        }));
        let unwrapped = option(context.unwrapped(operation).map(|Unwrapped { property, cursor, is_list }| {
            let cursor = option(cursor.map(|cursor| quote!(#cursor)));
            quote!(crate::model::table::Unwrapped { property: #property, cursor: #cursor, is_list: #is_list })
        }));
        tables.push(quote! {
            crate::model::table::Table {
                operation: &#module::operations::#constant,
                parameters: &[#(#parameters),*],
                body: #body,
                response: #response,
                unwrapped: #unwrapped,
                paging: #paging,
            }
        });
    }
    let statics = reached.iter().map(|name| {
        let (ident, shape) = (format_ident!("{}", names::pascal(name)), table.component(name));
        quote! {
            pub(crate) static #ident: crate::model::table::Component = crate::model::table::Component { name: #name, shape: #shape };
        }
    });
    let typed = context.operations.iter().filter_map(|operation| {
        let (constant, rust) = (format_ident!("{}", names::constant(operation)), table.rust(operation)?);
        Some(quote!((&#module::operations::#constant, crate::http::decode::table::tests::typed::<#rust>)))
    });
    vec![
        parse_quote! {
            /// Describes the schemas of requests and responses, by the names of their types.
            #[allow(non_upper_case_globals)]
            #[cfg(feature = "dynamic")]
            pub(crate) mod schemas {
                #(#statics)*
            }
        },
        parse_quote! {
            /// Describes the request and response of each operation, in the order of their paths.
            #[cfg(feature = "dynamic")]
            pub(crate) static TABLES: &[crate::model::table::Table] = &[#(#tables),*];
        },
        parse_quote! {
            /// Decodes each response into its type.
            #[cfg(all(test, feature = "dynamic"))]
            pub(crate) static TYPED: &[(&crate::model::Operation, crate::http::decode::table::tests::Typed)] = &[#(#typed),*];
        },
    ]
}

/// Returns an `Option` as tokens.
fn option(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(::std::option::Option::Some(#value)),
        None => quote!(::std::option::Option::None),
    }
}

/// Writes the description of schemas.
struct Schemas<'a> {
    module: &'a syn::Path,
    /// Is the spec as the author wrote it.
    document: &'a Value,
    /// Is the prepared spec, from which the types are generated.
    spec: &'a Value,
    marks: &'a Marks,
}

impl<'a> Schemas<'a> {
    /// Returns the schema of an operation's request or response.
    fn content(&self, operation: &Operation, part: &str) -> Option<&'a Value> {
        let holder = self.spec.pointer(&format!("{}/{part}", operation.pointer))?;
        resolve(self.spec, holder)?.pointer("/content/application~1json/schema")
    }

    /// Returns the type that a response is decoded into.
    fn rust(&self, operation: &Operation) -> Option<syn::Type> {
        let name = schema_name(self.content(operation, "responses/200")?)?;
        let ident = format_ident!("{}", names::pascal(name));
        Some(match self.marks.replaced.get(name) {
            Some(rust) => syn::parse_str(rust).ok()?,
            None => {
                let module = self.module;
                parse_quote!(#module::types::#ident)
            }
        })
    }

    /// Returns the descriptions of an operation's parameters. Adds the components that these use to `reached`.
    fn parameters(&self, operation: &Operation, reached: &mut BTreeSet<String>) -> Vec<TokenStream> {
        let raw = RawOperation::find(self.spec, &operation.path, operation.method);
        let written = raw.map(|raw| raw.parameters(self.spec)).unwrap_or_default();
        let mut found = Vec::new();
        for parameter in &operation.parameters {
            let is_it = |name: &str, place: &str| name == parameter.name && place == parameter.place;
            let own = written
                .iter()
                .find(|at| is_it(at.text("name").unwrap_or_default().trim(), at.text("in").unwrap_or_default().trim()));
            let schema = own.and_then(|at| at.value.get("schema")).unwrap_or(&Value::Null);
            reached.extend(schemas(self.spec, [schema]));
            let (name, required, filled_in) = (&parameter.name, parameter.required, operation.is_filled_in(parameter));
            let (place, shape) = (format_ident!("{}", names::pascal(&parameter.place)), self.shape(schema));
            found.push(quote! {
                crate::model::table::Parameter {
                    name: #name,
                    place: crate::model::table::Place::#place,
                    required: #required,
                    filled_in: #filled_in,
                    shape: #shape,
                }
            });
        }
        found
    }

    /// Returns the description of a component's content, where [`shape`](Self::shape) only refers to the component.
    fn component(&self, name: &str) -> TokenStream {
        let node = &self.spec["components"]["schemas"][name];
        let sensitive = match self.marks.replaced.get(name).map(String::as_str) {
            Some("crate::model::PhoneNumber") => Some(quote!(PhoneNumber)),
            Some("crate::model::Secret") => Some(quote!(Secret)),
            Some("crate::model::Cursor") => Some(quote!(Cursor)),
            _ => None,
        };
        let kind = if let Some(open) = self.marks.enums.get(name) {
            let (values, case_insensitive) = (open.values.iter().map(|(value, _)| value), open.case_insensitive);
            quote!(Choice { values: &[#(#values),*], case_insensitive: #case_insensitive })
        } else if let Some(sensitive) = sensitive {
            quote!(Sensitive(crate::model::operation::Sensitive::#sensitive))
        } else if let Some(properties) = node.get("properties").and_then(Value::as_object) {
            self.object(name, node, properties)
        } else if node.get("additionalProperties") == Some(&Value::Bool(false)) {
            quote!(Object(&[]))
        } else {
            return self.shape(node);
        };
        shape_of(&kind, is_nullable(node))
    }

    /// Returns the description of an object's properties.
    fn object(&self, schema: &str, node: &Value, properties: &Map<String, Value>) -> TokenStream {
        let required = node.get("required").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let properties = properties.iter().map(|(name, node)| {
            let key = (schema.to_owned(), name.clone());
            let aliases = self.marks.aliases.get(&key).into_iter().flatten();
            let reading = match self.marks.lenient.get(&key) {
                None => quote!(Strict),
                Some(Reader::NullIsEmpty) => quote!(NullIsEmpty),
                Some(Reader::Loose { or_absent: true, .. }) => quote!(OrAbsent),
                Some(Reader::Loose { .. }) => quote!(Loose),
            };
            let sends_null =
                allows_null(self.document, &self.document["components"]["schemas"][schema]["properties"][name]);
            let length = option(self.marks.lengths.get(&key).map(|(least, most)| quote!((#least, #most))));
            let (required, shape) = (required.iter().any(|one| one == name), self.shape(node));
            quote! {
                crate::model::table::Property {
                    name: #name,
                    aliases: &[#(#aliases),*],
                    required: #required,
                    reading: crate::model::table::Reading::#reading,
                    sends_null: #sends_null,
                    length: #length,
                    shape: #shape,
                }
            }
        });
        quote!(Object(&[#(#properties),*]))
    }

    /// Returns the description of a schema: a `Shape`, which is a kind of value and whether null is allowed.
    fn shape(&self, node: &Value) -> TokenStream {
        if let Some(name) = schema_name(node) {
            // By reference, since a schema may contain itself.
            let ident = format_ident!("{}", names::pascal(name));
            let nullable = is_nullable(node) || is_nullable(&self.spec["components"]["schemas"][name]);
            let module = self.module;
            return shape_of(&quote!(Component(&#module::schemas::#ident)), nullable);
        }
        let text = |key: &str| node.get(key).and_then(Value::as_str);
        // Compositions are `Any`: without types there is no way to say which member a value belongs to.
        let is_choice = ["allOf", "anyOf", "oneOf", "not"].iter().any(|key| node.get(key).is_some());
        let kind = match text("type").filter(|_| !is_choice) {
            Some("boolean") => quote!(Boolean),
            Some("integer") => integer(text("format").unwrap_or_default()),
            Some("number") => quote!(Number),
            Some("string") => match text("format") {
                Some("date-time") => quote!(Time),
                Some("date") => quote!(Date),
                _ => quote!(Text),
            },
            Some("array") => {
                let items = self.shape(node.get("items").unwrap_or(&Value::Null));
                quote!(List(&#items))
            }
            Some("object") => {
                // `additionalProperties` may be `true` or `{}`, which is a map of anything.
                let values = entries(node, "additionalProperties");
                let values = if values.is_empty() { &Value::Null } else { &node["additionalProperties"] };
                let values = self.shape(values);
                quote!(Map(&#values))
            }
            _ => quote!(Any),
        };
        shape_of(&kind, is_nullable(node))
    }
}

/// Returns the description of an integer. Without a format, typify writes an `i64`.
fn integer(format: &str) -> TokenStream {
    let (signed, bits) = match format.strip_prefix("uint") {
        Some(bits) => (false, bits),
        None => (true, format.strip_prefix("int").unwrap_or_default()),
    };
    let bits: u32 = bits.parse().ok().filter(|bits| [8, 16, 32, 64].contains(bits)).unwrap_or(64);
    quote!(Integer { bits: #bits, signed: #signed })
}

/// Returns a `Shape` of this kind.
fn shape_of(kind: &TokenStream, nullable: bool) -> TokenStream {
    quote!(crate::model::table::Shape { kind: crate::model::table::Kind::#kind, nullable: #nullable })
}

/// Returns whether a schema allows null in the author's spec. The prepared spec allows it for all optional properties.
fn allows_null(document: &Value, node: &Value) -> bool {
    let of = underlying(document, node).unwrap_or(node);
    is_nullable(node) || is_nullable(of) || beside_null(node).is_some() || beside_null(of).is_some()
}

/// Returns whether a schema allows null.
fn is_nullable(node: &Value) -> bool {
    node.get("nullable") == Some(&Value::Bool(true))
}
