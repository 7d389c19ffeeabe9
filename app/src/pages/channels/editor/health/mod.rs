//! The Health tab: one line per check (what was seen, what it means, how to mend it), and buttons that mend.

mod meta_actions;

use self::meta_actions::{MendView, MetaActions, Strays};
use super::{answer::Answer, field_labels, save::EditedChannel};
use crate::{
    api::{
        ActionForm, Resource, ServerAction,
        channels::ExamineChannel,
        meta_actions::{HealthPage, health},
    },
    i18n::*,
    labels,
    live::use_live,
    pages::{
        channels::findings::{self, Advice, Group, Told},
        url::{id_in_url, known},
    },
    ui::{Button, Icon, IconName, Load, Quote, Time, form::on_outcome, use_toasts},
};
use domain::{
    channel::{self, ChannelView, Presence},
    doctor::{self, Check, Finding, Seen, State},
    ids::ChannelId,
    time::Timestamp,
};
use leptos::prelude::*;

#[component]
pub fn HealthTab() -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let live = use_live();
    let EditedChannel(edited) = expect_context();
    let id = id_in_url::<ChannelId>();
    let shown = Resource::new(
        move || (id.get(), live.channels.get()),
        |(id, _)| async move { health(known(id)?).await },
    );
    let examine = ServerAction::<ExamineChannel>::new();
    on_outcome(examine, move |answer| match answer {
        Ok(()) => {
            toasts.say(t_string!(i18n, channels.health.checked));
            edited.refetch();
            shown.refetch();
        }
        Err(error) => toasts.warn(labels::sentence(i18n.get_locale_untracked(), error)),
    });
    // Created here, so that Meta's answers outlive the lines.
    let actions = MetaActions::new();
    let page = move |page: HealthPage| view! { <Health page examine actions /> }.into_any();
    view! { <Load from=shown view=page /> }.into_any()
}

#[component]
fn Health(page: HealthPage, examine: ServerAction<ExamineChannel>, actions: MetaActions) -> impl IntoView {
    let i18n = use_i18n();
    let HealthPage {
        channel,
        findings,
        answered,
    } = page;
    // The header says who deleted it.
    let Presence::Here(channel) = channel else {
        return ().into_any();
    };
    let channel = *channel;
    let newest = findings.iter().map(|finding| finding.at).max();
    let never = (newest.is_none() && channel.is_saved()).then(|| {
        view! { <p class="notice">{move || t_string!(i18n, channels.health.never)}</p> }
    });
    let app_id = app_id(&findings);
    let offered = findings
        .iter()
        .flat_map(|finding| findings::told(i18n.get_locale_untracked(), finding).mends)
        .collect();
    let trouble = doctor::trouble(&findings).cloned();
    let summary = view! { <Summary channel=channel.clone() trouble newest examine /> }.into_any();
    let groups = findings::grouped(&findings)
        .into_iter()
        .map(|(group, findings)| {
            let lines = findings
                .into_iter()
                .map(|finding| {
                    let at = Some(finding.at).filter(|at| Some(*at) != newest);
                    let (channel, app_id) = (channel.clone(), app_id.clone());
                    view! { <Line finding at channel app_id actions /> }
                })
                .collect_view();
            view! { <GroupView group>{lines}</GroupView> }
        })
        .collect_view()
        .into_any();
    view! {
        <div class="health">
            {summary} <div aria-live="polite">{answered.map(|meta_action| view! { <Answer meta_action /> })}</div>
            <Strays actions offered /> {never} {groups}
        </div>
    }
    .into_any()
}

/// The app of the token and the secret, once both have been found valid.
fn app_id(findings: &[Finding]) -> Option<String> {
    findings.iter().find_map(|finding| match &finding.seen {
        Seen::Fine { what } if finding.check == Check::AppSecret => what.clone(),
        _ => None,
    })
}

/// The meaning of the badge above, and the button that examines the channel.
#[component]
fn Summary(
    channel: ChannelView,
    /// What is wrong, if anything.
    trouble: Option<Finding>,
    newest: Option<Timestamp>,
    examine: ServerAction<ExamineChannel>,
) -> impl IntoView {
    let i18n = use_i18n();
    let (id, is_saved) = (channel.id, channel.is_saved());
    let pending = examine.pending();
    let asking = move || {
        pending
            .try_get()
            .unwrap_or_default()
            .then(|| t_string!(i18n, channels.health.checking))
    };
    let when = newest.map(|at| {
        view! {
            <p class="hint">
                {move || t_string!(i18n, channels.health.when)} " " <Time at />
            </p>
        }
    });
    // A channel that has never been saved cannot be examined.
    let button = is_saved.then(|| {
        view! {
            <ActionForm action=examine>
                <input type="hidden" name="id" value=id.to_string() />
                <Button submit=true icon=IconName::Refresh busy=pending>
                    {move || t_string!(i18n, channels.health.check)}
                </Button>
                {when}
                <p class="hint" aria-live="polite">
                    {asking}
                </p>
            </ActionForm>
        }
    });
    view! {
        <section class="health-summary">
            <p>{move || meaning(i18n.get_locale(), &channel, trouble.as_ref())}</p>
            {button}
        </section>
    }
    .into_any()
}

