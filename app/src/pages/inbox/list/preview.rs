//! The newest message of a session in one line.

use crate::{
    i18n::*,
    pages::inbox::{
        glyph::{Glyph, Ticks, of_kind},
        labels,
    },
    ui::LiveText,
};
use domain::{message::Direction, session::Preview};
use leptos::prelude::*;

#[component]
pub fn PreviewLine(preview: Memo<Option<Preview>>) -> impl IntoView {
    let i18n = use_i18n();
    let ticks = move || {
        let status = preview.with(|preview| {
            let ours = preview
                .as_ref()
                .filter(|preview| preview.direction == Direction::Outbound);
            ours?.status
        });
        status.map(|status| view! { <Ticks status /> })
    };
    let sign = move || {
        let path = preview.with(|preview| of_kind(&preview.as_ref()?.kind));
        path.map(|path| view! { <Glyph path /> })
    };
    let text = move || {
        preview
            .try_get()
            .flatten()
            .map(|preview| labels::preview(i18n.get_locale(), &preview))
            .unwrap_or_default()
    };
    view! {
        {ticks}
        {sign}
        <LiveText class="row-text" dir="auto" text />
    }
    .into_any()
}
