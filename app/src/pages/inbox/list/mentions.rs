//! The notes that call for the user, until they have seen them.

use crate::{
    api::{ActionForm, inbox::MentionsSeen},
    browser,
    i18n::*,
    pages::inbox::{element_ids, state::use_inbox},
    ui::{Icon, IconName, Time, derived, form::on_outcome},
};
use domain::session::Mention;
use leptos::prelude::*;

#[component]
pub fn Mentions() -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let mentions = derived(move |_| {
        let mentions = inbox.mentions.get().and_then(Result::ok);
        mentions.unwrap_or_default()
    });
    let attentive = browser::use_attention();
    // Whoever has the session open has the note before them.
    Effect::new(move |_| {
        let open = inbox.session.get();
        let calls = mentions.with(|all| all.iter().any(|mention| Some(mention.session) == open));
        if let Some(session) = open.filter(|_| calls && attentive.get()) {
            inbox.mentions_seen.dispatch(MentionsSeen { session });
        }
    });
    // No event tells of it where the user does not see the session any more.
    on_outcome(inbox.mentions_seen, move |_| inbox.mentions.refetch());
    let any = derived(move |_| mentions.with(|all| !all.is_empty()));
    let list = move || {
        any.get().then(|| {
            view! {
                <section class="mentions" aria-labelledby="mentions-title">
                    <h2 id="mentions-title" class="mentions-title">
                        {move || t_string!(i18n, inbox.mentions.title)}
                    </h2>
                    <ul>
                        <For each=move || mentions.get() key=|mention| mention.id let(mention)>
                            <MentionRow mention />
                        </For>
                    </ul>
                </section>
            }
        })
    };
    view! { {list} }.into_any()
}

#[component]
fn MentionRow(mention: Mention) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let Mention {
        id,
        session,
        contact,
        at,
        who,
        text,
    } = mention;
    let href = move || {
        let anchor = element_ids::of_note(id);
        inbox.query.with(|query| query.href_at(session, id, &anchor))
    };
    let customer = contact.label.clone();
    let seen = move || t_string!(i18n, inbox.mentions.seen, customer = customer.as_str()).to_string();
    view! {
        <li class="mention">
            <a class="mention-link" href=href>
                <span class="mention-head">
                    <bdi class="row-name" translate="no">
                        {contact.label}
                    </bdi>
                    <Time at />
                </span>
                <span class="mention-text" dir="auto" translate="no">
                    {who.map(|who| format!("{who}: "))} {text}
                </span>
            </a>
            <ActionForm action=inbox.mentions_seen>
                <input type="hidden" name="session" value=session.to_string() />
                <button type="submit" class="button quiet" aria-label=seen.clone() title=seen>
                    <Icon name=IconName::Check />
                </button>
            </ActionForm>
        </li>
    }
    .into_any()
}
