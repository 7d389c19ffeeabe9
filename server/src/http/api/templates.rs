//! `/api/v1/channels/{id}/templates`: the message templates of a channel's account, as Meta last told them.

use super::{Id, Reader, list, list::Wanted, problem::Problem, time};
use crate::http::state::Http;
use axum::{extract::State, response::IntoResponse};
use domain::{ids::ChannelId, template::TemplateView};
use engine::templates;
use serde::Serialize;
use serde_json::Value;

/// Spelt as Meta spells it, except for the last three fields.
#[derive(Debug, Serialize)]
struct Template {
    id: String,
    name: String,
    language: String,
    status: String,
    category: Option<String>,
    /// The category that Meta is going to give it, and when.
    correct_category: Option<String>,
    category_update_at: Option<String>,
    quality: Option<String>,
    rejected_reason: Option<String>,
    rejection_info: Option<RejectionInfo>,
    parameter_format: Option<String>,
    components: Value,
    /// The names of the values that a message has to give; `null` if the console cannot fill the template in.
    variables: Option<Vec<String>>,
    /// Whether Meta sends it, and the channel may.
    sendable: bool,
    synced_at: String,
}

#[derive(Debug, Serialize)]
struct RejectionInfo {
    reason: Option<String>,
    recommendation: Option<String>,
}

impl Template {
    fn of(template: TemplateView, allowed: bool) -> Self {
        let sendable = allowed && template.is_approved();
        let told = template.explanation.is_some() || template.recommendation.is_some();
        let variables = template.definition.ok().map(|definition| {
            let fields = definition.fields().into_iter();
            fields.map(|field| field.name).collect()
        });
        Self {
            sendable,
            variables,
            rejection_info: told.then_some(RejectionInfo {
                reason: template.explanation,
                recommendation: template.recommendation,
            }),
            id: template.id,
            name: template.name,
            language: template.language,
            status: template.status,
            category: template.category,
            correct_category: template.coming_category,
            category_update_at: template.category_changes_at.map(time),
            quality: template.quality,
            rejected_reason: template.rejected_reason,
            parameter_format: template.parameter_format,
            components: template.components,
            synced_at: time(template.synced_at),
        }
    }
}

pub async fn list(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(channel): Id<ChannelId>,
    Wanted(wanted): Wanted,
) -> Result<impl IntoResponse, Problem> {
    let account = templates::of_channel(&http.engine, &actor, channel).await?;
    let page = list::cut(account.found.templates, &wanted, |template| template.id.clone())?;
    Ok(list::page(page, move |template| {
        Template::of(template, account.allowed)
    }))
}
