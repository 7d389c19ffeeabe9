//! The text of a form as a tree of texts: `a=1`, `form[name]=x` and `form[members][]=y`.

use serde_json::{Map, Value};

pub(super) fn tree(text: &str) -> Value {
    let mut tree = Value::Object(Map::new());
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        *place(&mut tree, &name) = Value::String(value.into_owned());
    }
    tree
}

/// The place that a field's name means; nothing but the last value of a name stays, except in a list.
fn place<'t>(tree: &'t mut Value, name: &str) -> &'t mut Value {
    let mut at = tree;
    for part in name.split('[') {
        at = match part.strip_suffix(']').unwrap_or(part) {
            "" => {
                let list = as_list(at);
                list.push(Value::Null);
                let last = list.len() - 1;
                &mut list[last]
            }
            key => as_map(at).entry(key).or_insert(Value::Null),
        };
    }
    at
}

fn as_list(value: &mut Value) -> &mut Vec<Value> {
    if !value.is_array() {
        *value = Value::Array(Vec::new());
    }
    match value {
        Value::Array(list) => list,
        _ => unreachable!("it was made a list"),
    }
}

fn as_map(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    match value {
        Value::Object(map) => map,
        _ => unreachable!("it was made a map"),
    }
}
