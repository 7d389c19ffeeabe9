//! Which colleagues write in this session now.

use crate::{i18n::*, live::use_live, ui::LiveText};
use domain::ids::SessionId;
use leptos::prelude::*;

#[component]
pub fn Writers(id: SessionId) -> impl IntoView {
    let i18n = use_i18n();
    let live = use_live();
    let writers = Memo::new(move |_| live.writers(id));
    let text = move || {
        let writers = writers.get();
        let who = writers.join(", ");
        match writers.len() {
            0 => String::new(),
            1 => t_string!(i18n, inbox.thread.writes, who = who).to_string(),
            _ => t_string!(i18n, inbox.thread.write, who = who).to_string(),
        }
    };
    let any = move || writers.with(|writers| !writers.is_empty());
    view! {
        <p class="thread-writers" role="status" translate="no">
            {move || any().then(|| view! { <LiveText text /> })}
        </p>
    }
    .into_any()
}
