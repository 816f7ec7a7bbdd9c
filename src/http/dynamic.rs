//! Builds requests, and takes values out of responses, without types: by the table of the operation.

mod write;

use ::http::Method;
use serde_json::{Map, Value};
use url::Url;

use crate::error::Unbuilt;
use crate::http::path;
use crate::http::request::Request;
use crate::model::table::{Kind, Parameter, Place, Shape, Table, Unwrapped};
use crate::model::{Cursor, Page};
use write::{shown, write};

/// Names the argument for a request body that is no object.
const BODY: &str = "body";

/// Returns the request of a call. `filled_in` are the parameters that the client knows, by their names.
pub(crate) fn request(
    table: &Table,
    base: &Url,
    filled_in: &[(&'static str, String)],
    mut arguments: Map<String, Value>,
) -> Result<Request<Value>, Unbuilt> {
    if let Some(paging) = &table.paging {
        // As the builders do: without a limit, it is not documented whether the service cuts the list.
        arguments.entry(paging.limit).or_insert_with(|| paging.size.into());
    }
    let mut values = Vec::new();
    let mut missing = Vec::new();
    for parameter in table.parameters {
        let own = filled_in.iter().find(|(name, _)| parameter.filled_in && *name == parameter.name);
        let value = match own {
            Some((_, value)) => Some(Value::from(value.as_str())),
            None => arguments.remove(parameter.name),
        };
        match value {
            Some(value) => values.push((parameter, write(parameter.name, &parameter.shape, value).map_err(Unbuilt)?)),
            None if parameter.required => missing.push(parameter.name),
            None => {}
        }
    }
    let body = body(table.body.as_ref(), &mut arguments, &mut missing);
    refuse(table, &missing, &arguments)?;
    let body = match (table.body.as_ref(), body) {
        (Some(shape), Some(value)) => Some(write("", shape, value).map_err(Unbuilt)?),
        _ => None,
    };
    send_as(table, base, &values, body)
}

/// Returns the request of these values, by the same functions as the builders.
fn send_as(
    table: &Table,
    base: &Url,
    values: &[(&Parameter, Value)],
    body: Option<Value>,
) -> Result<Request<Value>, Unbuilt> {
    let texts: Vec<_> = values.iter().map(|(parameter, value)| (*parameter, shown(value))).collect();
    let of = |place| texts.iter().filter(move |(parameter, _)| parameter.place == place);
    let in_path: Vec<(&str, &dyn std::fmt::Display)> =
        of(Place::Path).map(|(parameter, text)| (parameter.name, text as &dyn std::fmt::Display)).collect();
    let method = Method::from_bytes(table.operation.method.as_bytes());
    let method = method.map_err(|error| Unbuilt(error.to_string()))?;
    let mut request = Request::new(method, path::url(base, table.operation, &in_path)?);
    if table.response.is_some() {
        request.accept_json();
    }
    for (parameter, value) in values.iter().filter(|(parameter, _)| parameter.place == Place::Query) {
        request.query(parameter.name, value)?;
    }
    for (parameter, text) in of(Place::Header) {
        request.header(parameter.name, parameter.name, text)?;
    }
    match body {
        Some(body) => request.json(body),
        None => Ok(request.with(Value::Null)),
    }
}

/// Takes the body out of the arguments: the properties of an object, or the argument `body`.
fn body(shape: Option<&Shape>, arguments: &mut Map<String, Value>, missing: &mut Vec<&str>) -> Option<Value> {
    let Some(properties) = object(shape?) else {
        let body = arguments.remove(BODY);
        if body.is_none() {
            missing.push(BODY);
        }
        return body;
    };
    let mut body = Map::new();
    for property in properties {
        match arguments.remove(property.name) {
            Some(value) => _ = body.insert(property.name.to_owned(), value),
            None if property.required => missing.push(property.name),
            None => {}
        }
    }
    Some(body.into())
}

/// Returns the properties of an object.
fn object(shape: &Shape) -> Option<&'static [crate::model::table::Property]> {
    match shape.kind {
        Kind::Object(properties) => Some(properties),
        Kind::Component(component) => object(&component.shape),
        _ => None,
    }
}

/// Refuses missing arguments, and those that the operation does not have.
fn refuse(table: &Table, missing: &[&str], unknown: &Map<String, Value>) -> Result<(), Unbuilt> {
    let quoted =
        |names: &mut dyn Iterator<Item = &str>| names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if let Some(name) = unknown.keys().next() {
        let parameters =
            table.parameters.iter().filter(|parameter| !parameter.filled_in).map(|parameter| parameter.name);
        let properties = match table.body.as_ref().map(|shape| (object(shape), BODY)) {
            Some((Some(properties), _)) => properties.iter().map(|property| property.name).collect(),
            Some((None, body)) => vec![body],
            None => vec![],
        };
        let known = quoted(&mut parameters.chain(properties));
        let known = if known.is_empty() { "it takes none".to_owned() } else { format!("it takes {known}") };
        return Err(Unbuilt(format!("`{name}` is no argument of this operation: {known}")));
    }
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Unbuilt(format!("required, and not set: {}", quoted(&mut missing.iter().copied()))))
    }
}

/// Returns what callers get of a decoded response: a list with a cursor as `{"items": […], "cursor": "…"}`.
pub(crate) fn value(table: &Table, mut response: Value) -> Value {
    let Some(Unwrapped { property, cursor, is_list }) = table.unwrapped else { return response };
    if is_list && cursor.is_some() {
        // Serializing a page of JSON cannot fail.
        return page(table, response).map(|page| serde_json::to_value(page).unwrap_or_default()).unwrap_or_default();
    }
    match response.get_mut(property).map(Value::take) {
        Some(value) => value,
        None if is_list => Value::Array(Vec::new()),
        None => Value::Null,
    }
}

/// Returns the page of a decoded response, if the operation lists something.
pub(crate) fn page(table: &Table, mut response: Value) -> Option<Page<Value>> {
    let Some(Unwrapped { property, cursor, is_list: true }) = table.unwrapped else { return None };
    let cursor = cursor.and_then(|cursor| Some(Cursor::from(response.get(cursor)?.as_str()?)));
    // A list is decoded to an array, and left out if it is empty.
    let items = match response.get_mut(property).map(Value::take) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    };
    Some(Page::new(items, cursor))
}

/// Returns the page of a decoded response with only the properties that the spec knows.
pub(crate) fn known_page(table: &Table, response: Value) -> Page<Value> {
    let response = table.response.as_ref().map(|shape| known(shape, response)).unwrap_or_default();
    page(table, response).unwrap_or_else(|| Page::new(Vec::new(), None))
}

/// Returns the part of a decoded value that its shape describes.
pub(crate) fn known(shape: &Shape, value: Value) -> Value {
    match (shape.kind, value) {
        (Kind::Component(component), value) => known(&component.shape, value),
        (Kind::List(items), Value::Array(list)) => list.into_iter().map(|item| known(items, item)).collect(),
        (Kind::Map(values), Value::Object(map)) => {
            map.into_iter().map(|(name, value)| (name, known(values, value))).collect()
        }
        (Kind::Object(properties), Value::Object(mut object)) => {
            let kept = properties.iter().filter_map(|property| {
                Some((property.name.to_owned(), known(&property.shape, object.remove(property.name)?)))
            });
            kept.collect()
        }
        (_, value) => value,
    }
}
