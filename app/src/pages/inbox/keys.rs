//! The keyboard shortcuts of the inbox. They press the buttons on the screen, so a key can do nothing that a button
//! could not. No shortcut combines a letter with Alt: the Czech layout uses AltGr.

use super::element_ids::{
    CLOSE_ID, MORE_HITS_ID, MORE_ID, NOTE_ID, NOTE_TAB_ID, PICK_UP_ID, REPLY_ID, REPLY_TAB_ID, SEARCH_ID,
    TRANSFER_ID, UNREAD_BUTTON_ID,
};
use crate::{
    browser::{self, store, stored},
    i18n::*,
};
use leptos::{ev, ev::KeyboardEvent, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, HtmlElement};

const HELP_ID: &str = "keys";
/// The storage key under which this browser keeps that letters are off.
const LETTERS: &str = "keys.letters";
const OFF: &str = "off";

/// Shows the help on the keys.
pub fn show() -> bool {
    let help = browser::element(HELP_ID).and_then(|help| help.dyn_into::<HtmlDialogElement>().ok());
    help.is_some_and(|help| help.show_modal().is_ok())
}

/// Single letters can be switched off: a user of speech input would press them by accident.
/// <https://www.w3.org/WAI/WCAG22/Understanding/character-key-shortcuts>
fn letters() -> bool {
    stored(LETTERS).as_deref() != Some(OFF)
}

fn keep_letters(on: bool) {
    store(LETTERS, (!on).then_some(OFF));
}

/// Listens to the keys; its help opens with `?`.
#[component]
pub fn Keys() -> impl IntoView {
    let i18n = use_i18n();
    let on = RwSignal::new(true);
    Effect::new(move |_| {
        on.set(letters());
        let listener = window_event_listener(ev::keydown, |event| pressed(&event));
        on_cleanup(move || listener.remove());
    });
    let switch = view! {
        <label class="choice">
            <input
                type="checkbox"
                prop:checked=move || on.get()
                on:change=move |event| {
                    let chosen = event_target_checked(&event);
                    keep_letters(chosen);
                    on.set(chosen);
                }
            />
            <span>
                <strong>{move || t_string!(i18n, inbox.keys.letters)}</strong>
                <span class="hint">{move || t_string!(i18n, inbox.keys.letters_text)}</span>
            </span>
        </label>
    }
    .into_any();
    let line = |keys: &'static [&'static str], words: Signal<&'static str>| {
        let keys = keys.iter().map(|key| view! { <kbd>{*key}</kbd> }).collect_view();
        view! {
            <dt>{keys}</dt>
            <dd>{words}</dd>
        }
    };
    let lines = view! {
        <dl class="keys">
            {line(&["?"], Signal::derive(move || t_string!(i18n, inbox.keys.help)))}
            {line(&["J"], Signal::derive(move || t_string!(i18n, inbox.keys.next)))}
            {line(&["K"], Signal::derive(move || t_string!(i18n, inbox.keys.previous)))}
            {line(&["P"], Signal::derive(move || t_string!(i18n, inbox.keys.pick_up)))}
            {line(&["E"], Signal::derive(move || t_string!(i18n, inbox.keys.close)))}
            {line(&["T"], Signal::derive(move || t_string!(i18n, inbox.thread.transfer)))}
            {line(&["R"], Signal::derive(move || t_string!(i18n, inbox.keys.reply)))}
            {line(&["N"], Signal::derive(move || t_string!(i18n, inbox.keys.note)))}
            {line(&["U"], Signal::derive(move || t_string!(i18n, inbox.thread.mark_unread)))}
            {line(&["/"], Signal::derive(move || t_string!(i18n, inbox.keys.search)))}
            {line(&["/"], Signal::derive(move || t_string!(i18n, inbox.keys.canned)))}
            {line(&["Enter"], Signal::derive(move || t_string!(i18n, inbox.keys.send)))}
            {line(&["Shift", "Enter"], Signal::derive(move || t_string!(i18n, inbox.keys.line)))}
            {line(&["Ctrl", "K"], Signal::derive(move || t_string!(i18n, inbox.keys.commands)))}
            {line(&["Esc"], Signal::derive(move || t_string!(i18n, inbox.keys.leave)))}
        </dl>
    }
    .into_any();
    view! {
        <dialog class="dialog" id=HELP_ID aria-labelledby="keys-title">
            <h2 id="keys-title">{move || t_string!(i18n, inbox.keys.title)}</h2>
            {lines}
            {switch}
            <form method="dialog" class="dialog-buttons">
                <button class="button primary">{move || t_string!(i18n, inbox.keys.done)}</button>
            </form>
        </dialog>
    }
    .into_any()
}

fn pressed(event: &KeyboardEvent) {
    if event.default_prevented()
        || event.ctrl_key()
        || event.alt_key()
        || event.meta_key()
        || dialog_is_open()
    {
        return;
    }
    if let Some(field) = field_with_focus() {
        if event.key() == "Escape" {
            let _ = field.blur();
        }
        return;
    }
    if !letters() {
        return;
    }
    let done = match event.key().as_str() {
        "?" => show(),
        "j" | "J" => step(1),
        "k" | "K" => step(-1),
        "p" | "P" => press(PICK_UP_ID),
        "e" | "E" => press(CLOSE_ID),
        "t" | "T" => press(TRANSFER_ID),
        "r" | "R" => write(REPLY_TAB_ID, REPLY_ID),
        "n" | "N" => write(NOTE_TAB_ID, NOTE_ID),
        "u" | "U" => press(UNREAD_BUTTON_ID),
        "/" => focus(SEARCH_ID),
        _ => false,
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
    let is_shown = browser::element(field).is_some_and(|field| field.offset_parent().is_some());
    if is_shown { focus(field) } else { press(tab) }
}

fn focus(id: &str) -> bool {
    browser::element(id).map(|field| field.focus()).is_some()
}

/// Opens the session that is `by` rows below the open one.
fn step(by: i64) -> bool {
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
