//! The browser's time zone. The browser sends it in a cookie, as offsets from UTC and the times of their changes, so
//! that the process can draw times and days correctly; without the cookie the process writes UTC and says so.

use domain::time::Timestamp;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The cookie with the browser's time zone, as [`Zone::told`] writes it.
const ZONE_COOKIE: &str = "zone";

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// Days before and after the present for which the cookie has the offsets.
const PAST_DAYS: i64 = 800;
const FUTURE_DAYS: i64 = 200;
/// No zone's clocks change more often in that time, not even where they also change for Ramadan.
const MAX_CHANGES: usize = 24;
/// In minutes; no place on Earth is farther from UTC.
const MAX_OFFSET: i64 = 15 * 60;

/// Offsets from UTC in minutes, each valid from a moment on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    first: i64,
    /// The second from which an offset is valid, and the offset; oldest first.
    changes: Vec<(i64, i64)>,
}

impl Zone {
    /// Parses what [`Zone::told`] wrote; anything else is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let offset = |text: &str| {
            let minutes: i64 = text.parse().ok()?;
            (-MAX_OFFSET..=MAX_OFFSET).contains(&minutes).then_some(minutes)
        };
        let mut parts = text.split('_');
        let first = offset(parts.next()?)?;
        let change = |part: &str| {
            let (from, to) = part.split_once('.')?;
            Some((from.parse().ok()?, offset(to)?))
        };
        let changes: Vec<_> = parts.map(change).collect::<Option<_>>()?;
        (changes.len() <= MAX_CHANGES).then_some(Self { first, changes })
    }

    /// `60_1774746000.120_1792890000.60`: an hour east of UTC, two from a second of March on, one again in October.
    pub fn told(&self) -> String {
        let changes = self.changes.iter().map(|(from, to)| format!("_{from}.{to}"));
        format!("{}{}", self.first, changes.collect::<String>())
    }

    /// The time that a local clock shows, as if that were UTC.
    pub fn on_the_wall(&self, at: Timestamp) -> Timestamp {
        let second = at.millis().div_euclid(1000);
        let changed = self.changes.iter().rev().find(|(from, _)| *from <= second);
        let minutes = changed.map_or(self.first, |(_, to)| *to);
        Timestamp::from_millis(at.millis() + minutes * MINUTE)
    }
}

/// When a day begins that is counted from 1970-01-01; in UTC without a zone.
pub fn begins(zone: Option<&Zone>, day: i64) -> Timestamp {
    let midnight = Timestamp::from_millis(day.saturating_mul(DAY));
    let Some(zone) = zone else {
        return midnight;
    };
    // The offset of the day before may be another: what it gives is near enough to find the right one.
    let offset = |at: Timestamp| zone.on_the_wall(at).millis() - at.millis();
    let near = Timestamp::from_millis(midnight.millis() - offset(midnight));
    Timestamp::from_millis(midnight.millis() - offset(near))
}

/// A number for the day of this moment, which rises from day to day; in UTC without a zone.
pub fn day(zone: Option<&Zone>, at: Timestamp) -> i64 {
    let at = zone.map_or(at, |zone| zone.on_the_wall(at));
    at.millis().div_euclid(DAY)
}

/// A number for the day of this moment in the browser's zone: it rises from day to day.
pub fn local_day(at: Timestamp) -> i64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of our times fit into 53 bits"
    )]
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at.millis() as f64));
    #[expect(clippy::cast_possible_truncation, reason = "minutes of a zone's offset")]
    let offset = date.get_timezone_offset() as i64;
    day(None, Timestamp::from_millis(at.millis() - offset * MINUTE))
}

/// The zone that the process and the browser both know when they first draw the page.
#[derive(Debug, Clone)]
struct Known(Option<Zone>);

/// Provides the zone that was sent before for drawing times, and sends it again when it has changed.
pub fn provide_zone() {
    let known = requested_zone();
    provide_context(Known(known.clone()));
    Effect::new(move |_| {
        let now = of_this_browser();
        if known.as_ref() != Some(&now) {
            tell(&now);
        }
    });
}

/// The zone in which this page is drawn at first.
pub fn use_zone() -> Option<Zone> {
    use_context::<Known>().and_then(|known| known.0)
}

