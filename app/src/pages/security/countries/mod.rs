//! Security › Allowed countries: from which countries access is allowed, by which door. The part above the forms
//! follows events; the forms do not, so that no event discards input or choices.

mod choice;
mod database;
mod rule;

use self::{database::CountryDatabase, rule::CountryRule};
use crate::{
    api::{
        Resource,
        countries::{SaveCountries, countries_overview, country_rule, path},
    },
    i18n::*,
    labels,
    live::use_live,
    pages::url::known,
    ui::{Form, Load, PageHead, form::on_outcome, use_toasts},
};
use domain::countries::{Door, DoorView, Overview, Whereabouts};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_params_map};

/// How to find out the addresses of Meta's servers.
const META: &str =
    "https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview";

#[component]
pub fn CountriesPage() -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let live = use_live();
    let params = use_params_map();
    // An unknown door in the address maps to `NotFound`.
    let door = Memo::new(move |_| match params.with(|params| params.get("door")) {
        None => Some(Door::Console),
        Some(door) => door.parse().ok(),
    });
    let around = Resource::new(move || live.countries.get(), |_| countries_overview());
    let stored = Resource::new(
        move || door.get(),
        |door| async move { country_rule(known(door)?).await },
    );
    let database = Resource::new(|| (), |()| countries_overview());
    let save = Form::<SaveCountries>::new();
    on_outcome(save.action, move |answer| {
        if answer.is_ok() {
            toasts.say(t_string!(i18n, common.said.saved));
            stored.refetch();
            around.refetch();
        }
    });
    view! {
        <PageHead title=move || t_string!(i18n, security.title).to_owned() />
        <p class="muted intro">{move || t_string!(i18n, security.intro)}</p>
        <Load from=around lines=2 view=|around| view! { <Around around /> }.into_any() />
        <Load from=stored view=move |page| view! { <CountryRule page save /> }.into_any() />
        <Load from=database lines=2 view=|found| view! { <CountryDatabase found /> }.into_any() />
    }
    .into_any()
}

#[component]
fn Around(around: Overview) -> impl IntoView {
    let i18n = use_i18n();
    let blind = around
        .is_blind()
        .then(|| view! { <p class="notice bad">{move || t_string!(i18n, security.database.blind)}</p> });
    let you = around.you.map(|(address, place)| {
        let text = move || {
            let locale = i18n.get_locale();
            match place {
                Whereabouts::Private => td_string!(locale, security.you.private, address = address),
                Whereabouts::In { country } => {
                    let country = labels::countries::country(locale, country);
                    td_string!(
                        locale,
                        security.you.in_country,
                        address = address,
                        country = country
                    )
                }
                Whereabouts::Unknown => td_string!(locale, security.you.unknown, address = address),
                Whereabouts::NoDatabase => td_string!(locale, security.you.no_database, address = address),
            }
        };
        view! { <p class="you">{text}</p> }
    });
    let warnings = around
        .doors
        .iter()
        .cloned()
        .map(|door| view! { <Warning door /> })
        .collect_view()
        .into_any();
    let tabs = around
        .doors
        .into_iter()
        .map(|DoorView { door, countries, .. }| {
            let who = move || match countries {
                None => t_string!(i18n, security.door.everybody).to_owned(),
                Some(count) => t_string!(i18n, security.door.chosen, count = count),
            };
            view! {
                <A href=path(door) exact=true>
                    {move || labels::countries::door(i18n.get_locale(), door)}
                    " "
                    <span class="muted">{who}</span>
                </A>
            }
        })
        .collect_view()
        .into_any();
    view! {
        <div class="around">{blind} {warnings} {you}</div>
        <nav class="tabs" aria-label=move || t_string!(i18n, security.door.label)>
            {tabs}
        </nav>
    }
    .into_any()
}

/// Which of WhatsApp's servers a door shuts out, and what to allow.
#[component]
fn Warning(door: DoorView) -> impl IntoView {
    let i18n = use_i18n();
    let DoorView { door, shut_out, .. } = door;
    let lost = move || match door {
        Door::Webhooks => t_string!(i18n, security.shut_out.webhooks),
        _ => t_string!(i18n, security.shut_out.files),
    };
    shut_out
        .map(|shut_out| {
            let add = move || labels::countries::to_add(i18n.get_locale(), &shut_out);
            view! {
                <section class="notice bad" role="status">
                    <p>
                        <strong>{lost}</strong>
                    </p>
                    <p>{add}</p>
                    <p class="small">
                        {move || t_string!(i18n, security.shut_out.source)}
                        " "
                        <a href=META rel="external noreferrer" target="_blank">
                            {move || t_string!(i18n, security.shut_out.link)}
                        </a>
                    </p>
                </section>
            }
        })
        .into_any()
}
