//! What to know before replying, why a reply came back, and why the user cannot reply.

use super::draft::Draft;
use crate::{
    api::ApiError,
    i18n::*,
    pages::inbox::{
        actions::{PickUp, Reopen},
        labels,
        template::{TemplateButton, Templates},
    },
    ui::LiveText,
};
use domain::{ids::SessionId, pick_up_mode::PickUp, refusal::Refusal, session::Thread};
use leptos::prelude::*;

/// What to know before replying, and why a reply came back.
#[component]
pub fn Hints(thread: Memo<Thread>, draft: Draft) -> impl IntoView {
    let i18n = use_i18n();
    let may = move || thread.with(|thread| thread.may.reply.is_ok());
    let picks_up = move || {
        may()
            && thread.with(|thread| {
                let session = &thread.session;
                let auto = session.queue.as_ref().is_some_and(|q| q.pick_up == PickUp::Auto);
                session.owner.is_none() && auto
            })
    };
    // The user is told before typing a reply, not after it has failed.
    let blocked = move || {
        let blocked = thread.with(|thread| thread.blocked.filter(|_| thread.may.reply.is_ok()))?;
        Some(view! { <p class="composer-warning">{move || labels::blocked(i18n.get_locale(), blocked)}</p> })
    };
    let takes = move || {
        picks_up().then(
            || view! { <p class="composer-hint">{move || t_string!(i18n, inbox.composer.picks_up)}</p> },
        )
    };
    let has_failed = Memo::new(move |_| draft.why.with(Option::is_some));
    let why = move || {
        let why = draft.why.get().map(|why| labels::why(i18n.get_locale(), &why));
        t_string!(i18n, inbox.composer.not_sent, why = why.unwrap_or_default()).to_string()
    };
    let failed = move || {
        has_failed.get().then(|| {
            view! {
                <p class="composer-failed">
                    <LiveText text=why />
                </p>
            }
        })
    };
    view! {
        <div id="composer-hints" class="composer-hints">
            {blocked}
            {takes}
            <div role="alert">{failed}</div>
        </div>
    }
    .into_any()
}

/// Why the user cannot reply, and the button that helps.
#[component]
pub fn Help(
    id: SessionId,
    thread: Memo<Thread>,
    refusal: Memo<Option<Refusal>>,
    templates: Templates,
) -> impl IntoView {
    let i18n = use_i18n();
    let may_pick_up = Memo::new(move |_| thread.with(|thread| thread.may.pick_up));
    let may_reopen = Memo::new(move |_| thread.with(|thread| thread.may.reopen));
    let refused = Memo::new(move |_| refusal.with(Option::is_some));
    let words = move || match refusal.get() {
        None => String::new(),
        Some(Refusal::SessionClosed) if templates.offered.get() => {
            t_string!(i18n, inbox.composer.closed_template).to_owned()
        }
        Some(why) => labels::why(i18n.get_locale(), &ApiError::Refused(why)),
    };
    let view = move || {
        refused.get().then(|| {
            view! {
                <div class="composer-help">
                    <p>
                        <LiveText text=words />
                    </p>
                    {move || may_pick_up.get().then(|| view! { <PickUp id /> })}
                    {move || may_reopen.get().then(|| view! { <Reopen id /> })}
                    <TemplateButton templates />
                </div>
            }
        })
    };
    view! { {view} }.into_any()
}
