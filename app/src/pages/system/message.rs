//! A customer's message as Meta sent it, for administrators.

use crate::{
    api::{Resource, inbox::message_json},
    i18n::*,
    pages::url::{id_in_url, known},
    ui::{Load, PageHead, long_text},
};
use domain::ids::MessageId;
use leptos::prelude::*;

#[component]
pub fn MessagePage() -> impl IntoView {
    let i18n = use_i18n();
    let id = id_in_url::<MessageId>();
    let json = Resource::new(
        move || id.get(),
        |id| async move { message_json(known(id)?).await },
    );
    let shown = move |json: String| {
        view! {
            <div class="letters">
                <section class="panel">
                    <pre
                        tabindex="0"
                        role="region"
                        aria-label=move || t_string!(i18n, system.deliveries.raw)
                    >
                        {long_text(json)}
                    </pre>
                </section>
            </div>
        }
        .into_any()
    };
    view! {
        <PageHead title=move || t_string!(i18n, inbox.content.json_title).to_owned() />
        <Load from=json view=shown />
    }
    .into_any()
}
