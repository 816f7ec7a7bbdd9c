//! Builds requests, and takes values out of responses, without types: by the table of the operation.

mod write;

use std::collections::BTreeMap;

use ::http::Method;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use url::Url;

use crate::error::Unbuilt;
use crate::http::path;
use crate::http::request::{self, Request};
use crate::model::table::{Filter, Kind, Parameter, Place, Shape, Table, Unwrapped};
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
    let is_all = match table.filter.as_ref().and_then(|filter| Some((filter.all, arguments.remove(filter.all)?))) {
        None => false,
        Some((_, Value::Bool(all))) => all,
        Some((name, _)) => return Err(Unbuilt(format!("`{name}` must be true or false"))),
    };
    let mut values = Vec::new();
    let mut missing = Vec::new();
    for parameter in table.parameters {
        let own = filled_in.iter().find(|(name, _)| parameter.filled_in && *name == parameter.name);
        let value = match own {
            Some((_, text)) => Some(own_value(&parameter.shape, text)),
            None => arguments.remove(parameter.name),
        };
        match value {
            Some(value) => values.push((parameter, write(parameter.name, &parameter.shape, value).map_err(Unbuilt)?)),
            None if parameter.required => missing.push(parameter.name),
            None => {}
        }
    }
    if let Some(Filter { parameters, all }) = &table.filter {
        let set = |name: &&'static str| {
            let value = values.iter().find(|(parameter, _): &&(&Parameter, Value)| parameter.name == *name);
            (*name, value.map(|(_, value)| value.clone()).unwrap_or_default())
        };
        request::filter(is_all, all, &parameters.iter().map(set).collect::<Vec<_>>())?;
    }
    let body = body(table.body.as_ref(), &mut arguments, &mut missing);
    refuse(table, &missing, &arguments)?;
    let body = match (table.body.as_ref(), body) {
        (Some(shape), Some(value)) => {
            // The properties of an object are arguments by themselves, and its name is none.
            let name = if object(shape).is_some() { "" } else { BODY };
            Some(write(name, shape, value).map_err(Unbuilt)?)
        }
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
    let of = |place| values.iter().filter(move |(parameter, _)| parameter.place == place);
    let in_path = of(Place::Path).map(|(parameter, value)| Ok((parameter.name, shown(parameter.name, value)?)));
    let in_path = in_path.collect::<Result<Vec<_>, _>>().map_err(Unbuilt)?;
    let in_path: Vec<(&str, &dyn std::fmt::Display)> =
        in_path.iter().map(|(name, text)| (*name, text as &dyn std::fmt::Display)).collect();
    let method = Method::from_bytes(table.operation.method.as_bytes());
    let method = method.map_err(|error| Unbuilt(error.to_string()))?;
    let mut request = Request::new(method, path::url(base, table.operation, &in_path)?);
    if table.response.is_some() {
        request.accept_json();
    }
    for (parameter, value) in of(Place::Query) {
        request.query(parameter.name, value)?;
    }
    for (Parameter { name, .. }, value) in of(Place::Header) {
        let items = match value {
            // As in a query: a parameter that is not set, and one of that name for each item.
            Value::Null => &[],
            Value::Array(items) => items.as_slice(),
            value => std::slice::from_ref(value),
        };
        for item in items {
            request.header(name, name, &shown(name, item).map_err(Unbuilt)?)?;
        }
    }
    match body {
        Some(body) => request.json(body),
        None => Ok(request.with(Value::Null)),
    }
}

