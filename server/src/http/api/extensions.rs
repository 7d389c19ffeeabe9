//! `/api/v1/extensions`.

use super::{
    Administrator, Id, Operator, Reader,
    json::Json,
    list,
    list::Wanted,
    problem::Problem,
    time,
    version::{IfMatch, Tagged, tag_of},
};
use crate::http::state::Http;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use domain::page::Page;
use domain::{
    access::{Actor, Role},
    directory::{ExtensionForm, ExtensionRow},
    form,
    ids::ExtensionId,
    presence::{Availability, Presence},
    refusal::Refusal,
};
use engine::{Engine, directory::extensions};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Extension {
    id: ExtensionId,
    number: String,
    name: String,
    #[schema(required)]
    login: Option<String>,
    #[schema(required)]
    role: Option<Role>,
    disabled: bool,
    open_sessions: u32,
    /// `null`: the default.
    #[schema(required)]
    capacity: Option<u32>,
    presence: Presence,
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<ExtensionRow> for Extension {
    fn from(row: ExtensionRow) -> Self {
        Self {
            id: row.id,
            number: row.number,
            name: row.name,
            login: row.login,
            role: row.role,
            disabled: row.disabled,
            open_sessions: row.open_sessions,
            capacity: row.capacity,
            presence: row.presence,
            created_at: time(row.created_at),
        }
    }
}

/// Lists the extensions, by number.
#[utoipa::path(
    get,
    path = "/api/v1/extensions",
    tag = "Extensions",
    params(Wanted),
    responses((status = 200, description = "Done.", body = Page<Extension>)),
    security(("token" = ["read"]))
)]
pub async fn list(
    Reader(actor): Reader,
    State(http): State<Http>,
    Wanted(wanted): Wanted,
) -> Result<impl IntoResponse, Problem> {
    Ok(list::page(
        extensions::page(&http.engine, &actor, &wanted).await?,
        Extension::from,
    ))
}

/// Reads an extension.
#[utoipa::path(
    get,
    path = "/api/v1/extensions/{id}",
    tag = "Extensions",
    params(("id" = ExtensionId, Path)),
    responses((status = 200, description = "Done; `ETag` is its version.", body = Extension)),
    security(("token" = ["read"]))
)]
pub async fn get(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(extension): Id<ExtensionId>,
) -> Result<impl IntoResponse, Problem> {
    read(&http.engine, &actor, extension).await
}

/// Creates an extension. Nobody can answer at one without a log-in.
#[utoipa::path(
    post,
    path = "/api/v1/extensions",
    tag = "Extensions",
    request_body = ExtensionForm,
    responses((status = 201, description = "Created; `Location` is its address, `ETag` its version.", body = Extension)),
    security(("token" = ["administer"]))
)]
pub async fn create(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Json(form): Json<ExtensionForm>,
) -> Result<impl IntoResponse, Problem> {
    let id = extensions::create(&http.engine, &actor, &form).await?;
    let row = extensions::get(&http.engine, &actor, id).await?;
    let location = [(header::LOCATION, format!("/api/v1/extensions/{id}"))];
    Ok((StatusCode::CREATED, location, shown(row)?))
}

/// Replaces an extension and its log-in. An empty `password` keeps the current one; an empty `login` takes the log-in away,
/// and its sessions go back to their queues.
#[utoipa::path(
    put,
    path = "/api/v1/extensions/{id}",
    tag = "Extensions",
    params(("id" = ExtensionId, Path), IfMatch),
    request_body = ExtensionForm,
    responses(
        (status = 200, description = "Done; `ETag` is its version.", body = Extension),
        (status = 412, description = "`If-Match` names another version.", content_type = "application/problem+json", body = Problem)
    ),
    security(("token" = ["administer"]))
)]
pub async fn replace(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(extension): Id<ExtensionId>,
    wanted: IfMatch,
    Json(form): Json<ExtensionForm>,
) -> Result<impl IntoResponse, Problem> {
    let changed = extensions::change(&http.engine, &actor, extension, &wanted.expected(), &form).await;
    changed.map_err(|error| wanted.failed(error))?;
    read(&http.engine, &actor, extension).await
}

/// Disables an extension. Its user cannot log in, it gets no new sessions, and its open ones go back to their queues.
#[utoipa::path(
    post,
    path = "/api/v1/extensions/{id}/disable",
    tag = "Extensions",
    params(("id" = ExtensionId, Path)),
    responses((status = 200, description = "Done; `ETag` is its version.", body = Extension)),
    security(("token" = ["administer"]))
)]
pub async fn disable(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(extension): Id<ExtensionId>,
) -> Result<impl IntoResponse, Problem> {
    extensions::set_disabled(&http.engine, &actor, extension, true).await?;
    read(&http.engine, &actor, extension).await
}

/// Enables an extension again.
#[utoipa::path(
    post,
    path = "/api/v1/extensions/{id}/enable",
    tag = "Extensions",
    params(("id" = ExtensionId, Path)),
    responses((status = 200, description = "Done; `ETag` is its version.", body = Extension)),
    security(("token" = ["administer"]))
)]
pub async fn enable(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(extension): Id<ExtensionId>,
) -> Result<impl IntoResponse, Problem> {
    extensions::set_disabled(&http.engine, &actor, extension, false).await?;
    read(&http.engine, &actor, extension).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAvailability {
    availability: Availability,
}

/// Sets whether the extension gets new sessions. A PBX tells here that somebody is on the phone.
#[utoipa::path(
    put,
    path = "/api/v1/extensions/{id}/availability",
    tag = "Extensions",
    params(("id" = ExtensionId, Path)),
    request_body = NewAvailability,
    responses((status = 200, description = "Done; `ETag` is its version.", body = Extension)),
    security(("token" = ["operate"]))
)]
pub async fn set_availability(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(extension): Id<ExtensionId>,
    Json(new): Json<NewAvailability>,
) -> Result<impl IntoResponse, Problem> {
    engine::presence::choose_for(&http.engine, &actor, extension, new.availability).await?;
    read(&http.engine, &actor, extension).await
}

async fn read(engine: &Engine, actor: &Actor, extension: ExtensionId) -> Result<Tagged<Extension>, Problem> {
    shown(extensions::get(engine, actor, extension).await?)
}

fn shown(row: ExtensionRow) -> Result<Tagged<Extension>, Problem> {
    Ok((tag_of(&row)?, axum::Json(Extension::from(row))))
}

/// Looks up an extension by its id or by its number.
///
/// # Errors
/// 422 if it does not exist.
pub async fn named(engine: &Engine, actor: &Actor, name: &str) -> Result<ExtensionId, Problem> {
    if let Ok(id) = name.parse() {
        return Ok(id);
    }
    let found = extensions::of_number(engine, actor, name.trim()).await?;
    let unknown = || Refusal::field("extension", form::Problem::Unknown).into();
    found.ok_or_else(unknown)
}
