//! The page for an address that does not exist.

use crate::{
    i18n::*,
    ui::{ButtonLink, Empty, IconName, Kind, Title},
};
use leptos::prelude::*;

#[component]
pub fn NotFoundPage() -> impl IntoView {
    let i18n = use_i18n();
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    view! {
        <Title text=move || t_string!(i18n, common.not_found.title).to_owned() />
        <Empty
            icon=IconName::Search
            alone=true
            title=move || t_string!(i18n, common.not_found.title).to_owned()
            text=move || t_string!(i18n, common.not_found.text).to_owned()
        >
            <ButtonLink href="/inbox" kind=Kind::Primary>
                {move || t_string!(i18n, common.not_found.home)}
            </ButtonLink>
        </Empty>
    }
    .into_any()
}
