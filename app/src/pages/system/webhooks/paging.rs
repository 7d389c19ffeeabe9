//! The ways to the other pages of a list.

use crate::{i18n::*, pages::filters::with, ui::ButtonLink};
use leptos::prelude::*;

#[component]
pub fn Paging(path: String, is_first: bool, next: Option<String>) -> impl IntoView {
    let i18n = use_i18n();
    let older = next.map(|cursor| {
        let href = with(&path, "cursor", &cursor);
        view! { <ButtonLink href>{move || t_string!(i18n, common.button.next_page)}</ButtonLink> }
    });
    let newest = (!is_first).then(|| {
        view! { <ButtonLink href=path>{move || t_string!(i18n, common.button.first_page)}</ButtonLink> }
    });
    view! { <p class="form-buttons log-more">{newest} {older}</p> }.into_any()
}
