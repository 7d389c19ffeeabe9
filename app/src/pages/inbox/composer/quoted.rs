//! The message that the reply answers.

use crate::{
    i18n::*,
    pages::inbox::{labels, state::use_inbox},
    ui::{IconName, icon::Icon},
};
use domain::ids::SessionId;
use leptos::prelude::*;

#[component]
pub fn Quoted(id: SessionId) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let view = move || {
        inbox.quoting_in(id).map(|quoting| {
            let words = move || labels::line(i18n.get_locale(), quoting.text.as_deref(), &quoting.kind);
            let label = move || t_string!(i18n, inbox.tools.no_answer);
            view! {
                <div class="composer-quote">
                    <p class="bubble-quote">
                        <strong>{move || t_string!(i18n, inbox.tools.answers)}</strong>
                        <span dir="auto">{words}</span>
                    </p>
                    <button
                        type="button"
                        class="button"
                        aria-label=label
                        title=label
                        on:click=move |_| inbox.quoting.set(None)
                    >
                        <Icon name=IconName::Cross />
                    </button>
                </div>
            }
        })
    };
    view! { {view} }.into_any()
}
