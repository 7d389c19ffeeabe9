//! The Activity tab: who changed what and when, how the badge changed and why, and what became of what Meta
//! delivered last.

use super::findings;
use crate::{
    api::channels::activity,
    i18n::*,
    live::use_live,
    pages::{id_in_url, known},
    ui::{Load, Time},
    words,
};
use domain::{
    channel::{Activity, ActivityView, Badge, Deed, DeliveryRow},
    doctor::Check,
    ids::ChannelId,
};
use leptos::prelude::*;

#[component]
pub fn ActivityTab() -> impl IntoView {
    let live = use_live();
    let id = id_in_url::<ChannelId>();
    let shown = Resource::new(
        move || (id.get(), live.channels.get(), live.messages.get()),
        |(id, ..)| async move { activity(known(id)?).await },
    );
    let lists = |shown: ActivityView| {
        view! {
            <Changes rows=shown.activity />
            <Deliveries rows=shown.deliveries />
        }
        .into_any()
    };
    view! { <Load from=shown view=lists /> }.into_any()
}

#[component]
fn Changes(rows: Vec<Activity>) -> impl IntoView {
    let i18n = use_i18n();
    let table = match rows.is_empty() {
        true => view! { <p class="hint">{move || t_string!(i18n, channels.activity.none)}</p> }.into_any(),
        false => {
            let lines = rows
                .into_iter()
                .map(|row| view! { <ChangeLine row /> })
                .collect_view();
            view! {
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">{move || t_string!(i18n, channels.activity.what)}</th>
                            <th scope="col">{move || t_string!(i18n, channels.activity.who)}</th>
                            <th scope="col">{move || t_string!(i18n, channels.activity.when)}</th>
                        </tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
            }
            .into_any()
        }
    };
    view! {
        <section class="activity" aria-labelledby="activity-changes">
            <h2 id="activity-changes">{move || t_string!(i18n, channels.activity.changes)}</h2>
            {table}
        </section>
    }
    .into_any()
}

#[component]
fn ChangeLine(row: Activity) -> impl IntoView {
    let i18n = use_i18n();
    let Activity {
        at,
        who,
        what,
        detail,
    } = row;
    let who = move || {
        who.clone()
            .unwrap_or_else(|| t_string!(i18n, channels.activity.itself).to_owned())
    };
    let shown_detail = detail.map(|detail| {
        let text = move || match what {
            Deed::BadgeChanged => badge_change(i18n.get_locale(), &detail),
            _ => detail.clone(),
        };
        view! { <span class="activity-detail">{text}</span> }
    });
    view! {
        <tr>
            <th scope="row">{move || deed(i18n.get_locale(), what)} " " {shown_detail}</th>
            <td data-label=move || t_string!(i18n, channels.activity.who)>{who}</td>
            <td data-label=move || t_string!(i18n, channels.activity.when)>
                <Time at />
            </td>
        </tr>
    }
    .into_any()
}

#[component]
fn Deliveries(rows: Vec<DeliveryRow>) -> impl IntoView {
    let i18n = use_i18n();
    let table = match rows.is_empty() {
        true => view! { <p class="hint">{move || t_string!(i18n, channels.activity.no_deliveries)}</p> }
            .into_any(),
        false => {
            let lines = rows
                .into_iter()
                .map(|row| view! { <DeliveryLine row /> })
                .collect_view();
            view! {
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">{move || t_string!(i18n, channels.activity.when)}</th>
                            <th scope="col">{move || t_string!(i18n, channels.activity.outcome)}</th>
                        </tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
            }
            .into_any()
        }
    };
    view! {
        <section class="activity" aria-labelledby="activity-deliveries">
            <h2 id="activity-deliveries">{move || t_string!(i18n, channels.activity.deliveries)}</h2>
            {table}
        </section>
    }
    .into_any()
}

#[component]
fn DeliveryLine(row: DeliveryRow) -> impl IntoView {
    let i18n = use_i18n();
    let DeliveryRow {
        at,
        processed_at,
        dead_letters,
    } = row;
    let outcome = move || match (dead_letters, processed_at) {
        (0, Some(_)) => t_string!(i18n, channels.activity.applied).to_owned(),
        (0, None) => t_string!(i18n, channels.activity.waits).to_owned(),
        (count, _) => t_string!(i18n, channels.activity.dead, count),
    };
    let more = (dead_letters > 0).then(|| {
        view! { <a href="/system/deliveries">{move || t_string!(i18n, channels.activity.dead_link)}</a> }
    });
    view! {
        <tr>
            <th scope="row">
                <Time at />
            </th>
            <td data-label=move || t_string!(i18n, channels.activity.outcome)>{outcome} " " {more}</td>
        </tr>
    }
    .into_any()
}

fn deed(locale: Locale, deed: Deed) -> &'static str {
    match deed {
        Deed::Added => td_string!(locale, channels.deed.added),
        Deed::SavedAuthentication => td_string!(locale, channels.deed.saved_authentication),
        Deed::SavedMessaging => td_string!(locale, channels.deed.saved_messaging),
        Deed::RotatedVerifyToken => td_string!(locale, channels.deed.rotated),
        Deed::DroppedOldAppSecret => td_string!(locale, channels.deed.dropped),
        Deed::Paused => td_string!(locale, channels.deed.paused),
        Deed::Resumed => td_string!(locale, channels.deed.resumed),
        Deed::Deleted => td_string!(locale, channels.deed.deleted),
        Deed::BadgeChanged => td_string!(locale, channels.deed.badge),
        Deed::AskedMeta => td_string!(locale, channels.deed.meta),
    }
}

/// `active → degraded: quality, callback` in the reader's words. What we have no word for stays as it is: the token's
/// refusal is Meta's own sentence.
fn badge_change(locale: Locale, detail: &str) -> String {
    let (change, why) = match detail.split_once(": ") {
        Some((change, why)) => (change, Some(why)),
        None => (detail, None),
    };
    let badges: Vec<String> = change
        .split(" → ")
        .map(|name| {
            let badge = serde_json::from_value::<Badge>(name.into());
            badge.map_or_else(
                |_| name.to_owned(),
                |badge| words::badge(locale, badge).to_owned(),
            )
        })
        .collect();
    let badges = badges.join(" → ");
    match why {
        None => badges,
        Some(why) => {
            let checks: Result<Vec<Check>, _> = why.split(", ").map(str::parse).collect();
            let why = checks.map_or_else(
                |_| why.to_owned(),
                |checks| {
                    let names: Vec<&str> = checks
                        .into_iter()
                        .map(|check| findings::check(locale, check))
                        .collect();
                    names.join(", ")
                },
            );
            format!("{badges}: {why}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_the_badge_is_told_in_words() {
        let en = |detail| badge_change(Locale::en, detail);
        assert_eq!(en("waiting_for_meta → active"), "Waiting for Meta → Active");
        assert_eq!(
            en("active → degraded: quality, callback"),
            "Active → Degraded: Quality, Callback"
        );
        assert_eq!(
            en("active → token_refused: (190) Session has expired: log in"),
            "Active → Token refused: (190) Session has expired: log in"
        );
    }
}
