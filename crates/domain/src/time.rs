//! Points in time, and the two clocks of a session, which must never be confused.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Milliseconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(
    feature = "openapi",
    derive(utoipa::ToSchema),
    schema(example = 1_795_824_000_000_i64)
)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Meta gives whole seconds. Absurd values are clamped rather than wrapped.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// The time that Meta gives, or else the time of arrival. A time far in the future is ignored: it would stay at the
    /// end of the thread for ever and keep the service window open. Milliseconds in place of seconds produce such
    /// times.
    pub fn told(seconds: Option<i64>, arrived: Self) -> Self {
        let told = seconds.filter(|seconds| *seconds > 0).map(Self::from_seconds);
        told.filter(|told| *told <= arrived.plus(AHEAD))
            .unwrap_or(arrived)
    }

    pub const fn millis(self) -> i64 {
        self.0
    }

    pub fn plus(self, duration: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    pub fn minus(self, duration: Duration) -> Self {
        Self(
            self.0
                .saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    /// Zero when `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// How far Meta's clock may be ahead of the process's.
const AHEAD: Duration = Duration::from_secs(10 * 60);

/// How long after a customer's message a business may answer freely.
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages>
pub const SERVICE_WINDOW: Duration = Duration::from_secs(24 * 60 * 60);
/// A window that is open for less than this closes soon.
pub const WINDOW_CLOSES_SOON: Duration = Duration::from_secs(2 * 60 * 60);

/// When the service window closes that the customer's last message opened, or when Meta said since then that it is
/// closed. `None` if the customer has never written.
pub fn service_window_closes(
    last_inbound: Option<Timestamp>,
    closed_by_meta: Option<Timestamp>,
) -> Option<Timestamp> {
    let last = last_inbound?;
    let closes = last.plus(SERVICE_WINDOW);
    // Meta's times are whole seconds: a message in the second of a refusal is newer.
    let earlier = closed_by_meta.filter(|closed| closed.millis() / 1000 > last.millis() / 1000);
    Some(earlier.map_or(closes, |closed| closed.min(closes)))
}

/// Whether this is a date such as `2026-11-28`.
pub fn is_date(text: &str) -> bool {
    date(text).is_some()
}

/// Year, month and day, if there is such a day.
fn date(text: &str) -> Option<(i64, i64, i64)> {
    let mut parts = text.split('-');
    let mut number = |digits: usize| {
        let part = parts.next()?;
        let fits = part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
        part.parse::<i64>().ok().filter(|_| fits)
    };
    let (year, month, day) = (number(4)?, number(2)?, number(2)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    (parts.next().is_none() && (1..=days).contains(&day)).then_some((year, month, day))
}

/// A date such as `2026-11-28` as days since 1970-01-01; `None` if it is none. Years 1970 to 9999; by Howard Hinnant's
/// days-from-civil.
pub fn day(text: &str) -> Option<i64> {
    let (year, month, day) = date(text).filter(|(year, ..)| *year >= 1970)?;
    // A year that begins in March ends with its leap day.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let (era, of_era) = (year / 400, year % 400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_a_number_of_days() {
        for (text, days) in [
            ("1970-01-01", Some(0)),
            ("1970-03-01", Some(59)),
            ("2000-02-29", Some(11_016)),
            ("2026-11-28", Some(20_785)),
            ("9999-12-31", Some(2_932_896)),
            ("1900-02-29", None),
            ("2026-02-29", None),
            ("2026-13-01", None),
            ("2026-00-10", None),
            ("2026-11-31", None),
            ("2026-1-1", None),
            ("26-11-28", None),
            ("2026-11-28-1", None),
            ("+026-11-28", None),
            ("", None),
        ] {
            assert_eq!(day(text), days, "{text}");
        }
    }

    #[test]
    fn the_window_closes_a_day_after_the_customers_message() {
        let message = Timestamp::from_seconds(1_700_000_000);
        let closes = |closed| service_window_closes(Some(message), closed);
        assert_eq!(closes(None), Some(message.plus(SERVICE_WINDOW)));
        assert_eq!(service_window_closes(None, Some(message)), None);
        // Meta closed an earlier window, or this one, or has nothing more to say.
        let (hour, days) = (Duration::from_secs(3600), 3 * SERVICE_WINDOW);
        assert_eq!(
            closes(Some(message.minus(hour))),
            Some(message.plus(SERVICE_WINDOW))
        );
        assert_eq!(closes(Some(message.plus(hour))), Some(message.plus(hour)));
        assert_eq!(
            closes(Some(message.plus(days))),
            Some(message.plus(SERVICE_WINDOW))
        );
    }

    #[test]
    fn a_time_far_ahead_counts_as_the_time_of_arrival() {
        let arrived = Timestamp::from_millis(1_795_637_428_250);
        for told in [
            None,
            Some(0),
            Some(-5),
            Some(1_795_637_428_000),
            Some(1_795_637_428 + 3600),
            Some(i64::MAX),
        ] {
            assert_eq!(Timestamp::told(told, arrived), arrived, "{told:?}");
        }
        for told in [1_795_637_428, 1_795_637_428 + 60, 1_795_037_428] {
            assert_eq!(
                Timestamp::told(Some(told), arrived),
                Timestamp::from_seconds(told)
            );
        }
    }

    #[test]
    fn absurd_times_do_not_wrap() {
        assert!(Timestamp::from_seconds(i64::MAX).plus(SERVICE_WINDOW) >= Timestamp::from_seconds(i64::MAX));
        assert_eq!(
            Timestamp::from_millis(1).since(Timestamp::from_millis(5)),
            Duration::ZERO
        );
    }
}
