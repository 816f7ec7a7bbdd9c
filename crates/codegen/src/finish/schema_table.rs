//! Writes the schemas of requests and responses as static data.
//!
//! The data describes the same prepared spec from which progenitor generates the types, with the marks that the
//! finishing passes put on those. Nothing of progenitor's output is changed here.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Item, parse_quote};
use unloc_spec::{Operation, Pagination, RawOperation, RequiredFilter, resolve, schema_name};

use super::Context;
use super::envelopes::Unwrapped;
use crate::names;
use crate::prepare::{Reader, schemas};
use crate::shapes::{Kind, Property, Shape, Shapes};

/// Returns the tables of one API.
pub(super) fn items(module: &syn::Path, context: &Context<'_>) -> Vec<Item> {
    let shapes = Shapes { document: &context.document.value, spec: context.spec, marks: context.marks };
    let table = Schemas { module, shapes };
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
            Some(table.tokens(&table.shapes.shape(node)))
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
        let filter = option(operation.required_filter.as_ref().map(|RequiredFilter { parameters, all }| {
            quote!(crate::model::table::Filter { parameters: &[#(#parameters),*], all: #all })
        }));
        tables.push(quote! {
            crate::model::table::Table {
                operation: &#module::operations::#constant,
                parameters: &[#(#parameters),*],
                body: #body,
                response: #response,
                unwrapped: #unwrapped,
                paging: #paging,
                filter: #filter,
            }
        });
    }
    let statics = reached.iter().map(|name| {
        let (ident, shape) = (format_ident!("{}", names::pascal(name)), table.tokens(&table.shapes.component(name)));
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
    shapes: Shapes<'a>,
}

impl<'a> Schemas<'a> {
    /// Returns the schema of an operation's request or response.
    fn content(&self, operation: &Operation, part: &str) -> Option<&'a Value> {
        let spec = self.shapes.spec;
        let holder = spec.pointer(&format!("{}/{part}", operation.pointer))?;
        resolve(spec, holder)?.pointer("/content/application~1json/schema")
    }

    /// Returns the type that a response is decoded into.
    fn rust(&self, operation: &Operation) -> Option<syn::Type> {
        let name = schema_name(self.content(operation, "responses/200")?)?;
        let ident = format_ident!("{}", names::pascal(name));
        Some(match self.shapes.marks.replaced.get(name) {
            Some(rust) => syn::parse_str(rust).ok()?,
            None => {
                let module = self.module;
                parse_quote!(#module::types::#ident)
            }
        })
    }

    /// Returns the descriptions of an operation's parameters. Adds the components that these use to `reached`.
    fn parameters(&self, operation: &Operation, reached: &mut BTreeSet<String>) -> Vec<TokenStream> {
        let raw = RawOperation::find(self.shapes.spec, &operation.path, operation.method);
        let written = raw.map(|raw| raw.parameters(self.shapes.spec)).unwrap_or_default();
        let mut found = Vec::new();
        for parameter in &operation.parameters {
            let is_it = |name: &str, place: &str| name == parameter.name && place == parameter.place;
            let own = written
                .iter()
                .find(|at| is_it(at.text("name").unwrap_or_default().trim(), at.text("in").unwrap_or_default().trim()));
            let schema = own.and_then(|at| at.value.get("schema")).unwrap_or(&Value::Null);
            reached.extend(schemas(self.shapes.spec, [schema]));
            let (name, required, filled_in) = (&parameter.name, parameter.required, operation.is_filled_in(parameter));
            let (place, shape) =
                (format_ident!("{}", names::pascal(&parameter.place)), self.tokens(&self.shapes.shape(schema)));
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

    /// Returns a `Shape` as tokens.
    fn tokens(&self, shape: &Shape) -> TokenStream {
        let kind = match &shape.kind {
            Kind::Any => quote!(Any),
            Kind::Boolean => quote!(Boolean),
            Kind::Integer { bits, signed } => quote!(Integer { bits: #bits, signed: #signed }),
            Kind::Number => quote!(Number),
            Kind::Text => quote!(Text),
            Kind::Time => quote!(Time),
            Kind::Date => quote!(Date),
            Kind::Sensitive(name) => {
                let name = format_ident!("{name}");
                quote!(Sensitive(crate::model::operation::Sensitive::#name))
            }
            Kind::Choice { values, case_insensitive } => {
                quote!(Choice { values: &[#(#values),*], case_insensitive: #case_insensitive })
            }
            Kind::List(items) => {
                let items = self.tokens(items);
                quote!(List(&#items))
            }
            Kind::Map(values) => {
                let values = self.tokens(values);
                quote!(Map(&#values))
            }
            Kind::Object(properties) => {
                let properties = properties.iter().map(|property| self.property(property));
                quote!(Object(&[#(#properties),*]))
            }
            Kind::Component(name) => {
                let (module, ident) = (self.module, format_ident!("{}", names::pascal(name)));
                quote!(Component(&#module::schemas::#ident))
            }
        };
        let nullable = shape.nullable;
        quote!(crate::model::table::Shape { kind: crate::model::table::Kind::#kind, nullable: #nullable })
    }

    fn property(&self, property: &Property) -> TokenStream {
        let Property { name, aliases, required, reader, sends_null, length, shape } = property;
        let reading = match reader {
            None => quote!(Strict),
            Some(Reader::NullIsEmpty) => quote!(NullIsEmpty),
            Some(Reader::Loose { or_absent: true, .. }) => quote!(OrAbsent),
            Some(Reader::Loose { .. }) => quote!(Loose),
        };
        let (length, shape) = (option(length.map(|(least, most)| quote!((#least, #most)))), self.tokens(shape));
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
    }
}