/// What the badge means for the reader.
fn meaning(locale: Locale, channel: &ChannelView, trouble: Option<&Finding>) -> String {
    let why = trouble.map(|finding| findings::told(locale, finding).seen);
    match (channel.badge, why) {
        (channel::Badge::Draft, _) => {
            let missing: Vec<_> = channel
                .missing()
                .into_iter()
                .map(|field| field_labels::label(locale, field))
                .collect();
            td_string!(locale, channels.health.draft, missing = missing.join(", "))
        }
        (channel::Badge::WaitingForMeta, Some(why)) => {
            td_string!(locale, channels.health.waiting_because, why = why)
        }
        (channel::Badge::WaitingForMeta, None) => {
            td_string!(locale, channels.health.waiting_for_meta).to_owned()
        }
        (channel::Badge::Active, _) => td_string!(locale, channels.health.active).to_owned(),
        (channel::Badge::NotReceiving, why) => {
            td_string!(
                locale,
                channels.health.not_receiving,
                why = why.unwrap_or_default()
            )
        }
        (channel::Badge::Degraded, _) => td_string!(locale, channels.health.degraded).to_owned(),
        (channel::Badge::TokenRefused, _) => td_string!(locale, channels.health.token_refused).to_owned(),
        (channel::Badge::Paused, _) => td_string!(locale, channels.health.paused).to_owned(),
    }
}

#[component]
fn GroupView(group: Group, children: Children) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="check-group">
            <h2>{move || group.title(i18n.get_locale())}</h2>
            <ul class="checks">{children()}</ul>
        </section>
    }
    .into_any()
}

/// One check. A good check takes one line.
#[component]
fn Line(
    finding: Finding,
    /// When it was found, if not just now.
    at: Option<Timestamp>,
    channel: ChannelView,
    app_id: Option<String>,
    actions: MetaActions,
) -> impl IntoView {
    let i18n = use_i18n();
    let (check, state) = (finding.check, finding.state);
    let Told {
        at: seen_at,
        mends,
        quote,
        advice,
        ..
    } = findings::told(i18n.get_locale_untracked(), &finding);
    let has_advice = advice.is_some();
    let told = Memo::new(move |_| findings::told(i18n.get_locale(), &finding));
    let advice = move || {
        told.try_get()?
            .advice
            .map(|advice| view! { <AdviceView advice /> })
    };
    let mends = mends
        .into_iter()
        .map(|mend| {
            let (channel, app_id) = (channel.clone(), app_id.clone());
            view! { <MendView mend channel app_id actions /> }
        })
        .collect_view();
    let (class, mark) = match state {
        State::Good => ("check good", view! { <Icon name=IconName::Check /> }.into_any()),
        State::Notice => (
            "check notable",
            view! { <Icon name=IconName::Alert /> }.into_any(),
        ),
        State::Bad => ("check bad", view! { <Icon name=IconName::Cross /> }.into_any()),
        State::Unknown => (
            "check",
            view! { <span class="icon dash" aria-hidden="true">"–"</span> }.into_any(),
        ),
    };
    view! {
        <li class=class class:compact=!has_advice id=check.as_str()>
            {mark}
            <div>
                <h3>
                    {move || findings::check(i18n.get_locale(), check)} " "
                    <span class="check-word">{move || judged(i18n.get_locale(), state)}</span>
                </h3>
                <p>
                    {move || told.try_get().map(|told| told.seen)} " " {seen_at.map(|at| view! { <Time at /> })}
                </p>
                <Quote words=quote.into_iter().collect() />
                {advice}
                {mends}
                {at
                    .map(|at| {
                        view! {
                            <p class="hint">
                                {move || t_string!(i18n, channels.health.when)} " " <Time at />
                            </p>
                        }
                    })}
            </div>
        </li>
    }
    .into_any()
}

fn judged(locale: Locale, state: State) -> &'static str {
    match state {
        State::Good => td_string!(locale, channels.health.ok),
        State::Notice => td_string!(locale, channels.health.notice),
        State::Bad => td_string!(locale, channels.health.wrong),
        State::Unknown => td_string!(locale, channels.health.unknown),
    }
}

#[component]
fn AdviceView(advice: Advice) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <dl class="advice">
            <dt>{move || t_string!(i18n, channels.health.means)}</dt>
            <dd>{advice.means}</dd>
            <dt>{move || t_string!(i18n, channels.health.mend)}</dt>
            <dd>{advice.mend}</dd>
        </dl>
    }
    .into_any()
}
