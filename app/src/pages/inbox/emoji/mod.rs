//! The panel from which an emoji is chosen: by group, by a search, or from those that were used last.

mod table;

use self::table::{Emoji, Group};
use crate::{browser, i18n::*};
use leptos::{
    ev::{KeyboardEvent, MouseEvent},
    html,
    prelude::*,
    task::spawn_local,
};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The groups of the table, each with the emoji of its tab.
const GROUPS: [(&str, &str); 9] = [
    ("smileys", "😀"),
    ("people", "👋"),
    ("nature", "🐻"),
    ("food", "🍎"),
    ("travel", "🚗"),
    ("activities", "⚽"),
    ("objects", "💡"),
    ("symbols", "❤️"),
    ("flags", "🏁"),
];
/// What a search shows at the most.
const FOUND: usize = 120;
/// How many of those that were used last are kept, in the browser's storage.
const RECENT: usize = 24;
const RECENT_KEY: &str = "emoji.recent";
/// Emoji in a row, as in the style sheet.
const COLUMNS: usize = 8;

#[component]
pub fn EmojiPanel(
    pick: Callback<String>,
    /// Closes the panel.
    leave: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let groups = RwSignal::new(None::<Result<Vec<Group>, ()>>);
    let load = move || {
        let language = i18n.get_locale_untracked().as_str();
        spawn_local(async move {
            let text = browser::read_text(&format!("/emoji-{language}.txt")).await;
            groups.try_set(Some(text.map(|text| table::read(&text))));
        });
    };
    load();
    let recent = recent();
    let group = RwSignal::new(if recent.is_empty() { 0 } else { RECENT_TAB });
    let search = RwSignal::new(String::new());
    let recent = StoredValue::new(recent);
    let shown = Memo::new(move |_| {
        groups.with(|groups| {
            let Some(Ok(groups)) = groups else {
                return Vec::new();
            };
            let text = search.get();
            if !text.trim().is_empty() {
                return table::search(groups, &fold(&text), FOUND);
            }
            match group.get() {
                RECENT_TAB => recent.with_value(|signs| known(groups, signs)),
                place => groups
                    .get(place)
                    .map(|group| group.emoji.clone())
                    .unwrap_or_default(),
            }
        })
    });
    let grid = NodeRef::<html::Div>::new();
    let chosen = move |event: MouseEvent| {
        if let Some(sign) = sign_of(&event) {
            remember(&sign);
            pick.run(sign);
        }
    };
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
        }
    });
    // The field is in the form of the reply, which its Enter would send.
    let entered = move |event: KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            let first = shown.with_untracked(|shown| shown.first().map(|emoji| emoji.sign.clone()));
            if let Some(sign) = first.filter(|_| !browser::composes(&event)) {
                remember(&sign);
                pick.run(sign);
            }
        }
    };
    let pressed = move |event: KeyboardEvent| match event.key().as_str() {
        // The keys of an input method.
        _ if browser::composes(&event) => {}
        "Escape" => {
            event.prevent_default();
            event.stop_propagation();
            leave.run(());
        }
        key @ ("ArrowDown" | "ArrowUp" | "ArrowLeft" | "ArrowRight") if move_focus(grid, key) => {
            event.prevent_default();
        }
        _ => {}
    };
    let note = move || {
        groups.with(|groups| match groups {
            None => Some(t_string!(i18n, common.loading)),
            Some(Err(())) => Some(t_string!(i18n, inbox.emoji.failed)),
            Some(Ok(_)) => shown
                .with(Vec::is_empty)
                .then(|| t_string!(i18n, inbox.emoji.none)),
        })
    };
    let tab = move |place: usize, sign: &'static str, label: Signal<String>| {
        let current = move || search.with(String::is_empty) && group.get() == place;
        view! {
            <button
                type="button"
                class="emoji-tab"
                aria-label=move || label.get()
                title=move || label.get()
                aria-pressed=move || current().to_string()
                on:click=move |_| {
                    search.set(String::new());
                    group.set(place);
                }
            >
                {sign}
            </button>
        }
    };
    let word =
        move |name: &'static str| Signal::derive(move || group_word(i18n.get_locale(), name).to_owned());
    let used = recent.with_value(|recent| !recent.is_empty());
    let used = used.then(|| tab(RECENT_TAB, "🕘", word("recent")));
    let tabs = GROUPS.into_iter().enumerate();
    let tabs = tabs
        .map(|(place, (name, sign))| tab(place, sign, word(name)))
        .collect_view();
    let buttons = move || {
        let button = |(place, emoji): (usize, Emoji)| {
            let Emoji { sign, name, .. } = emoji;
            let (label, value) = (name.clone(), sign.clone());
            view! {
                <button
                    type="button"
                    class="emoji"
                    data-emoji=value
                    aria-label=label
                    title=name
                    tabindex=if place == 0 { "0" } else { "-1" }
                >
                    {sign}
                </button>
            }
        };
        shown.get().into_iter().enumerate().map(button).collect_view()
    };
    let label = move || t_string!(i18n, inbox.emoji.search);
    view! {
        <div class="emoji-panel" role="group" aria-label=move || t_string!(i18n, inbox.emoji.label) on:keydown=pressed>
            <input
                class="input"
                type="search"
                autocomplete="off"
                node_ref=field
                aria-label=label
                placeholder=label
                prop:value=move || search.get()
                on:input=move |event| search.set(event_target_value(&event))
                on:keydown=entered
            />
            <div class="emoji-tabs">{used} {tabs}</div>
            <div class="emoji-grid" node_ref=grid on:click=chosen>
                {buttons}
            </div>
            <p class="emoji-note" role="status">
                {note}
            </p>
        </div>
    }
    .into_any()
}

