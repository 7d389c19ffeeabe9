//! A calendar month. Months begin and end in UTC: Meta may bill by the time zone of the WhatsApp account, which is not
//! known here, so messages of the last and the first hours of a month may stand in the other one on Meta's invoice.

use crate::{form::Problem, time::Timestamp};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// A month such as `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    year: i32,
    /// 1 to 12.
    month: u8,
}

impl Month {
    /// The month of a point in time. By Howard Hinnant's civil-from-days.
    pub fn of(at: Timestamp) -> Self {
        let days = at.millis().div_euclid(DAY) + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        // The year begins with March here.
        let month = (5 * of_year + 2) / 153;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self {
            year: i32::try_from(year.clamp(0, 9999)).unwrap_or(0),
            month: u8::try_from(month).unwrap_or(1),
        }
    }

    pub fn year(self) -> i32 {
        self.year
    }

    /// 1 to 12.
    pub fn number(self) -> u8 {
        self.month
    }

    pub fn before(self) -> Self {
        match self.month {
            1 => Self {
                year: self.year - 1,
                month: 12,
            },
            month => Self {
                month: month - 1,
                ..self
            },
        }
    }

    pub fn after(self) -> Self {
        match self.month {
            12 => Self {
                year: self.year + 1,
                month: 1,
            },
            month => Self {
                month: month + 1,
                ..self
            },
        }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Month {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        crate::openapi::text()
            .pattern(Some("^[12][0-9]{3}-(0[1-9]|1[0-2])$"))
            .description(Some("A month in UTC."))
            .examples(["2026-11"])
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Month {}

impl FromStr for Month {
    type Err = Problem;
    fn from_str(text: &str) -> Result<Self, Problem> {
        let digits = |text: &str, many: usize| text.len() == many && text.bytes().all(|b| b.is_ascii_digit());
        let (year, month) = text.split_once('-').ok_or(Problem::Unknown)?;
        if !digits(year, 4) || !digits(month, 2) {
            return Err(Problem::Unknown);
        }
        match (year.parse(), month.parse()) {
            (Ok(year @ 1..=9998), Ok(month @ 1..=12)) => Ok(Self { year, month }),
            _ => Err(Problem::Unknown),
        }
    }
}

impl TryFrom<String> for Month {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map_err(|_| format!("{text:?} is no month"))
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}
