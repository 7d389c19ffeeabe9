//! The fields of a webhook's form. In a list in which nothing is ticked, everything counts as ticked.

use crate::{
    api::webhooks::Choices,
    i18n::*,
    labels,
    ui::{Field, field::FieldProblem},
};
use domain::webhook::{EVENT_TYPES, Wanted, WebhookForm};
use leptos::prelude::*;

#[component]
pub fn Fields(form: WebhookForm, choices: Choices) -> impl IntoView {
    let i18n = use_i18n();
    let WebhookForm {
        name,
        address,
        wanted: Wanted {
            types,
            channels,
            queues,
        },
    } = form;
    let kinds = EVENT_TYPES.iter().map(|&kind| {
        let ticked = types.iter().any(|wanted| wanted == kind);
        view! {
            <label class="choice">
                <input type="checkbox" name="form[wanted][types][]" value=kind checked=ticked />
                <span>
                    {move || labels::webhooks::event_type(i18n.get_locale(), kind)}
                    <span class="hint" translate="no">
                        {kind}
                    </span>
                </span>
            </label>
        }
    });
    let kinds = kinds.collect_view().into_any();
    let channels = boxes(choices.channels, &channels);
    let queues = boxes(choices.queues, &queues);
    view! {
        <Field
            name="name"
            label=move || t_string!(i18n, system.webhooks.name)
            hint=move || t_string!(i18n, system.webhooks.name_hint)
            value=name
        />
        <Field
            name="address"
            label=move || t_string!(i18n, system.webhooks.address)
            hint=move || t_string!(i18n, system.webhooks.address_hint)
            value=address
            inputmode="url"
            mono=true
        />
        <fieldset class="field">
            <legend>{move || t_string!(i18n, system.webhooks.events)}</legend>
            <p class="hint">{move || t_string!(i18n, system.webhooks.events_hint)}</p>
            <div class="choices">{kinds}</div>
            <FieldProblem name="types" />
        </fieldset>
        <Boxes
            field="channels"
            name="form[wanted][channels][]"
            legend=move || t_string!(i18n, system.webhooks.channels)
            hint=move || t_string!(i18n, system.webhooks.channels_hint)
            boxes=channels
        />
        <Boxes
            field="queues"
            name="form[wanted][queues][]"
            legend=move || t_string!(i18n, system.webhooks.queues)
            hint=move || t_string!(i18n, system.webhooks.queues_hint)
            boxes=queues
        />
    }
    .into_any()
}

/// The id, the name, and whether it is ticked. One that was deleted has no name; without it, the webhook would get more than it
/// should.
type Choice = (String, Option<String>, bool);

fn boxes<I: PartialEq + ToString>(choices: Vec<(I, String)>, ticked: &[I]) -> Vec<Choice> {
    let is_known = |id: &&I| choices.iter().any(|(known, _)| known == *id);
    let deleted = ticked.iter().filter(|id| !is_known(id));
    let deleted: Vec<Choice> = deleted.map(|id| (id.to_string(), None, true)).collect();
    let named = choices
        .into_iter()
        .map(|(id, name)| (id.to_string(), Some(name), ticked.contains(&id)));
    named.chain(deleted).collect()
}

#[component]
fn Boxes(
    /// The field's name in the domain's form, for its problems.
    field: &'static str,
    /// The name under which a box is sent.
    name: &'static str,
    #[prop(into)] legend: Signal<&'static str>,
    #[prop(into)] hint: Signal<&'static str>,
    boxes: Vec<Choice>,
) -> impl IntoView {
    let i18n = use_i18n();
    if boxes.is_empty() {
        return ().into_any();
    }
    let boxes = boxes.into_iter().map(|(id, called, ticked)| {
        let words = move || match called.as_deref() {
            None => t_string!(i18n, system.webhooks.deleted_choice).to_owned(),
            Some("") => t_string!(i18n, channels.unnamed).to_owned(),
            Some(called) => called.to_owned(),
        };
        view! {
            <label class="choice">
                <input type="checkbox" name=name value=id checked=ticked />
                <span>{words}</span>
            </label>
        }
    });
    let boxes = boxes.collect_view().into_any();
    view! {
        <fieldset class="field">
            <legend>{legend}</legend>
            <p class="hint">{hint}</p>
            <div class="choices">{boxes}</div>
            <FieldProblem name=field />
        </fieldset>
    }
    .into_any()
}
