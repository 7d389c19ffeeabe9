//! The window that shows the keys and gives actions other ones.

use super::bindings::{self, Action, Bindings};
use crate::i18n::*;
use leptos::{ev::KeyboardEvent, prelude::*};

pub const HELP_ID: &str = "keys";

#[component]
pub fn KeysHelp(keys: RwSignal<Bindings>) -> impl IntoView {
    let i18n = use_i18n();
    let letters = RwSignal::new(true);
    Effect::new(move |_| letters.set(bindings::letters()));
    let switch = view! {
        <label class="choice">
            <input
                type="checkbox"
                prop:checked=move || letters.get()
                on:change=move |event| {
                    let chosen = event_target_checked(&event);
                    bindings::keep_letters(chosen);
                    letters.set(chosen);
                }
            />
            <span>
                <strong>{move || t_string!(i18n, inbox.keys.letters)}</strong>
                <span class="hint">{move || t_string!(i18n, inbox.keys.letters_text)}</span>
            </span>
        </label>
    }
    .into_any();
    let fixed = |keys: &'static [&'static str], words: Signal<&'static str>| {
        let keys = keys.iter().map(|key| view! { <kbd>{*key}</kbd> }).collect_view();
        view! {
            <dt>{keys}</dt>
            <dd>{words}</dd>
        }
    };
    // The action that gets the next key that is pressed.
    let waits = RwSignal::new(None::<Action>);
    let pressed = move |event: KeyboardEvent| {
        let Some(action) = waits.get_untracked() else {
            return;
        };
        if event.key() == "Escape" {
            // The window stays open.
            event.prevent_default();
            event.stop_propagation();
            waits.set(None);
        } else if let Some(key) = bindings::plain_key(&event) {
            event.prevent_default();
            event.stop_propagation();
            keys.update(|keys| keys.bind(action, key));
            keys.with_untracked(Bindings::store);
            waits.set(None);
        }
    };
    let bound = move |action: Action| {
        let words = move || words(i18n.get_locale(), action);
        let name = move || t_string!(i18n, inbox.keys.change, what = words()).to_string();
        let shown = move || match waits.get() == Some(action) {
            true => t_string!(i18n, inbox.keys.press).to_owned(),
            false => keys.with(|keys| keys.key(action)).to_uppercase().to_string(),
        };
        view! {
            <dt>
                <button
                    type="button"
                    class="key"
                    aria-label=name
                    on:click=move |_| waits.set(Some(action))
                    on:keydown=pressed
                    on:blur=move |_| _ = waits.try_set(None)
                >
                    <kbd aria-live="polite">{shown}</kbd>
                </button>
            </dt>
            <dd>{words}</dd>
        }
    };
    let lines = view! {
        <dl class="keys">
            {Action::ALL.map(bound).collect_view()}
            {fixed(&["/"], Signal::derive(move || t_string!(i18n, inbox.keys.canned)))}
            {fixed(&["Enter"], Signal::derive(move || t_string!(i18n, inbox.keys.send)))}
            {fixed(&["Shift", "Enter"], Signal::derive(move || t_string!(i18n, inbox.keys.line)))}
            {fixed(&["Ctrl", "K"], Signal::derive(move || t_string!(i18n, inbox.keys.commands)))}
            {fixed(&["Esc"], Signal::derive(move || t_string!(i18n, inbox.keys.leave)))}
        </dl>
    }
    .into_any();
    let usual = move |_| {
        keys.set(Bindings::default());
        keys.with_untracked(Bindings::store);
    };
    view! {
        <dialog class="dialog" id=HELP_ID aria-labelledby="keys-title">
            <h2 id="keys-title">{move || t_string!(i18n, inbox.keys.title)}</h2>
            <p class="hint">{move || t_string!(i18n, inbox.keys.change_text)}</p>
            {lines}
            {switch}
            <form method="dialog" class="dialog-buttons">
                <button
                    type="button"
                    class="button"
                    prop:disabled=move || keys.with(|keys| *keys == Bindings::default())
                    on:click=usual
                >
                    {move || t_string!(i18n, inbox.keys.usual)}
                </button>
                <button class="button primary">{move || t_string!(i18n, inbox.keys.done)}</button>
            </form>
        </dialog>
    }
    .into_any()
}

fn words(locale: Locale, action: Action) -> &'static str {
    match action {
        Action::Help => td_string!(locale, inbox.keys.help),
        Action::Next => td_string!(locale, inbox.keys.next),
        Action::Previous => td_string!(locale, inbox.keys.previous),
        Action::PickUp => td_string!(locale, inbox.keys.pick_up),
        Action::Close => td_string!(locale, inbox.keys.close),
        Action::Transfer => td_string!(locale, inbox.thread.transfer),
        Action::Reply => td_string!(locale, inbox.keys.reply),
        Action::Note => td_string!(locale, inbox.keys.note),
        Action::MarkUnread => td_string!(locale, inbox.thread.mark_unread),
        Action::Snooze => td_string!(locale, inbox.keys.snooze),
        Action::Search => td_string!(locale, inbox.keys.search),
    }
}
