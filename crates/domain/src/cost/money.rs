//! Amounts of money as whole millionths: a rate has more decimals than a coin, and sums must be exact.

use crate::form::Problem;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

const UNIT: i64 = 1_000_000;
/// The largest amount, in whole units: far above any invoice, far below an overflow.
const MOST: i64 = 1_000_000_000;

/// A currency by its three letters (ISO 4217).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "openapi",
    derive(utoipa::ToSchema),
    schema(value_type = String, pattern = "^[A-Z]{3}$", example = "EUR")
)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(String);

impl Currency {
    pub(super) fn euro() -> Self {
        Self("EUR".to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Currency {
    type Err = Problem;
    fn from_str(text: &str) -> Result<Self, Problem> {
        match text.trim() {
            "" => Err(Problem::Required),
            code if code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase()) => {
                Ok(Self(code.to_owned()))
            }
            _ => Err(Problem::NotACurrency),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map_err(|_| format!("{text:?} is no currency"))
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.0
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An amount in a currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    pub micros: i64,
    pub currency: Currency,
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", decimal(self.micros), self.currency)
    }
}

/// Parses an amount such as `0.0175` or `12,50` into millionths.
///
/// # Errors
/// [`Problem::NotAnAmount`] for anything but digits with at most six decimals.
pub fn micros(text: &str) -> Result<i64, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Problem::Required);
    }
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 6 {
        return Err(Problem::NotAnAmount);
    }
    let whole = whole.parse::<i64>().ok().filter(|whole| *whole < MOST);
    let part = format!("{part:0<6}").parse::<i64>().ok();
    match (whole, part) {
        (Some(whole), Some(part)) => Ok(whole * UNIT + part),
        _ => Err(Problem::NotAnAmount),
    }
}

/// Millionths as a decimal number without needless zeros: `0.0175`.
pub fn decimal(micros: i64) -> String {
    let (whole, part) = (
        micros.unsigned_abs() / 1_000_000,
        micros.unsigned_abs() % 1_000_000,
    );
    let sign = if micros < 0 { "-" } else { "" };
    match part {
        0 => format!("{sign}{whole}"),
        part => format!("{sign}{whole}.{}", format!("{part:06}").trim_end_matches('0')),
    }
}
