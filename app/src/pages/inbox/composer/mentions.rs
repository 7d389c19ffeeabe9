//! Colleagues for whom a note can call: an `@` in a note offers them, and what follows it narrows the list.

use super::offer::{Offer, OfferList, Offered, Pressed};
use crate::{
    api::{ApiResult, inbox::colleagues},
    i18n::*,
};
use domain::{
    ids::SessionId,
    session::{Colleague, begun},
};
use leptos::{ev::KeyboardEvent, html, prelude::*, task::spawn_local};

/// More are not shown: whoever looks for another types more of the name.
const SHOWN: usize = 8;

#[derive(Debug, Clone, Copy)]
pub struct Mentions {
    session: SessionId,
    area: NodeRef<html::Textarea>,
    /// Those who see the session; read anew with each `@`.
    colleagues: RwSignal<Option<ApiResult<Vec<Colleague>>>>,
    /// What follows the `@`; `None` while no list is shown.
    typed: RwSignal<Option<String>>,
    pub offer: Offer,
}

pub fn use_mentions(session: SessionId, area: NodeRef<html::Textarea>) -> Mentions {
    let colleagues = RwSignal::new(None::<ApiResult<Vec<Colleague>>>);
    let typed = RwSignal::new(None::<String>);
    let found = Memo::new(move |_| {
        let typed = typed.get()?;
        let found = colleagues.with(|colleagues| match colleagues {
            Some(Ok(all)) => offered(all, &typed),
            // Nothing is said of those who are still being read.
            _ => Vec::new(),
        });
        // What follows an `@` may be anything: who types on is not disturbed.
        (!found.is_empty() || typed.is_empty()).then_some(found)
    });
    Mentions {
        session,
        area,
        colleagues,
        typed,
        offer: Offer::new("mentions", found),
    }
}

fn offered(all: &[Colleague], typed: &str) -> Vec<Offered> {
    let typed = typed.to_lowercase();
    let begins = |colleague: &&Colleague| {
        let name = colleague.name.to_lowercase();
        let number = colleague.number.as_ref();
        name.split(' ').any(|word| word.starts_with(&typed))
            || name.starts_with(&typed)
            || number.is_some_and(|number| number.starts_with(&typed))
    };
    let found = all.iter().filter(begins).take(SHOWN);
    found
        .map(|colleague| Offered {
            name: colleague.name.clone(),
            text: colleague.number.clone().unwrap_or_default(),
            puts: format!("@{} ", colleague.name),
        })
        .collect()
}

impl Mentions {
    /// The text before the cursor.
    fn before(self) -> Option<(String, u32)> {
        let area = self.area.get_untracked()?;
        let cursor = area.selection_end().ok().flatten()?;
        let before: Vec<u16> = area.value().encode_utf16().take(cursor as usize).collect();
        Some((String::from_utf16_lossy(&before), cursor))
    }

    /// Looks at what is in the field now.
    pub fn look(self) {
        let before = self.before();
        let typed = before.as_ref().and_then(|(before, _)| begun(before));
        let was_begun = self.typed.with_untracked(Option::is_some);
        self.offer.begin();
        self.typed.set(typed.map(str::to_owned));
        if typed.is_some() && !was_begun {
            spawn_local(async move {
                let read = colleagues(self.session).await;
                self.colleagues.try_set(Some(read));
            });
        }
    }

    pub fn close(self) {
        self.typed.set(None);
    }

    /// The key moves in the list, chooses from it or closes it; returns whether it did.
    pub fn takes(self, event: &KeyboardEvent) -> bool {
        match self.offer.pressed(event) {
            Some(Pressed::Chose(colleague)) => self.choose(&colleague),
            Some(Pressed::Closed) => self.close(),
            Some(Pressed::Moved) => {}
            Some(Pressed::Nothing) | None => return false,
        }
        event.prevent_default();
        event.stop_propagation();
        true
    }

    /// Puts the name in place of what is typed of it.
    pub fn choose(self, colleague: &Offered) {
        self.close();
        let (Some((before, cursor)), Some(area)) = (self.before(), self.area.get_untracked()) else {
            return;
        };
        let Some(typed) = begun(&before) else {
            return;
        };
        // In UTF-16, as the browser counts; with the `@`.
        let typed = u32::try_from(typed.encode_utf16().count() + 1).unwrap_or(cursor);
        let from = cursor.saturating_sub(typed);
        let _ = area.set_range_text_with_start_and_end(&colleague.puts, from, cursor);
        let behind = u32::try_from(colleague.puts.encode_utf16().count()).unwrap_or(0);
        let _ = area.set_selection_range(from + behind, from + behind);
    }
}

#[component]
pub fn MentionList(mentions: Mentions, choose: Callback<Offered>) -> impl IntoView {
    let i18n = use_i18n();
    let note = move || {
        mentions.colleagues.with(|colleagues| match colleagues {
            None => Some(t_string!(i18n, common.loading)),
            Some(Err(_)) => Some(t_string!(i18n, inbox.mentions.failed)),
            Some(Ok(all)) => all.is_empty().then(|| t_string!(i18n, inbox.mentions.nobody)),
        })
    };
    let label = Signal::derive(move || t_string!(i18n, inbox.mentions.list));
    view! { <OfferList offer=mentions.offer label note=Signal::derive(note) choose /> }
}
