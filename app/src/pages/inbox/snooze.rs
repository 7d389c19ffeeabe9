//! Putting a session off, and bringing it back.

use super::{actions::Step, element_ids::SNOOZE_ID, state::use_inbox};
use crate::{
    api::ActionForm,
    i18n::*,
    ui::{IconName, icon::Icon, time::use_now},
};
use domain::{ids::SessionId, session::snoozed_until, time::Timestamp};
use js_sys::Date;
use leptos::prelude::*;

const HOUR: u32 = 60;
const DAY: u32 = 24 * HOUR;
/// When a working day begins, by the reader's clock.
const MORNING: u32 = 9;
const MONDAY: u32 = 1;

/// *Snooze*: the dialog offers times by the reader's own clock; without a script, hours.
#[component]
pub fn Snooze(id: SessionId) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let now = use_now();
    let dialog = NodeRef::new();
    let own = RwSignal::new(None::<Timestamp>);
    let live = Memo::new(move |_| now.with(Option::is_some));
    // A time by the clock is sent as itself: minutes from now would be others at the press.
    let choice = move |minutes: u32, by_the_clock: fn() -> Option<Timestamp>, word: Signal<&'static str>| {
        let until = Memo::new(move |_| now.with(Option::is_some).then(by_the_clock).flatten());
        let name = move || until.get().map_or("minutes", |_| "until");
        let value = move || match until.get() {
            Some(until) => until.millis().to_string(),
            None => minutes.to_string(),
        };
        view! {
            <button type="submit" class="button" name=name value=value>
                {move || word.get()}
            </button>
        }
    };
    let choices = [
        choice(
            HOUR,
            || None,
            Signal::derive(move || t_string!(i18n, inbox.snooze.hour)),
        ),
        choice(
            4 * HOUR,
            || None,
            Signal::derive(move || t_string!(i18n, inbox.snooze.hours)),
        ),
        choice(
            DAY,
            || morning_in(1),
            Signal::derive(move || match live.get() {
                true => t_string!(i18n, inbox.snooze.tomorrow),
                false => t_string!(i18n, inbox.snooze.day),
            }),
        ),
        choice(
            7 * DAY,
            || morning_in(days_until_monday()),
            Signal::derive(move || match live.get() {
                true => t_string!(i18n, inbox.snooze.monday),
                false => t_string!(i18n, inbox.snooze.week),
            }),
        ),
    ];
    let own_time = move || {
        live.get().then(|| {
            view! {
                <div class="snooze-own">
                    <label for="snooze-until">{move || t_string!(i18n, inbox.snooze.own)}</label>
                    <input
                        type="datetime-local"
                        class="input"
                        id="snooze-until"
                        on:input=move |event| own.set(typed(&event_target_value(&event)))
                    />
                    <button
                        type="submit"
                        class="button primary"
                        name="until"
                        prop:value=move || own.get().map(|at| at.millis().to_string()).unwrap_or_default()
                        prop:disabled=move || own.with(Option::is_none)
                    >
                        {move || t_string!(i18n, inbox.snooze.snooze)}
                    </button>
                </div>
            }
        })
    };
    let no = "snooze-no";
    view! {
        <Step
            id
            step="snooze"
            icon=IconName::Snooze
            word=|locale| td_string!(locale, inbox.snooze.snooze)
            title=|locale| td_string!(locale, inbox.snooze.title)
            id_in_page=SNOOZE_ID
            dialog
        >
            <p>{move || t_string!(i18n, inbox.snooze.text)}</p>
            <ActionForm action=inbox.snooze>
                <input type="hidden" name="session" value=id.to_string() />
                <div class="snooze-choices">{choices}</div>
                {own_time}
                <div class="dialog-buttons">
                    <button type="submit" class="button" form=no>
                        {move || t_string!(i18n, inbox.transfer.no)}
                    </button>
                </div>
            </ActionForm>
            // HTML forbids nested forms, so its button is in the other one.
            <form method="dialog" id=no></form>
        </Step>
    }
    .into_any()
}

/// *Bring back*.
#[component]
pub fn Wake(id: SessionId) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let pending = inbox.wake.pending();
    let label = move || t_string!(i18n, inbox.snooze.wake);
    view! {
        <ActionForm action=inbox.wake>
            <input type="hidden" name="session" value=id.to_string() />
            <button
                type="submit"
                class="button"
                id=SNOOZE_ID
                aria-label=label
                title=label
                prop:disabled=move || pending.try_get().unwrap_or_default()
            >
                <Icon name=IconName::Snooze />
                <span>{label}</span>
            </button>
        </ActionForm>
    }
    .into_any()
}

/// The morning so many days from today.
fn morning_in(days: u32) -> Option<Timestamp> {
    let now = Date::new_0();
    ahead(&Date::new_with_year_month_day_hr(
        now.get_full_year(),
        now.get_month().cast_signed(),
        (now.get_date() + days).cast_signed(),
        MORNING.cast_signed(),
    ))
}

fn days_until_monday() -> u32 {
    match (7 + MONDAY - Date::new_0().get_day()) % 7 {
        0 => 7,
        days => days,
    }
}

/// What is typed in a field of a date and a time.
fn typed(text: &str) -> Option<Timestamp> {
    ahead(&Date::new(&text.into()))
}

/// `None` if that is not ahead, or too far.
fn ahead(then: &Date) -> Option<Timestamp> {
    #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds")]
    let at = |millis: f64| (!millis.is_nan()).then(|| Timestamp::from_millis(millis as i64));
    snoozed_until(at(then.get_time())?, at(Date::now())?).ok()
}
