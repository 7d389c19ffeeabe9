//! How the process' answers, events and embedded data are read: JSON and forms become a tree, and a type is read from
//! the tree. The browser has one reader of the text for all types, and a small one of the tree for each type; with
//! `serde_json` it would have a large one of the text for each type.

mod form;
mod tree;

pub use self::tree::NotUnderstood;

use self::tree::Node;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads a type from JSON. What `serde_json` reads, this reads as well, except for structs that are written as lists.
///
/// # Errors
/// The text is no JSON, or no such type.
pub fn read<T: DeserializeOwned>(json: &str) -> Result<T, NotUnderstood> {
    from_tree(&parse(json)?, false)
}

/// Reads a type from the text of a form, `a=1&form[name]=x&form[members][]=y`, as `serde_qs` does in the process.
///
/// # Errors
/// There is no such type in the form.
pub fn read_form<T: DeserializeOwned>(text: &str) -> Result<T, NotUnderstood> {
    from_tree(&form::tree(text), true)
}

fn parse(json: &str) -> Result<Value, NotUnderstood> {
    serde_json::from_str(json).map_err(|_| NotUnderstood)
}

fn from_tree<T: DeserializeOwned>(value: &Value, of_form: bool) -> Result<T, NotUnderstood> {
    T::deserialize(Node { value, of_form })
}

#[cfg(test)]
mod tests;