/// The tab of those that were used last.
const RECENT_TAB: usize = usize::MAX;

fn group_word(locale: Locale, name: &str) -> &'static str {
    match name {
        "smileys" => td_string!(locale, inbox.emoji.smileys),
        "people" => td_string!(locale, inbox.emoji.people),
        "nature" => td_string!(locale, inbox.emoji.nature),
        "food" => td_string!(locale, inbox.emoji.food),
        "travel" => td_string!(locale, inbox.emoji.travel),
        "activities" => td_string!(locale, inbox.emoji.activities),
        "objects" => td_string!(locale, inbox.emoji.objects),
        "symbols" => td_string!(locale, inbox.emoji.symbols),
        "flags" => td_string!(locale, inbox.emoji.flags),
        _ => td_string!(locale, inbox.emoji.recent),
    }
}

/// Lower case without accents.
fn fold(text: &str) -> String {
    let text = js_sys::JsString::from(text.to_lowercase()).normalize("NFD");
    let letters = String::from(text);
    letters
        .chars()
        .filter(|c| !('\u{300}'..='\u{36f}').contains(c))
        .collect()
}

fn recent() -> Vec<String> {
    let stored = browser::stored(RECENT_KEY).unwrap_or_default();
    stored
        .split(' ')
        .filter(|sign| !sign.is_empty())
        .map(str::to_owned)
        .take(RECENT)
        .collect()
}

fn remember(sign: &str) {
    let mut all = recent();
    all.retain(|other| other != sign);
    all.insert(0, sign.to_owned());
    all.truncate(RECENT);
    browser::store(RECENT_KEY, Some(&all.join(" ")));
}

/// Storage may hold anything: only what the table has is shown.
fn known(groups: &[Group], signs: &[String]) -> Vec<Emoji> {
    let all = || groups.iter().flat_map(|group| &group.emoji);
    signs
        .iter()
        .filter_map(|sign| all().find(|emoji| emoji.sign == *sign).cloned())
        .collect()
}

/// One listener for the whole grid: a group has hundreds of emoji.
fn sign_of(event: &MouseEvent) -> Option<String> {
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    target.closest("[data-emoji]").ok()??.get_attribute("data-emoji")
}

/// Moves the focus in the grid, or from the search into it. Returns whether it did.
fn move_focus(grid: NodeRef<html::Div>, key: &str) -> bool {
    let Some(grid) = grid.get_untracked() else {
        return false;
    };
    let buttons = grid.children();
    let many = buttons.length() as usize;
    let focused = document().active_element();
    let place = (0..buttons.length())
        .find(|n| buttons.item(*n) == focused)
        .map(|n| n as usize);
    let to = match (place, key) {
        (None, "ArrowDown") => 0,
        (None, _) => return false,
        (Some(place), "ArrowDown") => place + COLUMNS,
        (Some(place), "ArrowRight") => place + 1,
        (Some(place), "ArrowUp") => place.wrapping_sub(COLUMNS),
        (Some(place), _) => place.wrapping_sub(1),
    };
    let next = u32::try_from(to)
        .ok()
        .filter(|_| to < many)
        .and_then(|to| buttons.item(to));
    if let Some(next) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
        let _ = next.focus();
    }
    true
}
