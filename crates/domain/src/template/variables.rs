//! The variables of a template's text: `{{1}}` or `{{first_name}}`.

use std::collections::HashSet;

/// The variables in the order of their values: numbers by their value, names as they first stand in the text.
pub(super) fn variables(text: &str) -> Vec<String> {
    let (mut found, mut known) = (Vec::new(), HashSet::new());
    for (_, variable) in parts(text) {
        if let Some(variable) = variable
            && known.insert(variable)
        {
            found.push(variable.to_owned());
        }
    }
    if found.iter().all(|variable: &String| is_number(variable)) {
        found.sort_by_key(|variable| variable.parse::<u32>().unwrap_or(u32::MAX));
    }
    found
}

/// The text with the variables that have a value replaced; the others stay as they are.
pub(super) fn filled<'v>(text: &str, value: impl Fn(&str) -> Option<&'v str>) -> String {
    let mut filled = String::new();
    for (before, variable) in parts(text) {
        filled.push_str(before);
        if let Some(variable) = variable {
            match value(variable) {
                Some(value) => filled.push_str(value),
                None => filled.push_str(&format!("{{{{{variable}}}}}")),
            }
        }
    }
    filled
}

pub(super) fn is_number(variable: &str) -> bool {
    variable.bytes().all(|byte| byte.is_ascii_digit())
}

/// The text between variables, each with the variable that follows it.
fn parts(text: &str) -> Vec<(&str, Option<&str>)> {
    let mut parts = Vec::new();
    let (mut rest, mut from) = (text, 0);
    while let Some(at) = rest[from..].find("{{").map(|at| at + from) {
        let inner = &rest[at + 2..];
        // Not to the end of the text each time: it may consist of braces.
        let end = inner
            .find(|c: char| !is_of_name(c) && c != ' ')
            .unwrap_or(inner.len());
        let name = inner[..end].trim();
        if inner[end..].starts_with("}}") && is_name(name) {
            parts.push((&rest[..at], Some(name)));
            rest = &inner[end + 2..];
            from = 0;
        } else {
            // Braces that are part of the text.
            from = at + 1;
        }
    }
    parts.push((rest, None));
    parts
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(is_of_name)
}
