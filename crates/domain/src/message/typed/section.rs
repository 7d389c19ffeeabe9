//! The rows of a list, as typed.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedSection {
    pub title: String,
    pub rows: Vec<TypedRow>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedRow {
    pub title: String,
    pub description: String,
}

impl Default for TypedSection {
    fn default() -> Self {
        Self {
            title: String::new(),
            rows: vec![TypedRow::default()],
        }
    }
}
