//! `/contacts/{id}/customer.zip`: one customer, for administrators: names, numbers, blocks and the note, and a folder for
//! each session, with a page to read, its files, and the session and its messages as JSON. Drafts, dead letters and Meta's
//! own JSON are not in it.

use super::{Archive, Export, Kind, in_console, or_status, zipped};
use crate::http::{
    api::{Administrator, Id, problem::Problem},
    state::Http,
};
use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::HeaderMap,
    response::{IntoResponse as _, Response},
};
use domain::ids::{ContactId, SessionId};
use engine::sessions::{contact_record, thread};
use serde_json::json;
use tower_sessions::Session;

pub async fn of_user(
    State(http): State<Http>,
    session: Session,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    match in_console(&http, &session, path, &headers).await {
        Ok((export, id)) => or_status(of_contact(export, id).await),
        Err(status) => status.into_response(),
    }
}

/// Saves a customer's sessions, files, names, numbers and note as a ZIP.
#[utoipa::path(
    get,
    path = "/api/v1/contacts/{id}/export",
    operation_id = "export",
    tag = "Contacts",
    params(("id" = ContactId, Path)),
    responses((status = 200, description = "Done.", content_type = "application/zip", body = [u8])),
    security(("token" = ["administer"]))
)]
pub async fn of_token(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(id): Id<ContactId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    Ok(of_contact(Export::for_token(&http, actor, &headers), id).await?)
}

async fn of_contact(export: Export, id: ContactId) -> engine::Result<Response> {
    let record = contact_record(&export.engine, &export.actor, id).await?;
    let name = format!("customer-{id}.zip");
    Ok(zipped(&name, move |mut archive| async move {
        let now = export.look.on_the_wall(export.engine.clock().now());
        archive.begin("customer.json", Kind::Text, now).await?;
        archive.write(&serde_json::to_vec_pretty(&record)?).await?;
        for session in record.sessions {
            // One that was deleted meanwhile breaks the file off: it would not be whole.
            let recorded = thread::recorded(&export.engine, &export.actor, session).await?;
            let folder = format!("{session}/");
            let facts = json!({"session": &recorded.session, "timeline": &recorded.timeline});
            archive
                .begin(&format!("{folder}session.json"), Kind::Text, now)
                .await?;
            archive.write(&serde_json::to_vec_pretty(&facts)?).await?;
            messages(&export, &mut archive, session, &folder).await?;
            export.conversation(&mut archive, recorded, &folder).await?;
        }
        Ok(archive.finish().await?)
    }))
}

/// The messages as the REST API tells them, a line each.
async fn messages(
    export: &Export,
    archive: &mut Archive,
    session: SessionId,
    folder: &str,
) -> anyhow::Result<()> {
    let now = export.look.on_the_wall(export.engine.clock().now());
    let name = format!("{folder}messages.jsonl");
    archive.begin(&name, Kind::Text, now).await?;
    let mut after = None;
    loop {
        export.may_go_on().await?;
        let read = thread::onward(&export.engine, &export.actor, session, after).await?;
        for message in read.messages {
            let mut line = serde_json::to_vec(&message)?;
            line.push(b'\n');
            archive.write(&line).await?;
        }
        after = read.after;
        if after.is_none() {
            return Ok(());
        }
    }
}
