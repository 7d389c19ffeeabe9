//! The costs of one month: notices, the sum, each channel, and every counter.

use crate::{
    api::costs::address,
    i18n::*,
    labels,
    ui::{Empty, IconName, Time, TimeStyle},
};
use domain::cost::{Budget, BudgetState, ChannelMonth, Currency, FREE_SERVICE, Line, Month, MonthCosts, Sum};
use leptos::prelude::*;

#[component]
pub fn MonthView(costs: MonthCosts) -> impl IntoView {
    let i18n = use_i18n();
    let notices = view! { <Notices costs=costs.clone() /> }.into_any();
    let switch = view! { <Months month=costs.month current=costs.current /> }.into_any();
    let is_empty = costs
        .channels
        .iter()
        .all(|channel| channel.costs.lines.is_empty());
    let body = match is_empty {
        true if costs.is_before_counting() => ().into_any(),
        true => view! {
            <Empty
                icon=IconName::Cost
                title=move || t_string!(i18n, costs.empty).to_owned()
                text=move || t_string!(i18n, costs.empty_text).to_owned()
            />
        }
        .into_any(),
        false => view! { <Figures costs /> }.into_any(),
    };
    view! { <section class="costs">{switch} {notices} {body}</section> }.into_any()
}

/// Links to the month before and the month after, up to this month.
#[component]
fn Months(month: Month, current: Month) -> impl IntoView {
    let i18n = use_i18n();
    let name = move |month: Month| labels::costs::month(i18n.get_locale(), month);
    let before = month.before();
    let label = move || t_string!(i18n, costs.previous, month = name(before));
    let after = (month < current).then(|| {
        let after = month.after();
        let label = move || t_string!(i18n, costs.next, month = name(after));
        view! {
            <a class="button quiet" href=address(after) rel="next" aria-label=label title=label>
                <span>"›"</span>
            </a>
        }
    });
    view! {
        <nav class="months" aria-label=move || t_string!(i18n, costs.month)>
            <a class="button quiet" href=address(before) rel="prev" aria-label=label title=label>
                <span>"‹"</span>
            </a>
            <h2 aria-current="true">{move || name(month)}</h2>
            {after}
        </nav>
    }
    .into_any()
}

#[component]
fn Notices(costs: MonthCosts) -> impl IntoView {
    let i18n = use_i18n();
    let since = costs.counted_since.filter(|_| costs.is_partial()).map(|at| {
        let is_before = costs.is_before_counting();
        let text = move || match is_before {
            true => t_string!(i18n, costs.before),
            false => t_string!(i18n, costs.partial),
        };
        view! {
            <p class="notice">
                <span>{text} " " <Time at style=TimeStyle::Full /></span>
            </p>
        }
    });
    // Earlier months no longer need a warning.
    let is_current = costs.month == costs.current;
    let (currency, sum) = (costs.currency, costs.sum);
    let budget = costs
        .budget
        .filter(|_| is_current)
        .map(|(budget, state)| view! { <BudgetNotice budget state currency sum /> });
    view! { <div class="around">{budget} {since}</div> }.into_any()
}

#[component]
fn BudgetNotice(budget: Budget, state: BudgetState, currency: Currency, sum: Sum) -> impl IntoView {
    let i18n = use_i18n();
    let stops = budget.stop_templates && state == BudgetState::Spent;
    let text = move || {
        let locale = i18n.get_locale();
        let spent = labels::costs::money(locale, sum.micros, &currency);
        let amount = labels::costs::money(locale, budget.amount.micros, &budget.amount.currency);
        match state {
            BudgetState::Within => td_string!(locale, costs.budget.of, spent = spent, amount = amount),
            BudgetState::Near => td_string!(locale, costs.budget.near, spent = spent, amount = amount),
            BudgetState::Spent => td_string!(locale, costs.budget.spent, spent = spent, amount = amount),
            BudgetState::OtherCurrency => td_string!(
                locale,
                costs.budget.other_currency,
                amount = amount,
                currency = currency.to_string()
            ),
        }
    };
    let stopped = stops.then(|| view! { <span>{move || t_string!(i18n, costs.budget.stopped)}</span> });
    let unseen =
        (sum.unknown > 0).then(|| view! { <span>{move || t_string!(i18n, costs.budget.unseen)}</span> });
    let class = match state {
        BudgetState::Within => "notice",
        BudgetState::Near | BudgetState::OtherCurrency => "notice warning",
        BudgetState::Spent => "notice bad",
    };
    view! {
        <p class=class role="status">
            <strong>{text}</strong>
            {stopped}
            {unseen}
        </p>
    }
    .into_any()
}

