//! The reading position in a thread: at its end, which the view then follows, or above it.

use crate::{
    browser,
    i18n::*,
    outbox::OnItsWay,
    pages::inbox::{
        element_ids::{self, UNREAD_ID},
        state::use_inbox,
    },
    ui::{Icon, IconName, LiveText},
};
use domain::{
    ids::{LineId, MessageId},
    message::{Direction, MessageView},
    session::Thread,
};
use leptos::{html, prelude::*};
use leptos_use::use_resize_observer;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, NodeList};

/// In a reversed column the end is 0 and older messages are below it.
const END: i32 = 0;
/// Pixels above the end beyond which the user is reading older messages.
const FAR: i32 = 120;
/// Pixels below the top within which the messages above are loaded.
const NEAR_TOP: i32 = 800;
/// Pixels taken by the day that sticks to the top.
const CHIP: i32 = 48;

#[derive(Debug, Clone, Copy)]
pub struct Scroll {
    pub scroller: NodeRef<html::Div>,
    /// The content that it scrolls.
    pub content: NodeRef<html::Div>,
    /// The newest message when the user scrolled up; `None` at the end.
    pub left_at: RwSignal<Option<Option<MessageId>>>,
    /// Rises with each move.
    pub moves: RwSignal<u64>,
    /// The user has chosen to go to the end, past unread messages.
    pub went_to_end: RwSignal<bool>,
    held: StoredValue<Option<Held>>,
}

/// The line that the user reads above the end, and its position on the screen.
#[derive(Debug, Clone)]
struct Held {
    id: String,
    place: f64,
}

impl Scroll {
    pub fn new() -> Self {
        Self {
            scroller: NodeRef::new(),
            content: NodeRef::new(),
            left_at: RwSignal::new(None),
            moves: RwSignal::new(0),
            went_to_end: RwSignal::new(false),
            held: StoredValue::new(None),
        }
    }

    pub fn moved(self, thread: Memo<Thread>) {
        let Some(scroller) = self.scroller.get_untracked() else {
            return;
        };
        let far = is_far(&scroller);
        if far != self.left_at.with_untracked(Option::is_some) {
            let newest = || thread.with_untracked(|thread| thread.messages.last().map(|m| m.id));
            self.left_at.set(far.then(newest));
        }
        self.hold(&scroller);
        self.moves.update(|n| *n += 1);
    }

    fn hold(self, scroller: &HtmlElement) {
        self.held
            .set_value(is_far(scroller).then(|| self.first_on_screen()).flatten());
    }

    /// What was held does not pull the view back: the browser tells of the move only with the next frame.
    fn go(self, top: i32) {
        if let Some(scroller) = self.scroller.try_get_untracked().flatten() {
            scroller.set_scroll_top(top);
            self.hold(&scroller);
        }
    }

    /// Scrolls to the unread line when opened, and to the end with each reply of the user.
    pub fn follow(self, mine: Memo<Vec<OnItsWay>>) {
        Effect::new(move |written: Option<usize>| {
            let waiting = mine.with(Vec::len);
            match written {
                None => self.to_unread(),
                Some(before) if waiting > before => self.go(END),
                Some(_) => {}
            }
            waiting
        });
    }

    /// Shows the line that was searched for, once it is there.
    pub fn seek(self, thread: Memo<Thread>) {
        let inbox = use_inbox();
        Effect::new(move |shown: Option<Option<LineId>>| {
            let shown = shown.flatten();
            let sought = inbox.opening.with(|opening| opening.at)?;
            let is_there = thread.with(|thread| {
                let in_messages = thread.messages.iter().any(|message| sought == message.id.into());
                in_messages || thread.timeline.iter().any(|event| event.id == sought)
            });
            if !is_there || shown == Some(sought) {
                return shown;
            }
            // After the thread is drawn, and after it has gone to its unread line.
            request_animation_frame(move || self.to_sought(sought));
            Some(sought)
        });
    }

    fn to_sought(self, line: LineId) {
        let line = browser::element(&element_ids::of_message(MessageId::new(line.uuid())))
            .or_else(|| browser::element(&element_ids::of_note(line)));
        if let (Some(scroller), Some(line)) = (self.scroller.try_get_untracked().flatten(), line) {
            let middle = (scroller.client_height() - line.offset_height()) / 2;
            self.go(line.offset_top() - middle.max(CHIP));
        }
    }

