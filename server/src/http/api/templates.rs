//! `/api/v1/channels/{id}/templates`: the message templates of a channel's account, as Meta last told them.

use super::{Id, Reader, list, list::Wanted, problem::Problem, time};
use crate::http::state::Http;
use axum::{extract::State, response::IntoResponse};
use domain::page::Page;
use domain::{ids::ChannelId, template::TemplateView};
use engine::templates;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Spelt as Meta spells it, except for the last three fields.
#[derive(Debug, Serialize, ToSchema)]
struct Template {
    id: String,
    name: String,
    language: String,
    status: String,
    #[schema(required)]
    category: Option<String>,
    /// The category that Meta is going to give it, and when.
    #[schema(required)]
    correct_category: Option<String>,
    #[schema(required, format = DateTime)]
    category_update_at: Option<String>,
    #[schema(required)]
    quality: Option<String>,
    #[schema(required)]
    rejected_reason: Option<String>,
    #[schema(required)]
    rejection_info: Option<RejectionInfo>,
    #[schema(required)]
    parameter_format: Option<String>,
    components: Value,
    /// The names of the values that a message has to give; `null` if the console cannot fill the template in.
    #[schema(required)]
    variables: Option<Vec<String>>,
    /// Whether Meta sends it, and the channel may.
    sendable: bool,
    #[schema(format = DateTime)]
    synced_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TemplateRejection)]
struct RejectionInfo {
    #[schema(required)]
    reason: Option<String>,
    #[schema(required)]
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

/// Lists the message templates of the channel's account, as Meta last told them.
#[utoipa::path(
    get,
    path = "/api/v1/channels/{id}/templates",
    tag = "Templates",
    params(("id" = ChannelId, Path), Wanted),
    responses((status = 200, description = "Done.", body = Page<Template>)),
    security(("token" = ["read"]))
)]
pub async fn list(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(channel): Id<ChannelId>,
    Wanted(wanted): Wanted,
) -> Result<impl IntoResponse, Problem> {
    let (page, allowed) = templates::of_channel(&http.engine, &actor, channel, &wanted).await?;
    Ok(list::page(page, move |template| Template::of(template, allowed)))
}