/// Returns the value of a parameter that the client fills in, which it keeps as a text.
fn own_value(shape: &Shape, text: &str) -> Value {
    match shape.kind {
        Kind::Component(component) => own_value(&component.shape, text),
        // Another text stays one, and is refused where it is written.
        Kind::Boolean | Kind::Integer { .. } | Kind::Number => parse(text).unwrap_or_else(|| text.into()),
        _ => text.into(),
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
        let all = table.filter.as_ref().map(|filter| filter.all);
        let known = quoted(&mut parameters.chain(all).chain(properties));
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
pub(crate) fn value(table: &Table, response: String) -> String {
    let Some(unwrapped) = &table.unwrapped else { return response };
    let Unwrapped { cursor, is_list, .. } = unwrapped;
    let (value, next) = unwrap(unwrapped, &response);
    // A list is decoded to an array, and left out if it is empty.
    let value = value.unwrap_or(if *is_list { "[]" } else { "null" });
    match (is_list & cursor.is_some(), next) {
        (false, _) => value.to_owned(),
        (true, None) => format!(r#"{{"items":{value}}}"#),
        (true, Some(next)) => format!(r#"{{"items":{value},"cursor":{next}}}"#),
    }
}

/// Returns the documented values of the property `state` of what callers get of a response.
pub(crate) fn states(table: &Table) -> &'static [&'static str] {
    let property = |shape: &Shape, name: &str| object(shape)?.iter().find(|property| property.name == name);
    let mut shape = table.response;
    if let Some(unwrapped) = &table.unwrapped {
        shape = shape.and_then(|shape| Some(property(&shape, unwrapped.property)?.shape));
    }
    let state = shape.and_then(|shape| Some(property(&shape, "state")?.shape));
    match state.map(|shape| match shape.kind {
        Kind::Component(component) => component.shape.kind,
        kind => kind,
    }) {
        Some(Kind::Choice { values, .. }) => values,
        _ => &[],
    }
}

/// Returns the page of a decoded response, with its items as JSON, if the operation lists something.
pub(crate) fn page(table: &Table, response: &str) -> Option<Page<String>> {
    let unwrapped = table.unwrapped.as_ref().filter(|unwrapped| unwrapped.is_list)?;
    let (items, next) = unwrap(unwrapped, response);
    let items: Vec<&RawValue> = items.and_then(parse).unwrap_or_default();
    let items = items.into_iter().map(|item| item.get().to_owned()).collect();
    Some(Page::new(items, next.and_then(parse::<String>).map(Cursor::from)))
}

/// Returns the value inside a decoded response, and the cursor of the next page, as JSON.
fn unwrap<'a>(unwrapped: &Unwrapped, response: &'a str) -> (Option<&'a str>, Option<&'a str>) {
    let properties: BTreeMap<String, &RawValue> = parse(response).unwrap_or_default();
    let get = |name: &str| properties.get(name).map(|value| value.get());
    // By the documents, the cursor of the last page is absent or "empty".
    let cursor = unwrapped.cursor.and_then(get).filter(|cursor| !matches!(*cursor, "null" | "\"\""));
    (get(unwrapped.property), cursor)
}

/// Parses JSON that was written here.
pub(crate) fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
    // As bytes, like every body: reading a `str` would compile the deserializers a second time.
    serde_json::from_slice(text.as_bytes()).ok()
}

/// Returns the page of a decoded response with only the properties that the spec knows.
pub(crate) fn known_page(table: &Table, response: &str) -> Page<Value> {
    let known = table.response.as_ref().and_then(|shape| Some(known(shape, parse(response)?))).unwrap_or_default();
    match page(table, &known.to_string()) {
        Some(page) => page.map(|item| parse(&item).unwrap_or_default()),
        None => Page::new(Vec::new(), None),
    }
}

/// Returns the part of a decoded value that its shape describes.
pub(crate) fn known(shape: &Shape, value: Value) -> Value {
    match (shape.kind, value) {
        (Kind::Component(component), value) => known(&component.shape, value),
        (Kind::List(items), Value::Array(list)) => list.into_iter().map(|item| known(items, item)).collect(),
        (Kind::Map(values), Value::Object(mut map)) => {
            for value in map.values_mut() {
                *value = known(values, value.take());
            }
            map.into()
        }
        (Kind::Object(properties), Value::Object(mut object)) => {
            let mut kept = Map::new();
            kept.extend(properties.iter().filter_map(|property| {
                Some((property.name.to_owned(), known(&property.shape, object.remove(property.name)?)))
            }));
            kept.into()
        }
        (_, value) => value,
    }
}

#[cfg(test)]
mod tests;
