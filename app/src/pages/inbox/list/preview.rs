//! The newest message of a session in one line.

use crate::{
    i18n::*,
    pages::inbox::{
        glyph::{Glyph, of_kind, ticks},
        labels,
    },
    ui::present,
};
use domain::{message::Direction, session::Preview};
use leptos::prelude::*;

pub fn preview_line(locale: Locale, preview: &Preview) -> AnyView {
    let status = preview
        .status
        .filter(|_| preview.direction == Direction::Outbound);
    let sign = of_kind(&preview.kind).map(|path| view! { <Glyph path /> }.into_any());
    let text = view! {
        <span class="row-text" dir="auto">
            {labels::preview(locale, preview)}
        </span>
    };
    present([
        status.map(|status| ticks(locale, status)),
        sign,
        Some(text.into_any()),
    ])
    .into_any()
}

/// What the user has begun to write goes before what was said.
pub fn draft_line(locale: Locale, draft: String) -> AnyView {
    view! {
        <span class="row-draft">{td_string!(locale, inbox.list.draft)}</span>
        <span class="row-text" dir="auto">
            {draft}
        </span>
    }
    .into_any()
}
