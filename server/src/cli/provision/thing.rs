//! What a file changes of one thing, by the names of its fields.

use domain::form::Invalid;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

pub(super) trait Thing: Clone + Serialize + DeserializeOwned {
    const KIND: &'static str;
    /// Its table in the file.
    const TABLE: &'static str;
    /// The field by which it is known.
    const KEY: &'static str;
    fn key(&self) -> &str;
    /// As it is stored: every field checked and spelled in one way.
    fn checked(&self) -> Result<Self, Invalid>;
}

/// `wanted` with what it leaves out, and the fields that differ from what is stored.
pub(super) fn compare<T: Thing>(wanted: &T, stored: Option<&T>) -> anyhow::Result<(T, Vec<String>)> {
    let mut whole = stored.map(fields).transpose()?.unwrap_or_default();
    let before = whole.clone();
    let given = fields(wanted)?.into_iter().filter(|(_, value)| !value.is_null());
    whole.extend(given);
    let whole: T = serde_json::from_value(Value::Object(whole))?;
    let whole = whole.checked()?;
    let changed = fields(&whole)?.into_iter();
    let changed = changed.filter(|(field, value)| before.get(field).unwrap_or(&Value::Null) != value);
    Ok((whole, changed.map(|(field, _)| field).collect()))
}

fn fields<T: Serialize>(thing: &T) -> serde_json::Result<Map<String, Value>> {
    serde_json::from_value(serde_json::to_value(thing)?)
}

const SEVERAL: &str = "several have this name, so the file cannot mean one: keep one";

/// The one with this key. Of several, as there may be of tokens, the first that is as the file says already.
///
/// # Errors
/// There are several, and none is as the file says.
pub(super) fn find<'a, I: Copy, T: Thing>(
    all: &'a [(I, T)],
    wanted: &T,
) -> anyhow::Result<Option<(I, &'a T)>> {
    let found: Vec<_> = with_key(all, wanted.key()).collect();
    if found.len() < 2 {
        return Ok(found.first().copied());
    }
    for (id, thing) in found {
        if compare(wanted, Some(thing))?.1.is_empty() {
            return Ok(Some((id, thing)));
        }
    }
    anyhow::bail!(SEVERAL)
}

/// # Errors
/// Several have this key, so that nobody knows which of them is to change.
pub(super) fn only_one<I: Copy, T: Thing>(all: &[(I, T)], key: &str) -> anyhow::Result<()> {
    anyhow::ensure!(with_key(all, key).count() < 2, SEVERAL);
    Ok(())
}

fn with_key<'a, I: Copy, T: Thing>(all: &'a [(I, T)], key: &str) -> impl Iterator<Item = (I, &'a T)> {
    all.iter()
        .filter(move |(_, thing)| thing.key() == key)
        .map(|(id, thing)| (*id, thing))
}

pub(super) fn text(field: &Option<String>) -> String {
    field.clone().unwrap_or_default()
}

pub(super) fn filled(field: &Option<String>) -> Option<String> {
    field.clone().filter(|text| !text.is_empty())
}

/// Each once, in one order.
pub(super) fn sorted(names: &Option<Vec<String>>) -> Vec<String> {
    let mut names = names.clone().unwrap_or_default();
    names.sort_unstable();
    names.dedup();
    names
}