/// The browser's zone as sent before this page: the process and the browser read the same cookie, so both draw the same
/// at first. `None` on the first visit.
pub fn requested_zone() -> Option<Zone> {
    #[cfg(feature = "ssr")]
    let told = crate::prefs::cookie(ZONE_COOKIE);
    #[cfg(not(feature = "ssr"))]
    let told = told_before();
    Zone::parse(&told?)
}

/// The zone that a browser sends with its requests, for what is no page.
#[cfg(feature = "ssr")]
pub fn zone_of(headers: &http::HeaderMap) -> Option<Zone> {
    Zone::parse(crate::prefs::cookie_in(headers, ZONE_COOKIE)?)
}

/// The zone that this browser sent before.
#[cfg(not(feature = "ssr"))]
fn told_before() -> Option<String> {
    let cookies = html_document()?.cookie().ok()?;
    let pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
    let mut told = pairs.filter(|(name, _)| *name == ZONE_COOKIE);
    told.next().map(|(_, value)| value.to_owned())
}

fn tell(zone: &Zone) {
    if let Some(document) = html_document() {
        let secure = match window().location().protocol().as_deref() {
            Ok("https:") => "; Secure",
            _ => "",
        };
        let cookie = format!(
            "{ZONE_COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Lax{secure}",
            zone.told()
        );
        // Where cookies are refused, the process goes on writing UTC.
        let _ = document.set_cookie(&cookie);
    }
}

fn html_document() -> Option<web_sys::HtmlDocument> {
    document().dyn_into().ok()
}

/// Searches day by day for changes of the offset, and then to the second.
fn of_this_browser() -> Zone {
    #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds")]
    let today = (js_sys::Date::now() as i64).div_euclid(DAY) * DAY / 1000;
    let days = (-PAST_DAYS..=FUTURE_DAYS).map(|n| today + n * (DAY / 1000));
    let start = today - PAST_DAYS * (DAY / 1000);
    let mut zone = Zone {
        first: offset_at(start),
        changes: Vec::new(),
    };
    let mut before = (start, zone.first);
    for second in days {
        let offset = offset_at(second);
        if offset != before.1 && zone.changes.len() < MAX_CHANGES {
            zone.changes.push((changed_between(before.0, second), offset));
        }
        before = (second, offset);
    }
    zone
}

/// The first second with the later offset.
fn changed_between(mut old: i64, mut new: i64) -> i64 {
    let offset = offset_at(new);
    while new - old > 1 {
        let middle = old + (new - old) / 2;
        if offset_at(middle) == offset {
            new = middle;
        } else {
            old = middle;
        }
    }
    new
}

/// Minutes east of UTC.
fn offset_at(second: i64) -> i64 {
    #[expect(clippy::cast_precision_loss, reason = "seconds of our times fit into 53 bits")]
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(second as f64 * 1000.0));
    #[expect(clippy::cast_possible_truncation, reason = "minutes of a zone's offset")]
    let west = date.get_timezone_offset() as i64;
    -west
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRAGUE: &str = "60_1774746000.120_1792890000.60";

    fn wall(second: i64) -> i64 {
        let zone = Zone::parse(PRAGUE).unwrap();
        zone.on_the_wall(Timestamp::from_seconds(second)).millis() / 1000 - second
    }

    #[test]
    fn a_zone_is_read_as_it_was_told() {
        assert_eq!(Zone::parse(PRAGUE).unwrap().told(), PRAGUE);
        assert_eq!(Zone::parse("-300").unwrap().told(), "-300");
        let endless = format!("0{}", "_1.2".repeat(1000));
        for no_zone in ["", "x", "901", "60_", "60_1", "60_1.x", "60_1.9999", &endless] {
            assert_eq!(Zone::parse(no_zone), None, "{no_zone}");
        }
    }

    #[test]
    fn the_offset_changes_to_the_second() {
        assert_eq!(wall(1_774_745_999), 3600);
        assert_eq!(wall(1_774_746_000), 7200);
        assert_eq!(wall(1_792_889_999), 7200);
        assert_eq!(wall(1_792_890_000), 3600);
    }

    #[test]
    fn a_day_is_the_readers_own() {
        let zone = Zone::parse(PRAGUE).unwrap();
        // 2026-10-24T22:30Z and 2026-10-25T23:30Z are the 25th and the 26th in Prague.
        let [one, two] = [1_792_881_000, 1_792_971_000].map(Timestamp::from_seconds);
        assert_eq!(day(Some(&zone), one), day(None, one) + 1);
        assert_eq!(day(Some(&zone), two), day(Some(&zone), one) + 1);
    }
}
