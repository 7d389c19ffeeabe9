//! The list of templates that may be sent here, with a search.

use super::{
    form::Fill,
    state::{Templates, focus_when_there},
};
use crate::{
    api::{Resource, templates::template_choices},
    browser,
    i18n::*,
    labels,
    ui::{
        Load, debounced,
        icon::{Icon, IconName},
    },
};
use domain::{
    ids::SessionId,
    template::{Found, TemplateView},
};
use leptos::{ev::KeyboardEvent, prelude::*};

#[component]
pub fn Picker(id: SessionId, templates: Templates) -> impl IntoView {
    let chosen = RwSignal::new(None::<TemplateView>);
    let view = move || match chosen.get() {
        Some(template) => view! { <Fill id template templates chosen /> }.into_any(),
        None => view! { <Choices id chosen templates /> }.into_any(),
    };
    view! { {view} }.into_any()
}

#[component]
fn Choices(id: SessionId, chosen: RwSignal<Option<TemplateView>>, templates: Templates) -> impl IntoView {
    let i18n = use_i18n();
    let search = RwSignal::new(String::new());
    // What the process is asked for: nothing in particular while it has sent all there are.
    let asked = RwSignal::new(String::new());
    let found = Resource::new(move || asked.get(), move |search| template_choices(id, search));
    let all_here = move || {
        let has_more = found.with(|found| matches!(found, Some(Ok(found)) if found.more > 0));
        asked.with(String::is_empty) && !has_more
    };
    let ask = debounced(move |text| asked.set(text));
    // What is typed is not what was asked yet, or the answer is on its way.
    let is_searching = move || !all_here() && (search.get() != asked.get() || found.with(Option::is_none));
    let typed = move |text: String| {
        if !untrack(all_here) {
            ask(text.clone());
        }
        search.set(text);
    };
    let input = NodeRef::new();
    focus_when_there(input);
    // Enter takes the first one that can be filled in.
    let pressed = move |event: KeyboardEvent| {
        if event.key() == "Enter" && !browser::composes(&event) {
            event.prevent_default();
            let first = found.with_untracked(|found| {
                let found = found.as_ref()?.as_ref().ok()?;
                let wanted = search.get_untracked().trim().to_lowercase();
                let mut fitting = found
                    .templates
                    .iter()
                    .filter(|template| template.mentions(&wanted));
                fitting.find(|template| template.definition.is_ok()).cloned()
            });
            match first {
                Some(_) => chosen.set(first),
                None if !untrack(all_here) => asked.set(search.get_untracked()),
                None => {}
            }
        }
    };
    let is_searching = Signal::derive(is_searching);
    let list = move |found: Found| view! { <List found search is_searching chosen /> }.into_any();
    let label = move || t_string!(i18n, templates.picker.search);
    view! {
        <div class="template-search">
            <Icon name=IconName::Search />
            <input
                class="input"
                type="search"
                autocomplete="off"
                node_ref=input
                aria-label=label
                placeholder=label
                on:input=move |event| typed(event_target_value(&event))
                on:keydown=pressed
            />
        </div>
        <Load from=found lines=4 view=list />
        <p class="hint">{move || t_string!(i18n, templates.picker.cost)}</p>
        <div class="dialog-buttons">
            <button type="button" class="button" on:click=move |_| templates.close()>
                {move || t_string!(i18n, templates.picker.cancel)}
            </button>
        </div>
    }
    .into_any()
}

#[component]
fn List(
    found: Found,
    search: RwSignal<String>,
    is_searching: Signal<bool>,
    chosen: RwSignal<Option<TemplateView>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let nothing = found.templates.is_empty();
    let found = StoredValue::new(found);
    let view = move || {
        let found = found.with_value(|found| found.clone().search(&search.get()));
        if found.templates.is_empty() {
            let text = move || match nothing && search.with(String::is_empty) {
                _ if is_searching.get() => t_string!(i18n, templates.picker.searching).to_owned(),
                true => t_string!(i18n, templates.picker.none).to_owned(),
                false => t_string!(i18n, templates.nothing_found, what = search.get()).to_string(),
            };
            return view! { <p class="muted">{text}</p> }.into_any();
        }
        let rows = found
            .templates
            .into_iter()
            .map(|template| view! { <Choice template chosen /> });
        let rows = rows.collect_view();
        let more = (found.more > 0).then(|| {
            let more = found.more;
            view! { <p class="hint">{move || t_string!(i18n, templates.more, more = more).to_string()}</p> }
        });
        view! {
            <ul class="template-choices" aria-label=move || t_string!(i18n, templates.picker.list)>
                {rows}
            </ul>
            {more}
        }
        .into_any()
    };
    view! { {view} }.into_any()
}

/// A template that is chosen by a click; one that cannot be filled in says why.
#[component]
fn Choice(template: TemplateView, chosen: RwSignal<Option<TemplateView>>) -> impl IntoView {
    let i18n = use_i18n();
    let category = template.category.clone();
    let category = move || {
        let category = category.as_deref().unwrap_or_default();
        labels::templates::category(i18n.get_locale(), category)
    };
    let why = template.definition.as_ref().err().cloned();
    let text = match &template.definition {
        Ok(definition) => definition.body.clone(),
        Err(_) => String::new(),
    };
    let not = why.clone().map(|why| {
        let why = move || labels::templates::not_fillable(i18n.get_locale(), &why);
        view! { <span class="hint">{why}</span> }
    });
    let (name, language) = (template.name.clone(), template.language.clone());
    view! {
        <li>
            <button
                type="button"
                class="template-choice"
                disabled=why.is_some()
                on:click=move |_| chosen.set(Some(template.clone()))
            >
                <span class="template-choice-head">
                    <strong>
                        <bdi>{name}</bdi>
                    </strong>
                    <code>{language}</code>
                    <span class="muted">{category}</span>
                </span>
                <span class="template-choice-text" dir="auto">
                    {text}
                </span>
                {not}
            </button>
        </li>
    }
    .into_any()
}
