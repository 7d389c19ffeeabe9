//! The menu of everything that is sent besides words and files.

use super::forms::{Forms, title};
use crate::{
    i18n::*,
    pages::inbox::{
        attach::{Files, Meant},
        glyph::{self, Glyph},
        template::Templates,
    },
    ui::{IconName, Menu, icon::Icon, menu},
};
use domain::message::TypedKind;
use leptos::{ev::MouseEvent, html, prelude::*};

/// Without a script there is nothing behind it, so it appears with the live page.
#[component]
pub fn More(forms: Forms, files: Files, templates: Templates) -> impl IntoView {
    let i18n = use_i18n();
    let input = NodeRef::<html::Input>::new();
    let picked = move |_| {
        if let Some(input) = input.get_untracked() {
            files.add_all(input.files(), Meant::Sticker);
            // The same file may be picked again.
            input.set_value("");
        }
    };
    let sticker = move || t_string!(i18n, inbox.more.sticker);
    let pick = move |event: MouseEvent| {
        menu::leave(&event);
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let template = move || {
        let open = move |event: MouseEvent| {
            menu::leave(&event);
            templates.open();
        };
        templates.offered.get().then(|| {
            view! {
                <button type="button" class="menu-item" on:click=open>
                    <Icon name=IconName::Template />
                    {move || t_string!(i18n, templates.picker.open)}
                </button>
            }
        })
    };
    let items = TypedKind::ALL.iter().map(|kind| {
        let kind = *kind;
        let open = move |event: MouseEvent| {
            menu::leave(&event);
            forms.begin(kind);
        };
        view! {
            <button type="button" class="menu-item" on:click=open>
                <Glyph path=sign(kind) />
                {move || title(i18n.get_locale(), kind)}
            </button>
        }
    });
    let items = items.collect_view();
    let label = Signal::derive(move || t_string!(i18n, inbox.more.label).to_owned());
    view! {
        <input type="file" accept="image/webp" multiple hidden node_ref=input on:change=picked aria-label=sticker />
        <div class="composer-more">
            <Menu label summary=Box::new(|| view! { <Icon name=IconName::Plus /> }.into_any())>
                {items}
                <button type="button" class="menu-item" on:click=pick>
                    <Glyph path=glyph::of_kind("sticker").unwrap_or_default() />
                    {sticker}
                </button>
                {template}
            </Menu>
        </div>
    }
    .into_any()
}

fn sign(kind: TypedKind) -> &'static str {
    let word = match kind {
        TypedKind::Location | TypedKind::AskLocation => "location",
        TypedKind::Contacts => "contacts",
        TypedKind::Buttons | TypedKind::List | TypedKind::Link => "interactive",
    };
    glyph::of_kind(word).unwrap_or_default()
}
