//! `GET /{WABA id}/message_templates`, page by page.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/reference/whatsapp-business-account/template-api>

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::auth::Token;
use super::error::GraphError;
use super::params::Params;
use crate::shared::Shared;

/// Graph's page if the caller names no limit.
const PAGE: usize = 25;

pub(crate) async fn list(
    State(shared): State<Arc<Shared>>,
    Path((version, id)): Path<(String, String)>,
    token: Token,
    params: Params,
) -> Result<Json<Value>, GraphError> {
    let world = shared.world();
    token.waba(&world, "get", &id)?;
    let templates = world.templates_of(&id);
    let limit = match params.text("limit").map(str::parse) {
        None => PAGE,
        Some(Ok(limit @ 1..)) => limit,
        Some(_) => return Err(GraphError::parameter("Param limit must be a positive integer")),
    };
    let limit = world.template_page.map_or(limit, |page| limit.min(page));
    let start = match params.text("after") {
        None => 0,
        Some(cursor) => place(cursor).ok_or_else(|| GraphError::parameter("Invalid cursors values"))?,
    };
    let mut fields = params.list("fields");
    if fields.is_empty() {
        fields = ["name", "status", "category", "language", "id"]
            .map(str::to_owned)
            .to_vec();
    }
    let shown: Vec<Value> = templates
        .iter()
        .skip(start)
        .take(limit)
        .map(|template| template.listed(&fields))
        .collect();
    let end = start + shown.len();
    let mut paging = json!({ "cursors": { "before": cursor(start), "after": cursor(end) } });
    if end < templates.len() {
        let after = cursor(end);
        let next = format!(
            "{}{version}/{id}/message_templates?limit={limit}&after={after}",
            shared.url
        );
        paging["next"] = json!(next);
    }
    Ok(Json(json!({ "data": shown, "paging": paging })))
}

fn cursor(place: usize) -> String {
    STANDARD.encode(format!("at {place}"))
}

fn place(cursor: &str) -> Option<usize> {
    let text = String::from_utf8(STANDARD.decode(cursor).ok()?).ok()?;
    text.strip_prefix("at ")?.parse().ok()
}
