//! Where somebody reads in a thread: at its end, which it then follows, or above it.

use super::{browser, bubble::UNREAD_ID, state::use_inbox};
use crate::{
    i18n::*,
    outbox::OnItsWay,
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
/// Pixels below the top at which what stands above is read.
const NEAR_TOP: i32 = 800;
/// Pixels for the day that sticks to the top.
const CHIP: i32 = 48;

#[derive(Debug, Clone, Copy)]
pub struct Scroll {
    pub scroller: NodeRef<html::Div>,
    /// The newest message when somebody scrolled up; `None` at the end.
    pub left_at: RwSignal<Option<Option<MessageId>>>,
    /// Rises with each move.
    pub moves: RwSignal<u64>,
    /// Somebody has chosen to go to the end, past whatever is unread.
    pub went_to_end: RwSignal<bool>,
}

impl Scroll {
    pub fn new(scroller: NodeRef<html::Div>) -> Self {
        Self {
            scroller,
            left_at: RwSignal::new(None),
            moves: RwSignal::new(0),
            went_to_end: RwSignal::new(false),
        }
    }

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
        self.moves.update(|n| *n += 1);
    }

    fn to_end(self) {
        if let Some(scroller) = self.scroller.get_untracked() {
            scroller.set_scroll_top(0);
        }
    }

    /// To the unread line when opened, to the end with each reply of mine.
    pub fn follow(self, mine: Memo<Vec<OnItsWay>>) {
        Effect::new(move |written: Option<usize>| {
            let waiting = mine.with(Vec::len);
            match written {
                None => self.to_unread(),
                Some(before) if waiting > before => self.to_end(),
                Some(_) => {}
            }
            waiting
        });
    }

    /// Moves this scroller only: the window around it has to stay where it is.
    fn to_unread(self) {
        let (Some(scroller), Some(line)) = (self.scroller.get_untracked(), browser::element(UNREAD_ID))
        else {
            return;
        };
        scroller.set_scroll_top(line.offset_top() - CHIP);
    }

    /// Reads what stands above as soon as somebody comes near the top. What then comes on top moves nothing: places in a
    /// reversed column are counted from its end.
    pub fn reach_up(self, thread: Memo<Thread>) {
        let inbox = use_inbox();
        Effect::new(move |_| {
            self.moves.track();
            thread.track();
            // Once it is drawn.
            request_animation_frame(move || {
                let is_near = self
                    .scroller
                    .try_get_untracked()
                    .flatten()
                    .is_some_and(|scroller| {
                        let left = scroller.scroll_height() - scroller.client_height();
                        left - scroller.scroll_top().abs() < NEAR_TOP
                    });
                if is_near {
                    inbox.read_above();
                }
            });
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
    let go = move |_| {
        scroll.went_to_end.set(true);
        scroll.to_end();
    };
    let view = move || {
        let count = news.get()?;
        let label = move || match count {
            0 => t_string!(i18n, inbox.thread.down).to_owned(),
            count => t_string!(i18n, inbox.thread.news, count = count).to_string(),
        };
        Some(view! {
            <button type="button" class="flow-down" aria-label=label title=label on:click=go>
                <Icon name=IconName::ChevronDown />
                {(count > 0).then_some(count)}
            </button>
        })
    };
    view! { {view} }.into_any()
}
