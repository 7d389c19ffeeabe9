//! The country database: the one in use, and a form that replaces it. The form contains a file, so the browser itself
//! sends it, with or without a script; the page that follows shows the outcome.

use crate::{
    i18n::*,
    labels,
    ui::{Button, Time, TimeStyle},
};
use domain::countries::{DatabaseView, Overview, Unfit};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn CountryDatabase(found: Overview) -> impl IntoView {
    let i18n = use_i18n();
    let has_one = found.database.is_some();
    let none = (!has_one && found.named_file.is_none())
        .then(|| view! { <p>{move || t_string!(i18n, security.database.none)}</p> });
    let broken = found.broken.map(
        |why| view! { <p class="notice bad">{move || labels::countries::unfit(i18n.get_locale(), why)}</p> },
    );
    let facts = found.database.map(|database| view! { <Facts database /> });
    let source = match found.named_file {
        Some(path) => {
            let text = move || t_string!(i18n, security.database.named, path = path.clone());
            view! { <p>{text}</p> }.into_any()
        }
        None => view! { <Upload /> }.into_any(),
    };
    view! {
        <section class="panel" id="database">
            <h2>{move || t_string!(i18n, security.database.title)}</h2>
            <Outcome has_one />
            {broken}
            {none}
            {facts}
            {source}
        </section>
    }
    .into_any()
}

/// The outcome of the upload that led here.
#[component]
fn Outcome(has_one: bool) -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let outcome = Memo::new(move |_| query.with(|query| query.get("database")));
    move || {
        let (locale, outcome) = (i18n.get_locale(), outcome.get()?);
        let kept = if has_one {
            td_string!(locale, security.unfit.kept)
        } else {
            ""
        };
        let (good, text) = match outcome.as_str() {
            "replaced" => (true, td_string!(locale, security.database.replaced)),
            "locks_you_out" => (false, td_string!(locale, security.database.locks_you_out)),
            "failed" => (false, td_string!(locale, security.database.failed)),
            other => (
                false,
                labels::countries::unfit(locale, other.parse::<Unfit>().ok()?),
            ),
        };
        let view = match good {
            true => view! { <p class="notice" role="status">{text}</p> }.into_any(),
            false => view! { <p class="notice bad" role="alert">{text} " " {kept}</p> }.into_any(),
        };
        Some(view)
    }
}

#[component]
fn Facts(database: DatabaseView) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <dl class="facts">
            <dt>{move || t_string!(i18n, security.database.kind)}</dt>
            <dd>{database.kind}</dd>
            <dt>{move || t_string!(i18n, security.database.built)}</dt>
            <dd>
                <Time at=database.built_at style=TimeStyle::Full />
            </dd>
            <dt>{move || t_string!(i18n, security.database.nodes)}</dt>
            <dd class="nums">{database.nodes.to_string()}</dd>
            <dt>{move || t_string!(i18n, security.database.countries)}</dt>
            <dd class="nums">{database.countries.len().to_string()}</dd>
        </dl>
    }
    .into_any()
}

#[component]
fn Upload() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <form class="form" method="post" enctype="multipart/form-data" action="/security/countries/database">
            <div class="field">
                <label for="database-file">{move || t_string!(i18n, security.database.file)}</label>
                <input
                    id="database-file"
                    class="input file"
                    type="file"
                    name="database"
                    accept=".mmdb"
                    required=true
                    aria-describedby="database-hint"
                />
                <p class="hint" id="database-hint">
                    {move || t_string!(i18n, security.database.file_hint)}
                </p>
            </div>
            <div class="form-buttons">
                <Button submit=true>{move || t_string!(i18n, security.database.upload)}</Button>
            </div>
        </form>
    }
    .into_any()
}
