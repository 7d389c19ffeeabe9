//! The search box. The searched text is in the address.

use crate::{
    i18n::*,
    pages::inbox::{element_ids::SEARCH_ID, state::use_inbox},
    ui::{Icon, IconName, debounced},
};
use leptos::{html, prelude::*};
use leptos_router::{NavigateOptions, components::Form, hooks::use_navigate};

#[component]
pub fn Search() -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let navigate = use_navigate();
    let search = debounced(move |text: String| {
        let text = text.trim().to_owned();
        let query = inbox.query.get_untracked();
        if query.search != text {
            let href = query.searching(text).href(inbox.session.get_untracked());
            navigate(
                &href,
                NavigateOptions {
                    replace: true,
                    scroll: false,
                    ..Default::default()
                },
            );
        }
    });
    let typed = move |event| search(event_target_value(&event));
    // Follows the address when the search is cleared or the user goes back; text that is being typed stays.
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        let search = inbox.query.with(|query| query.search.clone());
        let typing = document()
            .active_element()
            .is_some_and(|element| element.id() == SEARCH_ID);
        if let Some(field) = field.get().filter(|_| !typing) {
            field.set_value(&search);
        }
    });
    let label = move || t_string!(i18n, inbox.list.search);
    view! {
        <Form action="" method="get" attr:class="inbox-search" attr:role="search">
            <input type="hidden" name="tab" value=move || inbox.query.with(|query| query.tab.as_str()) />
            {move || {
                let filters = inbox.query.with(|query| query.filters()).into_iter();
                filters.map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view()
            }}
            <Icon name=IconName::Search />
            <input
                id=SEARCH_ID
                node_ref=field
                type="search"
                name="q"
                autocomplete="off"
                aria-label=label
                placeholder=label
                value=inbox.query.with_untracked(|query| query.search.clone())
                on:input=typed
            />
        </Form>
    }
    .into_any()
}
