//! Where a secret stands: the file of `switchboard apply` names it and never holds it.

use anyhow::Context as _;
use secrecy::SecretString;
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};
use std::{
    fmt,
    path::{Path, PathBuf},
};

const EXPECTED: &str = "{ env = \"NAME\" } or { file = \"path\" }";

/// `{ env = "NAME" }` or `{ file = "path" }`; a path is relative to the file that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    Env(String),
    File(PathBuf),
}

impl Reference {
    /// Reads the secret.
    ///
    /// # Errors
    /// It is missing or empty. The error names the place, never the secret.
    pub(super) fn read(&self, folder: &Path) -> anyhow::Result<SecretString> {
        let (text, place) = match self {
            Self::Env(name) => {
                let text = std::env::var(name).ok();
                let text = text.with_context(|| format!("the environment has no variable {name}: set it"))?;
                (text, name.clone())
            }
            Self::File(path) => {
                let path = folder.join(path);
                let place = path.display().to_string();
                let text = std::fs::read_to_string(&path)
                    .with_context(|| format!("{place} cannot be read: write the secret into it"))?;
                (text, place)
            }
        };
        let text = text.trim_end_matches(['\r', '\n']);
        anyhow::ensure!(!text.is_empty(), "{place} is empty: write the secret into it");
        Ok(text.to_owned().into())
    }
}

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        // Serde's own errors would repeat a secret that stands where its place should.
        from.deserialize_any(OneOfTwo).map_err(|_| {
            D::Error::custom(format!(
                "a secret does not stand here, only where it is: {EXPECTED}"
            ))
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    env: Option<String>,
    file: Option<PathBuf>,
}

struct OneOfTwo;

impl<'de> Visitor<'de> for OneOfTwo {
    type Value = Reference;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Reference, M::Error> {
        match Fields::deserialize(MapAccessDeserializer::new(map))? {
            Fields {
                env: Some(name),
                file: None,
            } => Ok(Reference::Env(name)),
            Fields {
                env: None,
                file: Some(path),
            } => Ok(Reference::File(path)),
            _ => Err(M::Error::custom(EXPECTED)),
        }
    }
}
