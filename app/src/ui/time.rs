//! Points in time as people read them. The process writes them in the zone that the browser sent before, or in UTC, and
//! then says so; once the page is live, the browser's zone and the reader's language apply, and relative times are
//! updated twice a minute.

use super::zone::{Zone, use_zone};
use crate::i18n::*;
use domain::time::Timestamp;
use js_sys::{Array, Function, Intl::DateTimeFormat, Object, Reflect};
use leptos::{html, prelude::*};
use std::{cell::RefCell, collections::HashMap, time::Duration};
use wasm_bindgen::JsValue;
use web_sys::Element;

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
    /// `10:41` today, else the day and the time
    Ahead,
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
    let written = move |at| {
        let (text, full) = match now.get() {
            None => (at_first(at, style, zone.as_ref()), None),
            Some(now) => {
                let locale = i18n.get_locale();
                (
                    local(at, now, style, locale),
                    Some(local(at, now, TimeStyle::Full, locale)),
                )
            }
        };
        Written {
            text,
            iso: Some(iso(at)),
            full,
        }
    };
    let Written { text, iso, full } = untrack(|| written(at.get()));
    let element = NodeRef::<html::Time>::new();
    Effect::new(move |before: Option<Written>| {
        // The clock also ticks for a view that is just being removed.
        let (Some(at), Some(element)) = (at.try_get(), element.get()) else {
            return before.unwrap_or_default();
        };
        // At first the element may be one of an earlier view.
        let before = before.unwrap_or_else(|| Written::read(&element));
        let now = written(at);
        now.write(&before, &element);
        now
    });
    view! {
        <time class="time" datetime=iso title=full translate="no" node_ref=element>
            {text}
        </time>
    }
    .into_any()
}

/// What stands in the page of a point in time.
#[derive(Debug, Default)]
struct Written {
    text: String,
    iso: Option<String>,
    /// Before the page is live there is none.
    full: Option<String>,
}

const ISO: &str = "datetime";
const FULL: &str = "title";

impl Written {
    fn read(element: &Element) -> Self {
        Self {
            text: element.text_content().unwrap_or_default(),
            iso: element.get_attribute(ISO),
            full: element.get_attribute(FULL),
        }
    }

    fn write(&self, before: &Self, element: &Element) {
        if self.text != before.text {
            element.set_text_content(Some(&self.text));
        }
        for (name, now, before) in [(ISO, &self.iso, &before.iso), (FULL, &self.full, &before.full)] {
            if let Some(now) = now.as_ref().filter(|_| now != before) {
                // It fails only for names that no attribute may have.
                let _ = element.set_attribute(name, now);
            }
        }
    }
}

fn at_first(at: Timestamp, style: TimeStyle, zone: Option<&Zone>) -> String {
    let iso = iso(zone.map_or(at, |zone| zone.on_the_wall(at)));
    let text = match style {
        TimeStyle::Clock => iso[11..16].to_owned(),
        TimeStyle::Day => iso[..10].to_owned(),
        TimeStyle::Relative | TimeStyle::Since | TimeStyle::Ahead | TimeStyle::Full => {
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
        TimeStyle::Clock => browser_text(at, locale, Parts::Clock),
        TimeStyle::Ahead => match days_between(at, now) {
            0 => browser_text(at, locale, Parts::Clock),
            _ => browser_text(at, locale, Parts::DayAndClock),
        },
        TimeStyle::Day => match days_between(at, now) {
            0 => td_string!(locale, common.time.today).to_owned(),
            1 => td_string!(locale, common.time.yesterday).to_owned(),
            _ => day(at, now, locale),
        },
        TimeStyle::Full => browser_text(at, locale, Parts::All),
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
    let is_long_ago = now.millis() - at.millis() > 300 * DAY;
    browser_text(
        at,
        locale,
        if is_long_ago { Parts::DayOfYear } else { Parts::Day },
    )
}

/// The number of midnights between the two, in the browser's zone.
fn days_between(at: Timestamp, now: Timestamp) -> i64 {
    let day = |t: Timestamp| {
        #[expect(
            clippy::cast_precision_loss,
            reason = "milliseconds of our times fit into 53 bits"
        )]
        let date = js_sys::Date::new(&JsValue::from_f64(t.millis() as f64));
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

/// What of a moment is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Parts {
    Clock,
    DayAndClock,
    Day,
    DayOfYear,
    All,
}

impl Parts {
    /// <https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/Intl/DateTimeFormat/DateTimeFormat>
    const fn options(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Clock => &[("hour", "2-digit"), ("minute", "2-digit")],
            Self::DayAndClock => &[
                ("weekday", "short"),
                ("day", "numeric"),
                ("month", "numeric"),
                ("hour", "2-digit"),
                ("minute", "2-digit"),
            ],
            Self::Day => &[("day", "numeric"), ("month", "long")],
            Self::DayOfYear => &[("day", "numeric"), ("month", "long"), ("year", "numeric")],
            Self::All => &[("dateStyle", "medium"), ("timeStyle", "medium")],
        }
    }
}

thread_local! {
    /// To make one takes longer than to draw a message.
    static FORMATS: RefCell<HashMap<(&'static str, Parts), Function>> = RefCell::default();
}

fn browser_text(at: Timestamp, locale: Locale, parts: Parts) -> String {
    let format = FORMATS.with_borrow_mut(|formats| {
        let format = formats.entry((locale.as_str(), parts));
        format.or_insert_with(|| format_of(locale, parts)).clone()
    });
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of our times fit into 53 bits"
    )]
    let text = format.call1(&JsValue::NULL, &JsValue::from_f64(at.millis() as f64));
    // It fails only for moments that no calendar has.
    text.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

fn format_of(locale: Locale, parts: Parts) -> Function {
    let wanted = Object::new();
    for (key, value) in parts.options() {
        // Setting a key of a fresh object cannot fail.
        let _ = Reflect::set(&wanted, &(*key).into(), &(*value).into());
    }
    DateTimeFormat::new(&Array::of1(&regional(locale).into()), &wanted).format()
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
