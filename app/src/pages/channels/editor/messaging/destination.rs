//! Choosing an extension or a queue. The list is a native `<select>`: it opens, scrolls and finds by typing as usual on
//! the reader's system. Once the page is live, a search above the list filters it.

use crate::{
    i18n::*,
    pages::channels::editor::field_labels,
    ui::{
        FormState, Icon, IconName,
        field::{self, FieldProblem},
        time::use_now,
    },
};
use domain::channel::{DestinationRef, Destinations};
use leptos::{ev, html, prelude::*};

#[component]
pub fn DestinationField(
    /// `destination` or `fallback`
    name: &'static str,
    #[prop(into)] hint: Signal<&'static str>,
    /// The text for no choice.
    #[prop(into)]
    none: Signal<&'static str>,
    /// The stored destination, disabled or not.
    stored: Option<DestinationRef>,
    /// The chosen value of the `<select>`; empty for none.
    chosen: String,
    destinations: Destinations,
) -> impl IntoView {
    let i18n = use_i18n();
    let state = expect_context::<FormState>();
    let live = use_now();
    let select = NodeRef::<html::Select>::new();
    let wanted = RwSignal::new(String::new());
    let label = move || field_labels::label(i18n.get_locale(), name);

    let mut texts = Vec::new();
    let mut options = |list: Vec<DestinationRef>| {
        list.into_iter()
            .map(|option| {
                let value = option.destination.to_string();
                let text = option.label.to_lowercase();
                texts.push((value.clone(), text.clone()));
                let selected = value == chosen;
                let hidden = move || {
                    wanted
                        .try_with(|wanted| !matches(&text, wanted))
                        .unwrap_or_default()
                };
                let (is_disabled, is_empty) = (option.disabled, option.empty);
                let note = move || match (is_disabled, is_empty) {
                    (true, _) => Some(format!(" ({})", t_string!(i18n, channels.is_disabled))),
                    (false, true) => Some(format!(" ({})", t_string!(i18n, channels.is_empty))),
                    (false, false) => None,
                };
                view! {
                    <option value=value selected=selected hidden=hidden>
                        {option.label}
                        {note}
                    </option>
                }
            })
            .collect_view()
            .into_any()
    };
    let empty: Vec<String> = [&destinations.queues, &destinations.extensions]
        .into_iter()
        .flatten()
        .filter(|to| to.empty)
        .map(|to| to.destination.to_string())
        .collect();
    let is_empty = RwSignal::new(empty.contains(&chosen));
    let empty = StoredValue::new(empty);
    let nobody = move |value: &String| empty.with_value(|empty| empty.contains(value));
    let choose = move |event: ev::Event| is_empty.set(nobody(&event_target_value(&event)));
    let gone = stored.filter(|stored| stored.disabled);
    let is_disabled = gone
        .as_ref()
        .is_some_and(|gone| gone.destination.to_string() == chosen);
    let gone = options(gone.into_iter().collect());
    let queues = options(destinations.queues);
    let extensions = options(destinations.extensions);

    let texts = StoredValue::new(texts);
    let first_match = move || {
        let wanted = wanted.get_untracked();
        texts.with_value(|texts| {
            let found = texts.iter().find(|(_, text)| matches(text, &wanted));
            found.map(|(value, _)| value.clone())
        })
    };
    let unmatched = move || !wanted.read().is_empty() && first_match().is_none();
    let search = move |event: ev::Event| wanted.set(event_target_value(&event).to_lowercase());
    // Enter takes the first match; the down arrow moves to the list to choose another.
    let pressed = move |event: ev::KeyboardEvent| {
        let Some(select) = select.get_untracked() else {
            return;
        };
        match event.key().as_str() {
            "Enter" => {
                event.prevent_default();
                if let Some(value) = first_match() {
                    select.set_value(&value);
                    is_empty.set(nobody(&value));
                    drop(select.focus());
                }
            }
            "ArrowDown" => {
                event.prevent_default();
                drop(select.focus());
            }
            _ => {}
        }
    };
    let searched = move || t_string!(i18n, channels.field.search, field = label());
    view! {
        <div class="field">
            <label for=field::id(name)>{label}</label>
            <div class="search" class:not-yet=move || live.get().is_none()>
                <Icon name=IconName::Search />
                <input
                    type="search"
                    class="input"
                    autocomplete="off"
                    data-field=name
                    aria-label=searched
                    placeholder=searched
                    on:input=search
                    on:keydown=pressed
                />
            </div>
            <p class="hint" role="status">
                {move || unmatched().then(|| t_string!(i18n, channels.field.search_none))}
            </p>
            <select
                id=field::id(name)
                name=field::form_name(name, false)
                class="input"
                node_ref=select
                on:change=choose
                aria-invalid=move || state.problem(name).map(|_| "true")
                aria-describedby=format!("{0}-problem {0}-hint", field::id(name))
            >
                <option value="">{move || none.get()}</option>
                {gone}
                <optgroup label=move || t_string!(i18n, channels.field.queues)>{queues}</optgroup>
                <optgroup label=move || t_string!(i18n, channels.field.extensions)>{extensions}</optgroup>
            </select>
            <FieldProblem name />
            {is_disabled
                .then(|| {
                    view! {
                        <p class="notice warning">{move || t_string!(i18n, channels.field.chosen_disabled)}</p>
                    }
                })}
            <div aria-live="polite">
                {move || {
                    is_empty
                        .try_get()
                        .unwrap_or_default()
                        .then(|| {
                            view! {
                                <p class="notice warning">
                                    {move || t_string!(i18n, channels.field.chosen_empty)}
                                </p>
                            }
                        })
                }}
            </div>
            <p class="hint" id=format!("{}-hint", field::id(name))>
                {move || hint.get()}
            </p>
        </div>
    }
    .into_any()
}

/// Whether the text contains every wanted word.
fn matches(text: &str, wanted: &str) -> bool {
    wanted.split_whitespace().all(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn every_word_has_to_match() {
        assert!(matches("201 jana nováková", "nov 201"));
        assert!(matches("201 jana nováková", " "));
        assert!(!matches("201 jana nováková", "jana 202"));
    }
}
