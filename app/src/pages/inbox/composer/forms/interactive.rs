//! Buttons to answer with, a list to choose from, a button that opens a page, and the request for the location.

use super::{line::Line, state::Forms};
use crate::{
    i18n::*,
    ui::{IconName, icon::Icon},
};
use domain::message::{
    Typed, TypedField, TypedRow, TypedSection,
    content::{MAX_BUTTONS, MAX_ROWS},
};
use leptos::prelude::*;

type Word = fn(Locale) -> &'static str;

fn word(words: Word) -> Signal<String> {
    let i18n = use_i18n();
    Signal::derive(move || words(i18n.get_locale()).to_owned())
}

fn body(forms: Forms) -> AnyView {
    view! { <Line forms field=TypedField::Body label=word(|l| td_string!(l, inbox.more.body)) long=true /> }
        .into_any()
}

fn around(forms: Forms) -> AnyView {
    view! {
        <Line forms field=TypedField::Header label=word(|l| td_string!(l, inbox.more.header)) />
        <Line forms field=TypedField::Footer label=word(|l| td_string!(l, inbox.more.footer)) />
    }
    .into_any()
}

/// Removes one of several fields.
#[component]
fn Remove(#[prop(into)] label: Signal<String>, remove: impl Fn() + Send + Sync + 'static) -> impl IntoView {
    view! {
        <button type="button" class="button" aria-label=label title=label on:click=move |_| remove()>
            <Icon name=IconName::Cross />
        </button>
    }
    .into_any()
}

#[component]
pub fn ButtonFields(forms: Forms) -> impl IntoView {
    let i18n = use_i18n();
    let count = Memo::new(move |_| forms.with(|typed| typed.buttons.len()));
    let full = Signal::derive(move || count.get() >= MAX_BUTTONS);
    let add = move |_| forms.edit(|typed| typed.buttons.push(String::new()));
    let button = move |n: usize| {
        let label = Signal::derive(move || t_string!(i18n, inbox.more.button_n, n = n + 1).to_string());
        let remove = Signal::derive(move || t_string!(i18n, inbox.more.remove_button, n = n + 1).to_string());
        let cut = move || forms.edit(|typed| remove_at(&mut typed.buttons, n));
        view! {
            <div class="message-part">
                <Line forms field=TypedField::Button(n) label />
                {move || (count.get() > 1).then(|| view! { <Remove label=remove remove=cut /> })}
            </div>
        }
    };
    view! {
        {body(forms)}
        <For each=move || 0..count.get() key=|n| *n children=button />
        <div>
            <button type="button" class="button" on:click=add prop:disabled=full>
                {move || t_string!(i18n, inbox.more.add_button)}
            </button>
        </div>
        {around(forms)}
    }
    .into_any()
}

#[component]
pub fn ListFields(forms: Forms) -> impl IntoView {
    let i18n = use_i18n();
    let count = Memo::new(move |_| forms.with(|typed| typed.sections.len()));
    let rows = Memo::new(move |_| forms.with(rows_of));
    let full = Signal::derive(move || rows.get() >= MAX_ROWS);
    let add = move |_| forms.edit(|typed| typed.sections.push(TypedSection::default()));
    view! {
        {body(forms)}
        <Line forms field=TypedField::Label label=word(|l| td_string!(l, inbox.more.list_label)) />
        <For each=move || 0..count.get() key=|n| *n let:n>
            <SectionFields forms n several=Signal::derive(move || count.get() > 1) full />
        </For>
        <div>
            <button type="button" class="button" on:click=add prop:disabled=full>
                {move || t_string!(i18n, inbox.more.add_section)}
            </button>
        </div>
        {around(forms)}
    }
    .into_any()
}

fn rows_of(typed: &Typed) -> usize {
    typed.sections.iter().map(|section| section.rows.len()).sum()
}

fn remove_at<T>(all: &mut Vec<T>, n: usize) {
    if n < all.len() {
        all.remove(n);
    }
}

#[component]
fn SectionFields(forms: Forms, n: usize, several: Signal<bool>, full: Signal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let count =
        Memo::new(move |_| forms.with(|typed| typed.sections.get(n).map_or(0, |section| section.rows.len())));
    let change = move |change: fn(&mut Vec<TypedRow>, usize), m: usize| {
        forms.edit(|typed| {
            if let Some(section) = typed.sections.get_mut(n) {
                change(&mut section.rows, m);
            }
        });
    };
    let add = move |_| change(|rows, _| rows.push(TypedRow::default()), 0);
    let remove = move |_| forms.edit(|typed| remove_at(&mut typed.sections, n));
    let row = move |m: usize| {
        let title = Signal::derive(move || t_string!(i18n, inbox.more.row_n, n = m + 1).to_string());
        let description =
            Signal::derive(move || t_string!(i18n, inbox.more.description_n, n = m + 1).to_string());
        let remove = Signal::derive(move || t_string!(i18n, inbox.more.remove_row, n = m + 1).to_string());
        view! {
            <div class="message-part">
                <Line forms field=TypedField::RowTitle(n, m) label=title />
                <Line forms field=TypedField::RowDescription(n, m) label=description />
                {move || (count.get() > 1).then(|| view! { <Remove label=remove remove=move || change(remove_at, m) /> })}
            </div>
        }
    };
    view! {
        <fieldset class="field-group">
            <legend>{move || t_string!(i18n, inbox.more.section_n, n = n + 1).to_string()}</legend>
            <Line forms field=TypedField::SectionTitle(n) label=word(|l| td_string!(l, inbox.more.section_title)) />
            <For each=move || 0..count.get() key=|m| *m children=row />
            <div class="message-part">
                <button type="button" class="button" on:click=add prop:disabled=full>
                    {move || t_string!(i18n, inbox.more.add_row)}
                </button>
                {move || several.get().then(|| view! {
                    <button type="button" class="button" on:click=remove>
                        {move || t_string!(i18n, inbox.more.remove_section, n = n + 1).to_string()}
                    </button>
                })}
            </div>
        </fieldset>
    }
    .into_any()
}

#[component]
pub fn LinkFields(forms: Forms) -> impl IntoView {
    view! {
        {body(forms)}
        <Line forms field=TypedField::Label label=word(|l| td_string!(l, inbox.more.link_label)) />
        <Line forms field=TypedField::Url label=word(|l| td_string!(l, inbox.more.url)) inputmode="url" />
        {around(forms)}
    }
    .into_any()
}

#[component]
pub fn AskLocationFields(forms: Forms) -> impl IntoView {
    view! { {body(forms)} }.into_any()
}
