//! Words of closed sets, such as a session's state, as they are stored.

use crate::{Error, Result};
use std::{any::type_name, str::FromStr};

/// Parses a stored word.
///
/// # Errors
/// [`Error::Corrupt`] for a word that this version does not know: a guess could change its meaning.
pub(crate) fn stored<T: FromStr>(word: &str) -> Result<T> {
    let name = type_name::<T>().rsplit("::").next().unwrap_or_default();
    word.parse()
        .map_err(|_| Error::Corrupt(format!("{name} {word:?}")))
}