#[component]
fn Figures(costs: MonthCosts) -> impl IntoView {
    let i18n = use_i18n();
    let currency = StoredValue::new(costs.currency);
    let known = costs.channels.iter().flat_map(|channel| &channel.costs.lines);
    let any_known = known.clone().any(|line| line.micros.is_some());
    let messages: u64 = known.map(|line| line.counter.messages).sum();
    let sum = costs.sum;
    let lines = costs
        .channels
        .iter()
        .flat_map(|month| {
            let name = month.channel.name.clone();
            let lines = month.costs.lines.iter().cloned();
            lines.map(move |line| view! { <CounterRow name=name.clone() line currency /> })
        })
        .collect_view()
        .into_any();
    let channels = costs
        .channels
        .into_iter()
        .map(|month| view! { <ChannelRow month currency /> })
        .collect_view()
        .into_any();
    let column = |class: &'static str, text: Signal<&'static str>| {
        view! {
            <th scope="col" class=class>
                {text}
            </th>
        }
    };
    let channel = Signal::derive(move || t_string!(i18n, costs.channel));
    let delivered = Signal::derive(move || t_string!(i18n, costs.messages));
    let cost = Signal::derive(move || t_string!(i18n, costs.cost));
    let channels_head = view! {
        <thead>
            <tr>
                {column("", channel)} {column("number", delivered)}
                {column("number", Signal::derive(move || t_string!(i18n, costs.service)))}
                {column("number", cost)}
            </tr>
        </thead>
    }
    .into_any();
    let lines_head = view! {
        <thead>
            <tr>
                {column("", channel)} {column("", Signal::derive(move || t_string!(i18n, costs.country)))}
                {column("", Signal::derive(move || t_string!(i18n, costs.category_head)))}
                {column("", Signal::derive(move || t_string!(i18n, costs.charge_head)))}
                {column("number", delivered)}
                {column("number", Signal::derive(move || t_string!(i18n, costs.paid)))} {column("number", cost)}
            </tr>
        </thead>
    }
    .into_any();
    view! {
        <dl class="facts">
            <dt>{move || t_string!(i18n, costs.total)}</dt>
            <dd>
                <strong>
                    <Amount sum any_known currency />
                </strong>
            </dd>
            <dt>{move || t_string!(i18n, costs.messages)}</dt>
            <dd class="nums">{messages}</dd>
        </dl>
        <h3>{move || t_string!(i18n, costs.by_channel)}</h3>
        <table class="table">
            {channels_head} <tbody>{channels}</tbody>
        </table>
        <p class="hint">
            {move || t_string!(i18n, costs.service_text, limit = FREE_SERVICE)} " "
            {move || t_string!(i18n, costs.utc)}
        </p>
        <h3>{move || t_string!(i18n, costs.details)}</h3>
        <table class="table">
            {lines_head} <tbody>{lines}</tbody>
        </table>
    }
    .into_any()
}

/// What is known, and how many messages have an unknown price.
#[component]
fn Amount(sum: Sum, any_known: bool, currency: StoredValue<Currency>) -> impl IntoView {
    let i18n = use_i18n();
    let known = move || {
        let locale = i18n.get_locale();
        match any_known {
            true => currency.with_value(|currency| labels::costs::money(locale, sum.micros, currency)),
            false => td_string!(locale, costs.unknown).to_owned(),
        }
    };
    let unknown = (sum.unknown > 0).then(|| {
        view! {
            <span class="muted">
                " + " {move || t_string!(i18n, costs.unknown_messages, count = sum.unknown)}
            </span>
        }
    });
    view! { <span class="amount">{known} {unknown}</span> }.into_any()
}

#[component]
fn ChannelRow(month: ChannelMonth, currency: StoredValue<Currency>) -> impl IntoView {
    let i18n = use_i18n();
    let ChannelMonth { channel, costs } = month;
    let messages: u64 = costs.lines.iter().map(|line| line.counter.messages).sum();
    let any_known = costs.lines.is_empty() || costs.lines.iter().any(|line| line.micros.is_some());
    let (sum, used) = (costs.sum, costs.service.min(FREE_SERVICE));
    view! {
        <tr>
            <th scope="row">
                <a href=format!("/channels/{}", channel.id)>
                    <ChannelName name=channel.name />
                </a>
            </th>
            <td class="number" data-label=move || t_string!(i18n, costs.messages)>
                {messages}
            </td>
            <td class="number" data-label=move || t_string!(i18n, costs.service)>
                {move || t_string!(i18n, costs.service_used, used = used, limit = FREE_SERVICE)}
            </td>
            <td class="number" data-label=move || t_string!(i18n, costs.cost)>
                <Amount sum any_known currency />
            </td>
        </tr>
    }
    .into_any()
}

#[component]
fn CounterRow(name: String, line: Line, currency: StoredValue<Currency>) -> impl IntoView {
    let i18n = use_i18n();
    let Line {
        counter,
        paid,
        micros,
    } = line;
    let cost = move || {
        let locale = i18n.get_locale();
        match micros {
            Some(micros) => currency.with_value(|currency| labels::costs::money(locale, micros, currency)),
            None => td_string!(locale, costs.unknown).to_owned(),
        }
    };
    let paid = move || match paid {
        Some(paid) => paid.to_string(),
        None => t_string!(i18n, costs.charge.unknown).to_owned(),
    };
    view! {
        <tr>
            <th scope="row">
                <ChannelName name />
            </th>
            <td data-label=move || t_string!(i18n, costs.country)>
                {move || labels::costs::country(i18n.get_locale(), counter.country)}
            </td>
            <td data-label=move || t_string!(i18n, costs.category_head)>
                {move || labels::costs::category(i18n.get_locale(), counter.category)}
            </td>
            <td data-label=move || t_string!(i18n, costs.charge_head)>
                {move || labels::costs::charge(i18n.get_locale(), counter.charge)}
            </td>
            <td class="number" data-label=move || t_string!(i18n, costs.messages)>
                {counter.messages}
            </td>
            <td class="number" data-label=move || t_string!(i18n, costs.paid)>
                {paid}
            </td>
            <td class="number" data-label=move || t_string!(i18n, costs.cost)>
                {cost}
            </td>
        </tr>
    }
    .into_any()
}

#[component]
fn ChannelName(name: String) -> impl IntoView {
    let i18n = use_i18n();
    let shown = move || match name.as_str() {
        "" => t_string!(i18n, costs.deleted).to_owned(),
        name => name.to_owned(),
    };
    view! { <span>{shown}</span> }.into_any()
}
