//! Points in time as people read them. The process writes them in the zone that the browser sent before, or in UTC, and
//! then says so; once the page is live, the browser's zone and the reader's language apply, and relative times are
//! updated twice a minute.

use super::live_text::keep_written;
use super::zone::{Zone, use_zone};
use crate::i18n::*;
use domain::time::Timestamp;
use leptos::{html, prelude::*};
use std::time::Duration;

const TICK: Duration = Duration::from_secs(30);
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The current time, updated twice a minute. `None` in the process and until the page is live: both draw the same at
/// first.
#[derive(Debug, Clone, Copy)]
pub struct Now(RwSignal<Option<Timestamp>>);

/// Starts the clock of this window.
pub fn provide_now() {
    let now = RwSignal::new(None);
    provide_context(Now(now));
    Effect::new(move |_| {
        let read = move || now.set(Some(browser_now()));
        read();
        if let Ok(ticking) = set_interval_with_handle(read, TICK) {
            on_cleanup(move || ticking.clear());
        }
    });
}

/// The current time of this window.
pub fn use_now() -> Signal<Option<Timestamp>> {
    expect_context::<Now>().0.into()
}

/// How a point in time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimeStyle {
    /// `10:41`
    Clock,
    /// `2 min ago`, `yesterday`, later the date
    #[default]
    Relative,
    /// `Today`, `Yesterday`, else the date
    Day,
    /// Date and time to the second
    Full,
    /// The time left until then: `21:40` hours and minutes
    Countdown,
    /// The time since then, without further words: `12 min`
    Since,
}

/// A point in time.
#[component]
pub fn Time(#[prop(into)] at: Signal<Timestamp>, #[prop(optional)] style: TimeStyle) -> impl IntoView {
    let i18n = use_i18n();
    let now = use_now();
    let zone = use_zone();
    // The clock also ticks for a view that is just being removed.
    let at = move || at.try_get();
    let text = move || {
        let text = at().map(|at| match now.get() {
            None => at_first(at, style, zone.as_ref()),
            Some(now) => local(at, now, style, i18n.get_locale()),
        });
        text.unwrap_or_default()
    };
    let element = NodeRef::<html::Time>::new();
    let first = untrack(&text);
    keep_written(element, text);
    let full = move || Some(local(at()?, now.get()?, TimeStyle::Full, i18n.get_locale()));
    view! {
        <time class="time" datetime=move || at().map(iso) title=full translate="no" node_ref=element>
            {first}
        </time>
    }
    .into_any()
}

fn at_first(at: Timestamp, style: TimeStyle, zone: Option<&Zone>) -> String {
    let iso = iso(zone.map_or(at, |zone| zone.on_the_wall(at)));
    let text = match style {
        TimeStyle::Clock => iso[11..16].to_owned(),
        TimeStyle::Day => iso[..10].to_owned(),
        TimeStyle::Relative | TimeStyle::Since | TimeStyle::Full => {
            format!("{} {}", &iso[..10], &iso[11..16])
        }
        TimeStyle::Countdown => return "…".to_owned(),
    };
    match zone {
        Some(_) => text,
        None => format!("{text} UTC"),
    }
}

fn local(at: Timestamp, now: Timestamp, style: TimeStyle, locale: Locale) -> String {
    match style {
        TimeStyle::Clock => browser_text(at, locale, &[("hour", "2-digit"), ("minute", "2-digit")]),
        TimeStyle::Day => match days_between(at, now) {
            0 => td_string!(locale, common.time.today).to_owned(),
            1 => td_string!(locale, common.time.yesterday).to_owned(),
            _ => day(at, now, locale),
        },
        TimeStyle::Full => browser_text(at, locale, &[("dateStyle", "medium"), ("timeStyle", "medium")]),
        TimeStyle::Relative => relative(at, now, locale),
        TimeStyle::Since => since(at, now, locale),
        TimeStyle::Countdown => {
            let left = (at.millis() - now.millis()).max(0);
            format!("{}:{:02}", left / HOUR, left % HOUR / MINUTE)
        }
    }
}

