//! The messages of a thread, day by day, in their scroller.

use super::{
    divider::use_divider,
    line::{LineView, SessionLine},
    links::{LinkAbove, LinkBelow},
    reading::mark_read,
    scroll::{Down, Scroll},
    timeline::{DayKey, Key, Line, keep_newest, lay_out},
};
use crate::{
    i18n::*,
    pages::inbox::state::use_inbox,
    ui::{Time, TimeStyle, time::use_now, use_painted, zone},
};
use domain::{ids::SessionId, session::Thread, time::Timestamp};
use leptos::prelude::*;

/// Lines that are drawn before the others: more than fit on a screen.
const FIRST_LINES: usize = 20;

/// The scroller is a reversed column, so that it starts and stays at its end by itself.
#[component]
pub fn Messages(id: SessionId, thread: Memo<Thread>, attentive: ReadSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let mine = Memo::new(move |_| {
        inbox.outbox.waiting.with(|all| {
            let mine = all.iter().filter(|reply| reply.session == id);
            mine.cloned().collect::<Vec<_>>()
        })
    });
    let divider = use_divider(thread, mine, attentive);
    let now = use_now();
    let live = Memo::new(move |_| now.with(Option::is_some));
    let zone = zone::use_zone();
    let painted = use_painted();
    let days = Memo::new(move |_| {
        let live = live.get();
        let day_of = |at| match live {
            true => zone::local_day(at),
            // In the zone that the process used.
            false => zone::day(zone.as_ref(), at),
        };
        let mut days = thread.with(|thread| mine.with(|mine| lay_out(thread, mine, divider.get(), day_of)));
        let sought = inbox.opening.with_untracked(|opening| opening.at.is_some());
        if !painted.get() && !sought {
            keep_newest(&mut days, FIRST_LINES);
        }
        days
    });
    let scroll = Scroll::new();
    scroll.follow(mine);
    scroll.seek(thread);
    scroll.reach_up(thread, painted);
    scroll.hold_still();
    mark_read(id, thread, attentive, scroll);
    let day = move |key: DayKey| {
        let first = days.with_untracked(|days| days.iter().find(|day| day.key == key).map(|day| day.at));
        // Another line may become the first of the day: one above it, or when the zone becomes known.
        let at = Memo::new(move |before: Option<&Timestamp>| {
            let now = days.with(|days| days.iter().find(|day| day.key == key).map(|day| day.at));
            now.or(before.copied())
                .or(first)
                .unwrap_or(Timestamp::from_millis(0))
        });
        let lines = move || {
            days.with(|days| {
                let day = days.iter().find(|day| day.key == key);
                day.map(|day| day.lines.clone()).unwrap_or_default()
            })
        };
        let begins =
            Memo::new(move |_| days.with(|days| days.iter().find(|day| day.key == key)?.begins.clone()));
        view! {
            <section class="flow-day">
                {move || begins.get().map(|begins| view! { <SessionLine begins /> })}
                <p class="flow-chip">
                    <Time at=at style=TimeStyle::Day />
                </p>
                <For each=lines key=|(key, _): &(Key, Line)| key.clone() let((_, line))>
                    <LineView line />
                </For>
            </section>
        }
    };
    let keys = move || days.with(|days| days.iter().map(|day| day.key).collect::<Vec<_>>());
    view! {
        <div class="flow-frame">
            <div
                class="flow-scroll"
                node_ref=scroll.scroller
                tabindex="0"
                role="log"
                aria-live="off"
                aria-label=move || t_string!(i18n, inbox.thread.messages)
                on:scroll=move |_| scroll.moved(thread)
            >
                <div class="flow" node_ref=scroll.content>
                    <LinkAbove thread />
                    <For each=keys key=|key| *key children=day />
                    <LinkBelow thread />
                </div>
            </div>
            <Down thread scroll />
        </div>
    }
    .into_any()
}
