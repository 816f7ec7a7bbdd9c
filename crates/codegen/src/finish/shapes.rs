//! What operations take and give, as data: the same that the generator makes types of, with the marks that the finishing
//! passes put on those.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::{Map, Value};
use syn::{Item, parse_quote};
use unloc_spec::{Operation, Pagination, RawOperation, entries, resolve, schema_name};

use super::Around;
use crate::names;
use crate::prepare::{Marks, Reader, schemas};

pub(super) fn items(module: &syn::Path, around: &Around<'_>) -> Vec<Item> {
    let shapes = Shapes { module, spec: around.spec, marks: around.marks };
    let responses: Vec<_> =
        around.operations.iter().map(|operation| shapes.content(operation, "responses/200")).collect();
    let mut reached = BTreeSet::new();
    let mut tables = Vec::new();
    for (operation, response) in around.operations.iter().zip(&responses) {
        let constant = format_ident!("{}", names::constant(operation));
        let parameters = shapes.parameters(operation, &mut reached);
        let mut shape = |node: Option<&Value>| {
            let node = node?;
            reached.extend(schemas(around.spec, [node]));
            Some(shapes.shape(node))
        };
        let body = option(shape(shapes.content(operation, "requestBody")));
        let response = option(shape(*response));
        let paging = option(operation.pagination.as_ref().map(|Pagination { items, cursor, size }| {
            quote!(crate::model::table::Paging { items: #items, cursor: #cursor, size: #size })
        }));
        tables.push(quote! {
            crate::model::table::Table {
                operation: &#module::operations::#constant,
                parameters: &[#(#parameters),*],
                body: #body,
                response: #response,
                paging: #paging,
            }
        });
    }
    let statics = reached.iter().map(|name| {
        let (ident, shape) = (format_ident!("{}", names::pascal(name)), shapes.component(name));
        quote! {
            pub(crate) static #ident: crate::model::table::Component = crate::model::table::Component { name: #name, shape: #shape };
        }
    });
    let typed = around.operations.iter().filter_map(|operation| {
        let (constant, rust) = (format_ident!("{}", names::constant(operation)), shapes.rust(operation)?);
        Some(quote!((&#module::operations::#constant, crate::http::decode::table::tests::typed::<#rust>)))
    });
    vec![
        parse_quote! {
            /// The schemas of what operations take and give, by their names as types.
            #[allow(non_upper_case_globals)]
            pub(crate) mod schemas {
                #(#statics)*
            }
        },
        parse_quote! {
            /// What all operations take and give, in the order of their paths.
            pub(crate) static TABLES: &[crate::model::table::Table] = &[#(#tables),*];
        },
        parse_quote! {
            /// How the types read each response.
            #[cfg(test)]
            pub(crate) static TYPED: &[(&crate::model::Operation, crate::http::decode::table::tests::Typed)] = &[#(#typed),*];
        },
    ]
}

fn option(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(::std::option::Option::Some(#value)),
        None => quote!(::std::option::Option::None),
    }
}

struct Shapes<'a> {
    module: &'a syn::Path,
    /// The spec that the types are made from.
    spec: &'a Value,
    marks: &'a Marks,
}

impl<'a> Shapes<'a> {
    /// The schema of what an operation takes, or gives.
    fn content(&self, operation: &Operation, part: &str) -> Option<&'a Value> {
        let holder = self.spec.pointer(&format!("{}/{part}", operation.pointer))?;
        resolve(self.spec, holder)?.pointer("/content/application~1json/schema")
    }

    /// The type that a response is read as.
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

    /// A component by what it is, and not by its name.
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
        made(&kind, is_nullable(node))
    }

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
            let (required, shape) = (required.iter().any(|one| one == name), self.shape(node));
            quote! {
                crate::model::table::Property {
                    name: #name,
                    aliases: &[#(#aliases),*],
                    required: #required,
                    reading: crate::model::table::Reading::#reading,
                    shape: #shape,
                }
            }
        });
        quote!(Object(&[#(#properties),*]))
    }

    fn shape(&self, node: &Value) -> TokenStream {
        if let Some(name) = schema_name(node) {
            let ident = format_ident!("{}", names::pascal(name));
            let nullable = is_nullable(node) || is_nullable(&self.spec["components"]["schemas"][name]);
            let module = self.module;
            return made(&quote!(Component(&#module::schemas::#ident)), nullable);
        }
        let text = |key: &str| node.get(key).and_then(Value::as_str);
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
                let values = entries(node, "additionalProperties");
                let values = if values.is_empty() { &Value::Null } else { &node["additionalProperties"] };
                let values = self.shape(values);
                quote!(Map(&#values))
            }
            _ => quote!(Any),
        };
        made(&kind, is_nullable(node))
    }
}

fn integer(format: &str) -> TokenStream {
    let (signed, bits) = match format.strip_prefix("uint") {
        Some(bits) => (false, bits),
        None => (true, format.strip_prefix("int").unwrap_or_default()),
    };
    let bits: u32 = bits.parse().ok().filter(|bits| [8, 16, 32, 64].contains(bits)).unwrap_or(64);
    quote!(Integer { bits: #bits, signed: #signed })
}

fn made(kind: &TokenStream, nullable: bool) -> TokenStream {
    quote!(crate::model::table::Shape { kind: crate::model::table::Kind::#kind, nullable: #nullable })
}

fn is_nullable(node: &Value) -> bool {
    node.get("nullable") == Some(&Value::Bool(true))
}
