//! Where somebody reads in a thread: at its end, which it then follows, or above it.

use super::{browser, bubble::UNREAD_ID, flow::OnItsWay};
use crate::{
    i18n::*,
    ui::{Icon, IconName},
};
use domain::{
    ids::MessageId,
    message::{Direction, MessageView},
    session::Thread,
};
use leptos::{html, prelude::*};

/// Pixels above the end from which on somebody is reading older messages.
const FAR: i32 = 120;

#[derive(Debug, Clone, Copy)]
pub struct Scroll {
    pub scroller: NodeRef<html::Div>,
    /// The newest message when somebody scrolled up; `None` at the end.
    pub left_at: RwSignal<Option<Option<MessageId>>>,
}

impl Scroll {
    pub fn moved(self, thread: Memo<Thread>) {
        let Some(scroller) = self.scroller.get_untracked() else {
            return;
        };
        // In a reversed column the end is 0 and older messages are below it.
        let far = scroller.scroll_top().abs() > FAR;
        if far != self.left_at.with_untracked(Option::is_some) {
            let newest = || thread.with_untracked(|thread| thread.messages.last().map(|m| m.id));
            self.left_at.set(far.then(newest));
        }
    }

    fn to_end(self) {
        if let Some(scroller) = self.scroller.get_untracked() {
            scroller.set_scroll_top(0);
        }
    }

    /// To the unread line when opened, to the end with each reply of mine.
    pub fn follow(self, mine: Memo<Vec<OnItsWay>>) {
        Effect::new(move |opened: Option<()>| {
            let sending = mine.with(|mine| !mine.is_empty());
            match (opened, sending) {
                (None, _) => {
                    if let Some(line) = browser::element(UNREAD_ID) {
                        browser::reveal(&line);
                    }
                }
                (Some(()), true) => self.to_end(),
                (Some(()), false) => {}
            }
        });
    }
}

fn inbound_after(messages: &[MessageView], newest_then: Option<MessageId>) -> usize {
    let since = messages
        .iter()
        .rev()
        .take_while(|message| Some(message.id) != newest_then);
    since
        .filter(|message| message.direction == Direction::Inbound)
        .count()
}

/// The pill that leads to the end, with how much is new there.
#[component]
pub fn Down(thread: Memo<Thread>, scroll: Scroll) -> impl IntoView {
    let i18n = use_i18n();
    let news = Memo::new(move |_| {
        let left_at = scroll.left_at.get()?;
        thread.with(|thread| u32::try_from(inbound_after(&thread.messages, left_at)).ok())
    });
    let view = move || {
        let count = news.get()?;
        let label = move || match count {
            0 => t_string!(i18n, inbox.thread.down).to_owned(),
            count => t_string!(i18n, inbox.thread.news, count = count).to_string(),
        };
        Some(view! {
            <button type="button" class="flow-down" aria-label=label title=label on:click=move |_| scroll.to_end()>
                <Icon name=IconName::ChevronDown />
                {(count > 0).then_some(count)}
            </button>
        })
    };
    view! { {view} }.into_any()
}
