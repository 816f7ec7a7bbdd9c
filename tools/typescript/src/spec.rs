//! Answers what the writers ask of a spec.

use std::collections::BTreeSet;

use serde_json::Value;
use unloc_codegen::envelopes::{self, Unwrapped};
use unloc_codegen::prepare::{Prepared, RULES, prepare};
use unloc_codegen::shapes::Shapes;
use unloc_spec::schemas::Schemas;
use unloc_spec::{
    Client, Document, Error, Operation, Position, RawOperation, beside_null, entries, escape, reached, underlying,
};

use crate::names;
use crate::text::safe;

/// Holds a spec, and what the bindings make of it.
pub(crate) struct Spec<'a> {
    pub(crate) document: &'a Document,
    prepared: Prepared,
    pub(crate) operations: Vec<Operation>,
    pub(crate) clients: Vec<Client>,
    /// Holds the schemas that responses can contain.
    responses: BTreeSet<String>,
    /// Holds the names of all parameters and properties.
    named: BTreeSet<String>,
}

/// Says what a property or parameter can be besides its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Presence {
    pub(crate) required: bool,
    pub(crate) nullable: bool,
}

impl<'a> Spec<'a> {
    /// Reads a document.
    pub(crate) fn of(document: &'a Document) -> Result<Self, Vec<Error>> {
        let mut operations = Operation::all(document)?;
        operations.sort_by_key(|operation| document.position(&operation.pointer));
        // The path of the module is part of generated Rust only.
        let prepared = prepare(RULES, &document.value, "types");
        let parts = RawOperation::all(&prepared.spec).filter_map(|operation| operation.value.get("responses"));
        let found = reached(&prepared.spec, parts);
        let responses = found.into_iter().filter_map(|pointer| pointer.strip_prefix("/components/schemas/"));
        let responses = responses.map(str::to_owned).collect();
        let mut clients = Client::all(&document.value);
        clients.sort_by_key(|client| document.position(&format!("/x-clients/{}", escape(&client.name))));
        let parameters = operations.iter().flat_map(|operation| &operation.parameters);
        let mut named: BTreeSet<_> = parameters.map(|parameter| parameter.name.clone()).collect();
        for (_, schema) in Schemas::of(&document.value).all() {
            named.extend(entries(schema, "properties").into_keys().map(str::to_owned));
        }
        Ok(Self { document, prepared, operations, clients, responses, named })
    }

    /// Returns a text that names functions of the SDK, with their names in TypeScript: `wait_for_key` is `waitForKey`.
    pub(crate) fn text(&self, text: &str) -> String {
        let is_own = |name: &str| self.named.contains(name);
        let is_function = |name: &str| {
            let letters = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            letters && name.split('_').count() > 1 && name.split('_').all(|part| !part.is_empty())
        };
        let parts = text.split('`').enumerate().map(|(place, part)| {
            // Every second part is code. A name of the spec stays as it is sent.
            let is_renamed = place % 2 == 1 && is_function(part) && !is_own(part);
            if is_renamed { names::camel(part) } else { part.to_owned() }
        });
        safe(&parts.collect::<Vec<_>>().join("`"))
    }

    /// Returns the operations that a client offers, in the order of the file.
    pub(crate) fn offered(&self, client: &Client) -> impl Iterator<Item = &Operation> {
        self.operations.iter().filter(move |operation| operation.client.as_ref() == Some(client))
    }