fn relative(at: Timestamp, now: Timestamp, locale: Locale) -> String {
    let ago = now.millis() - at.millis();
    match days_between(at, now) {
        _ if ago < MINUTE => td_string!(locale, common.time.now).to_owned(),
        _ if ago < HOUR => td_string!(locale, common.time.minutes_ago, count = ago / MINUTE),
        0 => td_string!(locale, common.time.hours_ago, count = ago / HOUR),
        _ if ago < 6 * HOUR => td_string!(locale, common.time.hours_ago, count = ago / HOUR),
        1 => td_string!(locale, common.time.yesterday_short).to_owned(),
        _ => day(at, now, locale),
    }
}

fn since(at: Timestamp, now: Timestamp, locale: Locale) -> String {
    match now.millis() - at.millis() {
        ago if ago < HOUR => td_string!(locale, common.time.minutes, count = (ago / MINUTE).max(0)),
        ago if ago < DAY => td_string!(locale, common.time.hours, count = ago / HOUR),
        ago => td_string!(locale, common.time.days, count = ago / DAY),
    }
}

fn day(at: Timestamp, now: Timestamp, locale: Locale) -> String {
    let mut parts = vec![("day", "numeric"), ("month", "long")];
    if now.millis() - at.millis() > 300 * DAY {
        parts.push(("year", "numeric"));
    }
    browser_text(at, locale, &parts)
}

/// The number of midnights between the two, in the browser's zone.
fn days_between(at: Timestamp, now: Timestamp) -> i64 {
    let day = |t: Timestamp| {
        #[expect(
            clippy::cast_precision_loss,
            reason = "milliseconds of our times fit into 53 bits"
        )]
        let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(t.millis() as f64));
        #[expect(clippy::cast_possible_truncation, reason = "minutes of a zone's offset")]
        let offset = date.get_timezone_offset() as i64;
        (t.millis() - offset * MINUTE).div_euclid(DAY)
    };
    day(now) - day(at)
}

fn browser_now() -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds")]
    Timestamp::from_millis(js_sys::Date::now() as i64)
}

fn browser_text(at: Timestamp, locale: Locale, options: &[(&str, &str)]) -> String {
    let wanted = js_sys::Object::new();
    for (key, value) in options {
        // Setting a key of a fresh object cannot fail.
        let _ = js_sys::Reflect::set(&wanted, &(*key).into(), &(*value).into());
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of our times fit into 53 bits"
    )]
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at.millis() as f64));
    date.to_locale_string(&regional(locale), &wanted).into()
}

/// The chosen language in the browser's regional variant: `en-GB` formats times differently from `en`, which is
/// American.
fn regional(locale: Locale) -> String {
    let wanted = locale.as_str();
    let languages = window().navigator().languages();
    let regional = languages
        .iter()
        .filter_map(|language| language.as_string())
        .find(|language| language.split('-').next() == Some(wanted));
    regional.unwrap_or_else(|| wanted.to_owned())
}

/// `2026-11-22T10:41:07Z`. Years 0 to 9999; by Howard Hinnant's civil-from-days.
pub fn iso(at: Timestamp) -> String {
    let days = at.millis().div_euclid(DAY);
    let ms = at.millis().rem_euclid(DAY);
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let (d, m) = (
        doy - (153 * mp + 2) / 5 + 1,
        if mp < 10 { mp + 3 } else { mp - 9 },
    );
    let y = (yoe + era * 400 + i64::from(m <= 2)).clamp(0, 9999);
    let (h, min, s) = (ms / HOUR, ms % HOUR / MINUTE, ms % MINUTE / 1000);
    format!("{y:04}-{m:02}-{d:02}T{h:02}:{min:02}:{s:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_knows_leap_years_and_the_epoch() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (1_795_344_067_999, "2026-11-22T10:41:07Z"),
            (-1000, "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(iso(Timestamp::from_millis(millis)), text);
        }
    }

    #[test]
    fn the_process_writes_the_readers_time_or_says_that_it_is_utc() {
        let at = Timestamp::from_millis(1_795_344_067_999);
        assert_eq!(at_first(at, TimeStyle::Clock, None), "10:41 UTC");
        assert_eq!(at_first(at, TimeStyle::Relative, None), "2026-11-22 10:41 UTC");
        let zone = Zone::parse("840").unwrap();
        assert_eq!(at_first(at, TimeStyle::Full, Some(&zone)), "2026-11-23 00:41");
        assert_eq!(at_first(at, TimeStyle::Day, Some(&zone)), "2026-11-23");
    }
}
