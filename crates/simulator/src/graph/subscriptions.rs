//! The two steps to webhooks: the app's callback, and the WABA's subscription to the app. Without the second step the
//! handshake succeeds but nothing ever arrives.
//! <https://developers.facebook.com/docs/graph-api/webhooks/subscriptions-edge>

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::auth::{self, Token};
use super::change::{success, verified};
use super::error::GraphError;
use super::params::Params;
use crate::shared::Shared;
use crate::world::WabaSubscription;

const OBJECT: &str = "whatsapp_business_account";

pub(crate) async fn subscribe_app(
    State(shared): State<Arc<Shared>>,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
    params: Params,
) -> Result<Json<Value>, GraphError> {
    check_app_token(&shared, &id, &headers, &params)?;
    if params.required("object")? != OBJECT {
        return Err(GraphError::parameter(format_args!(
            "Param object must be one of {{{OBJECT}}}"
        )));
    }
    let callback_url = params.required("callback_url")?;
    let verify_token = params.required("verify_token")?;
    let fields = params.list("fields");
    let callback = verified(&shared, callback_url, verify_token).await?;
    shared.change(|world| {
        if let Some(app) = world.apps.get_mut(&id) {
            app.callback = Some(callback);
            if !fields.is_empty() {
                app.fields = fields;
            }
        }
    });
    Ok(success())
}

pub(crate) async fn unsubscribe_app(
    State(shared): State<Arc<Shared>>,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
    params: Params,
) -> Result<Json<Value>, GraphError> {
    check_app_token(&shared, &id, &headers, &params)?;
    shared.change(|world| {
        if let Some(app) = world.apps.get_mut(&id) {
            app.callback = None;
        }
    });
    Ok(success())
}

pub(crate) async fn of_app(
    State(shared): State<Arc<Shared>>,
    Path((version, id)): Path<(String, String)>,
    headers: HeaderMap,
    params: Params,
) -> Result<Json<Value>, GraphError> {
    check_app_token(&shared, &id, &headers, &params)?;
    let world = shared.world();
    let app = world
        .apps
        .get(&id)
        .ok_or_else(|| GraphError::no_object("get", &id))?;
    let subscription = app.callback.as_ref().map(|callback| {
        let fields: Vec<Value> = app
            .fields
            .iter()
            .map(|name| json!({ "name": name, "version": version }))
            .collect();
        json!({ "object": OBJECT, "callback_url": callback.url, "active": true, "fields": fields })
    });
    Ok(Json(json!({ "data": Vec::from_iter(subscription) })))
}

pub(crate) async fn subscribed_apps(
    State(shared): State<Arc<Shared>>,
    Path((_, id)): Path<(String, String)>,
    token: Token,
) -> Result<Json<Value>, GraphError> {
    let world = shared.world();
    token.waba(&world, "get", &id)?;
    let apps = world.subscribed.get(&id).into_iter().flatten();
    let subscribed = apps.map(|(app_id, subscription)| {
        let link = format!("https://www.facebook.com/games/?app_id={app_id}");
        let app = json!({ "id": app_id, "name": format!("App {app_id}"), "link": link });
        let mut entry = json!({ "whatsapp_business_api_data": app });
        if let Some(callback) = &subscription.callback {
            entry["override_callback_uri"] = json!(callback.url);
        }
        entry
    });
    Ok(Json(json!({ "data": subscribed.collect::<Vec<_>>() })))
}

pub(crate) async fn subscribe_waba(
    State(shared): State<Arc<Shared>>,
    Path((_, id)): Path<(String, String)>,
    token: Token,
    params: Params,
) -> Result<Json<Value>, GraphError> {
    let app_id = app_of_token(&shared, &token, "post", &id)?;
    let callback = match params.text("override_callback_uri") {
        None => None,
        Some(address) => {
            let verify_token = params.required("verify_token")?;
            Some(verified(&shared, address, verify_token).await?)
        }
    };
    shared.change(|world| {
        let apps = world.subscribed.entry(id).or_default();
        apps.insert(app_id, WabaSubscription { callback });
    });
    Ok(success())
}

pub(crate) async fn unsubscribe_waba(
    State(shared): State<Arc<Shared>>,
    Path((_, id)): Path<(String, String)>,
    token: Token,
) -> Result<Json<Value>, GraphError> {
    let app_id = app_of_token(&shared, &token, "delete", &id)?;
    shared.change(|world| world.subscribed.get_mut(&id).map(|apps| apps.remove(&app_id)));
    Ok(success())
}

/// A token can subscribe only its own app, and only to a WABA that it sees.
fn app_of_token(shared: &Shared, token: &Token, method: &str, waba_id: &str) -> Result<String, GraphError> {
    token.waba(&shared.world(), method, waba_id)?;
    token.known.app_id.clone().ok_or_else(GraphError::no_permission)
}

/// An app's subscriptions require the app's own token, `{id}|{secret}`.
fn check_app_token(
    shared: &Shared,
    app_id: &str,
    headers: &HeaderMap,
    params: &Params,
) -> Result<(), GraphError> {
    let world = shared.world();
    let token = params.text("access_token").or_else(|| auth::bearer(headers));
    let token = token.ok_or_else(GraphError::no_token)?;
    match auth::app_of(&world, token) {
        Some(Ok(owner)) if owner == app_id => Ok(()),
        Some(Ok(_)) => Err(GraphError::no_object("post", app_id)),
        Some(Err(error)) => Err(error),
        None => Err(GraphError::unknown_token()),
    }
}
