//! One template, with what Meta says about it.

use crate::{
    i18n::*,
    labels::templates as labels,
    ui::{Quote, Time, TimeStyle, Tone},
};
use domain::template::{Definition, Header, NotFillable, Status, TemplateView};
use leptos::prelude::*;

#[component]
pub fn Row(template: TemplateView) -> impl IntoView {
    let i18n = use_i18n();
    let none = move || t_string!(i18n, common.none);
    let tone = tone(&template.status);
    let status = template.status.clone();
    let status = move || labels::status(i18n.get_locale(), &status);
    let quality = template.quality.clone();
    let quality = move || match &quality {
        Some(quality) => labels::quality(i18n.get_locale(), quality),
        None => none().to_owned(),
    };
    let language = template.language.clone();
    view! {
        <tr>
            <th scope="row">
                <code>{template.name.clone()}</code>
                <Content definition=template.definition.clone() />
            </th>
            <td data-label=move || t_string!(i18n, templates.column.language)>
                <code>{language}</code>
            </td>
            <td data-label=move || t_string!(i18n, templates.column.status)>
                <div class="template-status">
                    <span class=tone.class()>{status}</span>
                    <Reasons template=template.clone() />
                </div>
            </td>
            <td data-label=move || t_string!(i18n, templates.column.category)>
                <Category template />
            </td>
            <td data-label=move || t_string!(i18n, templates.column.quality)>{quality}</td>
        </tr>
    }
    .into_any()
}

fn tone(status: &str) -> Tone {
    match status.parse() {
        Ok(Status::Approved) => Tone::Good,
        Ok(Status::Pending | Status::InAppeal) => Tone::Waiting,
        Ok(Status::Paused | Status::LimitExceeded) => Tone::Warning,
        Ok(Status::Rejected | Status::Disabled | Status::Locked) => Tone::Bad,
        Ok(Status::Archived | Status::PendingDeletion | Status::Deleted) | Err(_) => Tone::Off,
    }
}

/// Its text, or why it cannot be filled in here.
#[component]
fn Content(definition: Result<Definition, NotFillable>) -> impl IntoView {
    let i18n = use_i18n();
    let definition = match definition {
        Ok(definition) => definition,
        Err(why) => {
            let why = move || labels::not_fillable(i18n.get_locale(), &why);
            return view! { <p class="hint">{why}</p> }.into_any();
        }
    };
    let header = match definition.header {
        Some(Header::Text(text)) => Some(text),
        Some(Header::File(kind)) => Some(format!("[{}]", kind.as_str())),
        Some(Header::Location) => Some("[location]".to_owned()),
        None => None,
    };
    let buttons = definition
        .buttons
        .into_iter()
        .map(|button| view! { <li dir="auto">{button.text}</li> });
    let buttons: Vec<_> = buttons.collect();
    let buttons = (!buttons.is_empty()).then(|| view! { <ul class="template-buttons">{buttons}</ul> });
    view! {
        <details class="template-content">
            <summary>{move || t_string!(i18n, templates.show)}</summary>
            {header.map(|header| view! { <p dir="auto"><strong>{header}</strong></p> })}
            <p dir="auto">{definition.body}</p>
            {definition.footer.map(|footer| view! { <p dir="auto" class="muted">{footer}</p> })} {buttons}
        </details>
    }
    .into_any()
}

/// Why Meta does not send it, and what to do.
#[component]
fn Reasons(template: TemplateView) -> impl IntoView {
    let i18n = use_i18n();
    let status = template.status;
    let means = move || {
        let text = labels::status_text(i18n.get_locale(), &status)?;
        Some(view! { <p class="hint">{text}</p> })
    };
    let reason = template.rejected_reason.map(|reason| {
        let reason = move || {
            let reason = labels::rejected(i18n.get_locale(), &reason);
            t_string!(i18n, templates.reason, reason = reason).to_string()
        };
        view! { <p class="hint">{reason}</p> }
    });
    let recommends = template.recommendation.map(|words| {
        view! {
            <p class="hint">
                {move || t_string!(i18n, templates.recommends)} ": " <q lang="en">{words}</q>
            </p>
        }
    });
    view! { {means} {reason} {recommends} <Quote words=template.explanation.into_iter().collect() /> }
        .into_any()
}

/// The category, and the one that Meta is going to give it.
#[component]
fn Category(template: TemplateView) -> impl IntoView {
    let i18n = use_i18n();
    let none = move || t_string!(i18n, common.none).to_owned();
    let category = template.category;
    let now = move || match &category {
        Some(category) => labels::category(i18n.get_locale(), category),
        None => none(),
    };
    let at = template.category_changes_at.map(|at| {
        view! {
            " "
            {move || t_string!(i18n, templates.becomes_at)}
            " "
            <Time at style=TimeStyle::Full />
        }
    });
    let coming = template.coming_category.map(|coming| {
        let coming = move || {
            let category = labels::category(i18n.get_locale(), &coming);
            t_string!(i18n, templates.becomes, category = category).to_string()
        };
        view! { <p class="hint">{coming} {at}</p> }
    });
    view! {
        <span>{now}</span>
        {coming}
    }
    .into_any()
}
