//! One contact card, or several.

use super::{line::Line, state::Forms};
use crate::i18n::*;
use domain::message::{TypedContact, TypedField};
use leptos::prelude::*;

/// More cards than anybody sends at once; WhatsApp takes more.
const MOST: usize = 10;
const MOST_PHONES: usize = 5;

#[component]
pub fn ContactFields(forms: Forms) -> impl IntoView {
    let i18n = use_i18n();
    let count = Memo::new(move |_| forms.with(|typed| typed.contacts.len()));
    let full = Signal::derive(move || count.get() >= MOST);
    let add = move |_| forms.edit(|typed| typed.contacts.push(TypedContact::default()));
    view! {
        <For each=move || 0..count.get() key=|n| *n let:n>
            <Card forms n several=Signal::derive(move || count.get() > 1) />
        </For>
        <div>
            <button type="button" class="button" on:click=add prop:disabled=full>
                {move || t_string!(i18n, inbox.more.add_contact)}
            </button>
        </div>
    }
    .into_any()
}

#[component]
fn Card(forms: Forms, n: usize, several: Signal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let phones = Memo::new(move |_| {
        forms.with(|typed| typed.contacts.get(n).map_or(0, |contact| contact.phones.len()))
    });
    let full = Signal::derive(move || phones.get() >= MOST_PHONES);
    let add = move |_| {
        forms.edit(|typed| {
            if let Some(contact) = typed.contacts.get_mut(n) {
                contact.phones.push(String::new());
            }
        });
    };
    let remove = move |_| {
        forms.edit(|typed| {
            if n < typed.contacts.len() {
                typed.contacts.remove(n);
            }
        });
    };
    let label =
        move |words: fn(Locale) -> &'static str| Signal::derive(move || words(i18n.get_locale()).to_owned());
    view! {
        <fieldset class="field-group">
            <legend>{move || t_string!(i18n, inbox.more.contact_n, n = n + 1).to_string()}</legend>
            <Line forms field=TypedField::ContactName(n) label=label(|l| td_string!(l, inbox.more.name)) />
            <For each=move || 0..phones.get() key=|m| *m let:m>
                <Line
                    forms
                    field=TypedField::ContactPhone(n, m)
                    label=label(|l| td_string!(l, inbox.fact.phone))
                    inputmode="tel"
                />
            </For>
            <div>
                <button type="button" class="button" on:click=add prop:disabled=full>
                    {move || t_string!(i18n, inbox.more.add_phone)}
                </button>
            </div>
            <Line
                forms
                field=TypedField::ContactEmail(n)
                label=label(|l| td_string!(l, inbox.fact.email))
                inputmode="email"
            />
            <Line forms field=TypedField::ContactCompany(n) label=label(|l| td_string!(l, inbox.fact.organisation)) />
            {move || several.get().then(|| view! {
                <div>
                    <button type="button" class="button" on:click=remove>
                        {move || t_string!(i18n, inbox.more.remove_contact, n = n + 1).to_string()}
                    </button>
                </div>
            })}
        </fieldset>
    }
    .into_any()
}