    /// Returns a component schema, or null.
    pub(crate) fn component(&self, schema: &str) -> &'a Value {
        let pointer = format!("/components/schemas/{}", escape(schema));
        self.document.value.pointer(&pointer).unwrap_or(&Value::Null)
    }

    /// Returns a component schema as the bindings read it, or null.
    fn prepared(&self, schema: &str) -> &Value {
        self.prepared.spec.pointer(&format!("/components/schemas/{}", escape(schema))).unwrap_or(&Value::Null)
    }

    /// Returns the schemas that callers see, in the order of the file.
    pub(crate) fn schemas(&self) -> Vec<(&'a str, &'a Value)> {
        let hidden = envelopes::unwrapped(&self.prepared.spec, &self.prepared.marks, &self.operations);
        let all = self.document.value.get("components").map(|components| entries(components, "schemas"));
        // `prepare` drops what no operation uses, and the schemas of errors.
        let is_seen = |name: &str| !self.prepared(name).is_null() && !hidden.contains(name);
        let mut seen: Vec<_> = all.into_iter().flatten().filter(|(name, _)| is_seen(name)).collect();
        seen.sort_by_key(|(name, _)| self.position(&format!("/components/schemas/{}", escape(name))));
        seen
    }

    /// Returns the properties of a schema in the order of the file. `pointer` leads to the schema.
    pub(crate) fn properties<'n>(&self, node: &'n Value, pointer: &str) -> Vec<(&'n str, &'n Value)> {
        let mut properties: Vec<_> = entries(node, "properties").into_iter().collect();
        properties.sort_by_key(|(name, _)| self.position(&format!("{pointer}/properties/{}", escape(name))));
        properties
    }

    fn position(&self, pointer: &str) -> Option<Position> {
        self.document.position(pointer)
    }

    /// Returns how the response of an operation is unwrapped.
    pub(crate) fn unwrapped<'o>(&'o self, operation: &'o Operation) -> Option<Unwrapped<'o>> {
        envelopes::of(&self.prepared.spec, &self.prepared.marks, operation)
    }

    /// Returns what describes the schemas.
    pub(crate) fn shapes(&self) -> Shapes<'_> {
        Shapes { document: &self.document.value, spec: &self.prepared.spec, marks: &self.prepared.marks }
    }

    /// Returns whether no response can contain a schema.
    pub(crate) fn is_request_only(&self, schema: &str) -> bool {
        !self.responses.contains(schema)
    }

    /// Returns whether a property of a component is always there, and whether it can be null.
    ///
    /// What a response can contain is read with the tolerances of the bindings: they leave out a property that is null,
    /// and so never require one that is nullable.
    pub(crate) fn presence(&self, schema: &str, property: &str) -> Presence {
        let written = self.component(schema);
        if self.is_request_only(schema) {
            return presence(written, property);
        }
        let Presence { required, nullable } = presence(self.prepared(schema), property);
        Presence { required, nullable: required && nullable }
    }

    /// Returns the flat properties of an operation's request body, or `None` if it is no object or there is none.
    ///
    /// The calls without types take a composed body as one value, too.
    pub(crate) fn flat_body<'o>(&self, operation: &'o Operation) -> Option<(&'o str, &'a Value)> {
        let (schema, _) = operation.body.as_ref()?;
        let node = underlying(&self.document.value, self.component(schema))?;
        node.get("properties").map(|_| (schema.as_str(), node))
    }

    /// Returns the properties of the flat request body of an operation, with whether each is required.
    pub(crate) fn body_properties(&self, operation: &Operation) -> Vec<(&'a str, &'a Value, bool)> {
        let Some((schema, node)) = self.flat_body(operation) else { return Vec::new() };
        let owner = self.owner(schema);
        let pointer = format!("/components/schemas/{}", escape(owner));
        let properties = self.properties(node, &pointer).into_iter();
        properties.map(|(name, property)| (name, property, self.presence(owner, name).required)).collect()
    }

    /// Returns the schema at the end of a chain of references.
    fn owner<'s>(&self, schema: &'s str) -> &'s str
    where
        'a: 's,
    {
        let mut schema = schema;
        // `underlying` has ended before, so the chain is no circle.
        while let Some(next) = unloc_spec::schema_name(self.component(schema)) {
            schema = next;
        }
        schema
    }
}

/// Returns what an object schema says of one of its properties.
pub(crate) fn presence(object: &Value, property: &str) -> Presence {
    let listed = object.get("required").and_then(Value::as_array);
    let required = listed.is_some_and(|names| names.iter().any(|name| name == property));
    let node = object.get("properties").and_then(|properties| properties.get(property));
    Presence { required, nullable: node.is_some_and(admits_null) }
}

/// Returns whether a schema itself allows null, apart from the schemas that it refers to.
pub(crate) fn admits_null(node: &Value) -> bool {
    // Keys beside a reference have no effect (OpenAPI 3.0.3, 4.7.23).
    let is_flagged = node.get("nullable") == Some(&Value::Bool(true)) && unloc_spec::reference(node).is_none();
    is_flagged || beside_null(node).is_some()
}
