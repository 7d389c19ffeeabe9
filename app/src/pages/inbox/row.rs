//! One session as a row of the list.

use super::{
    glyph::{PreviewLine, WindowClock},
    state::use_inbox,
};
use crate::{i18n::*, ui::Time, words::initials};
use domain::{
    ids::SessionId,
    session::{SessionRow, State, Tab},
};
use leptos::prelude::*;

/// Each row's element id starts so.
pub const ROW_ID: &str = "row-";
#[component]
pub fn Row(row: Signal<SessionRow>, id: SessionId) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let label = move || row.with(|row| row.contact.label.clone());
    let initial = move || row.with(|row| initial(&row.contact.label));
    let preview = Memo::new(move |_| row.with(|row| row.last_message.clone()));
    let closed = move || row.with(|row| row.state == State::Closed);
    let closes =
        Signal::derive(move || row.with(|row| row.window_closes_at.filter(|_| row.state != State::Closed)));
    // Who has it, short enough to leave the room to the message.
    let owner = move || {
        let (short, long) = row.with(|row| match (row.state, &row.owner) {
            (State::Closed, _) => {
                let closed = t_string!(i18n, inbox.list.closed).to_owned();
                (closed.clone(), closed)
            }
            (_, Some(owner)) => (initials(&owner.name), owner.name.clone()),
            (_, None) => ("–".to_owned(), t_string!(i18n, inbox.list.nobody).to_owned()),
        });
        let all = inbox.query.with(|query| query.tab == Tab::All);
        all.then(|| {
            view! {
                <span class="row-owner" title=long.clone()>
                    <span class="sr-only">{long.clone()}</span>
                    <span aria-hidden="true">{short}</span>
                </span>
            }
        })
    };
    let unread = move || {
        let count = row.with(|row| row.unread);
        let long = move || t_string!(i18n, inbox.list.unread, count = count).to_string();
        (count > 0).then(|| {
            view! {
                <span class="row-unread" title=long>
                    <span class="sr-only">{long}</span>
                    <span aria-hidden="true">{count}</span>
                </span>
            }
        })
    };
    let open = move || inbox.session.get() == Some(id);
    view! {
        <a
            class="row"
            class:row-closed=closed
            id=format!("{ROW_ID}{id}")
            href=move || inbox.query.with(|query| query.href(Some(id)))
            aria-current=move || open().then_some("page")
        >
            <span class="avatar" aria-hidden="true">
                {initial}
            </span>
            <span class="row-head">
                <span class="row-name" dir="auto">
                    {label}
                </span>
                {owner}
                <Time at=Signal::derive(move || row.with(|row| row.last_message_at)) />
            </span>
            <span class="row-line">
                <span class="row-preview">
                    {move || preview.get().map(|preview| view! { <PreviewLine preview /> })}
                </span>
                <WindowClock closes only_soon=true />
                {unread}
            </span>
        </a>
    }
    .into_any()
}

/// The letter on a customer's avatar; a number has none.
pub fn initial(label: &str) -> String {
    match label.chars().find(|c| c.is_alphanumeric()) {
        Some(c) if c.is_alphabetic() => c.to_uppercase().collect(),
        _ => "#".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::initial;

    #[test]
    fn avatars_have_a_letter_or_a_hash() {
        assert_eq!(initial("čeněk Dvořák"), "Č");
        assert_eq!(initial("🌻 Eva"), "E");
        assert_eq!(initial("+420 777"), "#");
    }
}
