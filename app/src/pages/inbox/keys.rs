//! The keys of the inbox. They press what is on the screen, so a key can do nothing that a button could not. No
//! letter with Alt: AltGr belongs to Czech.

use super::{
    browser,
    list::{MORE_ID, SEARCH_ID},
};
use crate::i18n::*;
use leptos::{ev, ev::KeyboardEvent, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, HtmlElement};

pub const PICK_UP_ID: &str = "thread-pick-up";
pub const CLOSE_ID: &str = "thread-close";
pub const TRANSFER_ID: &str = "thread-transfer";
pub const REPLY_ID: &str = "composer-text";

/// Listens to the keys; its help opens with `?`.
#[component]
pub fn Keys() -> impl IntoView {
    let i18n = use_i18n();
    let help = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let listener = window_event_listener(ev::keydown, move |event| pressed(&event, help));
        on_cleanup(move || listener.remove());
    });
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
            {line(&["/"], Signal::derive(move || t_string!(i18n, inbox.keys.search)))}
            {line(&["Enter"], Signal::derive(move || t_string!(i18n, inbox.keys.send)))}
            {line(&["Shift", "Enter"], Signal::derive(move || t_string!(i18n, inbox.keys.line)))}
            {line(&["Esc"], Signal::derive(move || t_string!(i18n, inbox.keys.leave)))}
        </dl>
    }
    .into_any();
    view! {
        <dialog class="dialog" node_ref=help aria-labelledby="keys-title">
            <h2 id="keys-title">{move || t_string!(i18n, inbox.keys.title)}</h2>
            {lines}
            <form method="dialog" class="dialog-buttons">
                <button class="button primary">{move || t_string!(i18n, inbox.keys.done)}</button>
            </form>
        </dialog>
    }
    .into_any()
}

fn pressed(event: &KeyboardEvent, help: NodeRef<html::Dialog>) {
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
    let done = match event.key().as_str() {
        "?" => help
            .get_untracked()
            .is_some_and(|help: HtmlDialogElement| help.show_modal().is_ok()),
        "j" | "J" => step(1),
        "k" | "K" => step(-1),
        "p" | "P" => press(PICK_UP_ID),
        "e" | "E" => press(CLOSE_ID),
        "t" | "T" => press(TRANSFER_ID),
        "r" | "R" => focus(REPLY_ID),
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

/// The field that is being typed into, if one is.
fn field_with_focus() -> Option<HtmlElement> {
    let element = document().active_element()?;
    let field = matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT");
    let element = element.dyn_into::<HtmlElement>().ok()?;
    (field || element.is_content_editable()).then_some(element)
}

fn press(id: &str) -> bool {
    browser::element(id).map(|button| button.click()).is_some()
}

fn focus(id: &str) -> bool {
    browser::element(id).map(|field| field.focus()).is_some()
}

/// Opens the session that is so many rows below the open one.
fn step(by: i64) -> bool {
    let Ok(rows) = document().query_selector_all("a.row") else {
        return false;
    };
    let rows: Vec<Element> = (0..rows.length())
        .filter_map(|n| rows.get(n)?.dyn_into().ok())
        .collect();
    let open = rows.iter().position(|row| row.has_attribute("aria-current"));
    let wanted = match open {
        Some(open) => i64::try_from(open).unwrap_or(0) + by,
        None => 0,
    };
    let row = usize::try_from(wanted).ok().and_then(|wanted| rows.get(wanted));
    let Some(row) = row.and_then(|row| row.dyn_ref::<HtmlElement>()) else {
        // Below the last one stands the link to more of them.
        return by > 0 && press(MORE_ID);
    };
    row.click();
    // So that Tab goes on from there, and a screen reader says where one is.
    browser::focus(&row.id());
    browser::reveal(row);
    true
}