    /// Moves this scroller only: the window around it must not move.
    fn to_unread(self) {
        if let Some(line) = browser::element(UNREAD_ID) {
            self.go(line.offset_top() - CHIP);
        }
    }

    /// Above the end, the line that the user reads stands still, whatever arrives or grows below it. Not every browser
    /// does that by itself, and those that do count content added on top twice.
    pub fn hold_still(self) {
        use_resize_observer(self.content, move |_, _| {
            let held = self.held.try_get_value().flatten();
            let (Some(held), Some(scroller)) = (held, self.scroller.try_get_untracked().flatten()) else {
                return;
            };
            let Some(line) = browser::element(&held.id) else {
                return;
            };
            let moved = line.get_bounding_client_rect().top() - held.place;
            if moved.abs() >= 1.0 {
                scroller.scroll_by_with_x_and_y(0.0, moved);
            }
        });
    }

    fn first_on_screen(self) -> Option<Held> {
        let scroller = self.scroller.get_untracked()?;
        let from = scroller.scroll_top();
        let lines = Lines::of(&scroller)?;
        let line = lines.get(lines.first_that(|line| line.offset_top() + line.offset_height() > from))?;
        let place = line.get_bounding_client_rect().top();
        Some(Held { id: line.id(), place })
    }

    /// The newest message of which at least `shown` pixels are on the screen.
    pub fn newest_on_screen(self, shown: i32) -> Option<HtmlElement> {
        let scroller = self.scroller.try_get_untracked()??;
        let below = scroller.scroll_top() + scroller.client_height();
        let lines = Lines::of(&scroller)?;
        let beyond = lines.first_that(|line| line.offset_top() + line.offset_height().min(shown) > below);
        lines.get(beyond.checked_sub(1)?)
    }

    /// Loads the messages above as soon as the user comes near the top. Content added on top moves nothing: positions
    /// in a reversed column are measured from its end.
    pub fn reach_up(self, thread: Memo<Thread>, whole: Signal<bool>) {
        let inbox = use_inbox();
        Effect::new(move |_| {
            self.moves.track();
            thread.track();
            // Before, the top is near only because most lines are not drawn yet.
            if !whole.get() {
                return;
            }
            // After the thread is drawn.
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

fn is_far(scroller: &HtmlElement) -> bool {
    (scroller.scroll_top() - END).abs() > FAR
}

/// The lines of messages. They are ordered from top to bottom, so a binary search finds a place.
struct Lines(NodeList);

impl Lines {
    fn of(scroller: &HtmlElement) -> Option<Self> {
        scroller.query_selector_all(".flow-line[id]").ok().map(Self)
    }

    fn get(&self, n: u32) -> Option<HtmlElement> {
        self.0.get(n)?.dyn_into().ok()
    }

    /// The index of the first line for which `holds` is true, as it is for all lines below.
    fn first_that(&self, holds: impl Fn(&HtmlElement) -> bool) -> u32 {
        let (mut from, mut to) = (0, self.0.length());
        while from < to {
            let middle = from + (to - from) / 2;
            if self.get(middle).is_some_and(|line| holds(&line)) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        from
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

/// The button that leads to the end, with the number of new messages there.
#[component]
pub fn Down(thread: Memo<Thread>, scroll: Scroll) -> impl IntoView {
    let i18n = use_i18n();
    let news = Memo::new(move |_| {
        let left_at = scroll.left_at.get()?;
        thread.with(|thread| u32::try_from(inbound_after(&thread.messages, left_at)).ok())
    });
    let go = move |_| {
        scroll.went_to_end.set(true);
        scroll.go(END);
    };
    let away = Memo::new(move |_| news.with(Option::is_some));
    let count = Memo::new(move |_| news.get().unwrap_or(0));
    let some = Memo::new(move |_| count.get() > 0);
    let label = move || match count.get() {
        0 => t_string!(i18n, inbox.thread.down).to_owned(),
        count => t_string!(i18n, inbox.thread.news, count = count).to_string(),
    };
    let number = move || {
        some.get()
            .then(|| view! { <LiveText text=move || count.get().to_string() /> })
    };
    let view = move || {
        away.get().then(|| {
            view! {
                <button type="button" class="flow-down" aria-label=label title=label on:click=go>
                    <Icon name=IconName::ChevronDown />
                    {number}
                </button>
            }
        })
    };
    view! { {view} }.into_any()
}
