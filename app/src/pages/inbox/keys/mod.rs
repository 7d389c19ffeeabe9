//! The keyboard shortcuts of the inbox. They press the buttons on the screen, so a key can do nothing that a button
//! could not. No shortcut combines a letter with Alt: the Czech layout uses AltGr.

mod bindings;
mod help;

use self::{
    bindings::{Action, Bindings, letters, plain_key},
    help::{HELP_ID, KeysHelp},
};
use super::{
    element_ids::{
        BACK_ID, CLOSE_ID, MORE_HITS_ID, MORE_ID, NOTE_ID, NOTE_TAB_ID, PICK_UP_ID, REPLY_ID, REPLY_TAB_ID,
        SEARCH_ID, SNOOZE_ID, TRANSFER_ID, UNREAD_BUTTON_ID,
    },
    state::{Inbox, use_inbox},
};
use crate::browser;
use leptos::{ev, ev::KeyboardEvent, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, HtmlElement};

/// Shows the help on the keys.
pub fn show() -> bool {
    let help = browser::element(HELP_ID).and_then(|help| help.dyn_into::<HtmlDialogElement>().ok());
    help.is_some_and(|help| help.show_modal().is_ok())
}

/// Listens to the keys; its help opens with `?`.
#[component]
pub fn Keys() -> impl IntoView {
    let inbox = use_inbox();
    let keys = RwSignal::new(Bindings::default());
    Effect::new(move |_| {
        keys.set(Bindings::stored());
        let listener = window_event_listener(ev::keydown, move |event| pressed(&event, keys, inbox));
        on_cleanup(move || listener.remove());
    });
    view! { <KeysHelp keys /> }
}

fn pressed(event: &KeyboardEvent, keys: RwSignal<Bindings>, inbox: Inbox) {
    if event.default_prevented() || dialog_is_open() {
        return;
    }
    if let Some(field) = field_with_focus() {
        if event.key() == "Escape" {
            let _ = field.blur();
        }
        return;
    }
    let Some(key) = plain_key(event).filter(|_| letters()) else {
        return;
    };
    let action = keys.try_with_untracked(|keys| keys.action(key)).flatten();
    let done = match action {
        Some(Action::Help) => show(),
        Some(Action::Next) => step(inbox, 1),
        Some(Action::Previous) => step(inbox, -1),
        Some(Action::PickUp) => press(PICK_UP_ID),
        Some(Action::Close) => press(CLOSE_ID),
        Some(Action::Transfer) => press(TRANSFER_ID),
        Some(Action::Reply) => write(REPLY_TAB_ID, REPLY_ID),
        Some(Action::Note) => write(NOTE_TAB_ID, NOTE_ID),
        Some(Action::MarkUnread) => press(UNREAD_BUTTON_ID),
        Some(Action::Snooze) => press(SNOOZE_ID),
        Some(Action::Search) => search(),
        None => false,
    };
    if done {
        event.prevent_default();
    }
}

fn dialog_is_open() -> bool {
    document().query_selector("dialog[open]").ok().flatten().is_some()
}

/// The field with the focus, if any.
fn field_with_focus() -> Option<HtmlElement> {
    let element = document().active_element()?;
    let field = matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT");
    let element = element.dyn_into::<HtmlElement>().ok()?;
    (field || element.is_content_editable()).then_some(element)
}

fn press(id: &str) -> bool {
    browser::element(id).map(|button| button.click()).is_some()
}

/// The field of the other tab is hidden, and cannot have the focus; the tab gives it.
fn write(tab: &str, field: &str) -> bool {
    if is_shown(field) { focus(field) } else { press(tab) }
}

/// Where the thread has the whole width, the list with its search is hidden until one goes back.
fn search() -> bool {
    if is_shown(SEARCH_ID) {
        return focus(SEARCH_ID);
    }
    request_animation_frame(|| _ = focus(SEARCH_ID));
    press(BACK_ID)
}

fn is_shown(id: &str) -> bool {
    browser::element(id).is_some_and(|element| element.offset_parent().is_some())
}

fn focus(id: &str) -> bool {
    browser::element(id).map(|field| field.focus()).is_some()
}

/// Opens the session that is `by` rows below the open one.
fn step(inbox: Inbox, by: i64) -> bool {
    // The open one may be far from what is on the screen.
    if inbox.draw_open() {
        request_animation_frame(move || _ = step_drawn(by));
        return true;
    }
    step_drawn(by)
}

fn step_drawn(by: i64) -> bool {
    let Ok(rows) = document().query_selector_all("a.row") else {
        return false;
    };
    let rows: Vec<Element> = (0..rows.length())
        .filter_map(|n| rows.get(n)?.dyn_into().ok())
        .collect();
    // What a search has found comes after the sessions, and may be in one of them.
    let open = rows.iter().rposition(|row| row.has_attribute("aria-current"));
    let wanted = match open {
        Some(open) => i64::try_from(open).unwrap_or(0) + by,
        None => 0,
    };
    let row = usize::try_from(wanted).ok().and_then(|wanted| rows.get(wanted));
    let Some(row) = row.and_then(|row| row.dyn_ref::<HtmlElement>()) else {
        // Below the last row is the link to more.
        return by > 0 && (press(MORE_HITS_ID) || press(MORE_ID));
    };
    row.click();
    // So that Tab goes on from there, and a screen reader announces the row.
    browser::focus(&row.id());
    browser::reveal(row);
    true
}
