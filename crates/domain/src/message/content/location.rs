//! A place.

use serde::{Deserialize, Serialize, de::Error};

/// A place. An inbound one may lack any part.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ContentLocation))]
#[serde(deny_unknown_fields, default)]
pub struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<Degrees>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<Degrees>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The place's web page, as received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Degrees as a decimal number, with the sender's digits. Meta takes it as text; parsing also accepts a JSON number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, example = "50.0875"))]
pub struct Degrees(String);

impl Degrees {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As a person types it: with a decimal point or comma. It need not be a number ([`Self::is_within`]).
    pub fn typed(text: &str) -> Self {
        let text = text.trim();
        match text.contains('.') {
            true => Self(text.to_owned()),
            false => Self(text.replacen(',', ".", 1)),
        }
    }

    /// Whether the absolute value is at most `limit`.
    pub fn is_within(&self, limit: f64) -> bool {
        self.0.parse::<f64>().is_ok_and(|degrees| degrees.abs() <= limit)
    }
}

impl From<f64> for Degrees {
    fn from(degrees: f64) -> Self {
        Self(degrees.to_string())
    }
}

impl<'de> Deserialize<'de> for Degrees {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(f64),
            Text(String),
        }
        let text = match Written::deserialize(from)? {
            Written::Number(degrees) => degrees.to_string(),
            Written::Text(text) => text,
        };
        match text.parse::<f64>().is_ok_and(f64::is_finite) {
            true => Ok(Self(text)),
            false => Err(D::Error::custom("no decimal number")),
        }
    }
}
