//! Business numbers: what Graph returns about them, and their own callback.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/phone-numbers>

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::auth::Token;
use super::change::{success, verified};
use super::error::GraphError;
use super::params::Params;
use crate::shared::Shared;
use crate::world::{CONNECTED, Number, REGISTERED, World};

const DEFAULT_FIELDS: [&str; 5] = [
    "id",
    "display_phone_number",
    "verified_name",
    "quality_rating",
    "code_verification_status",
];

pub(crate) async fn phone_number(
    State(shared): State<Arc<Shared>>,
    Path((_, id)): Path<(String, String)>,
    token: Token,
    params: Params,
) -> Result<Json<Value>, GraphError> {
    let world = shared.world();
    let number = token.number(&world, "get", &id)?;
    fields(&world, number, &token, &params).map(Json)
}

pub(crate) async fn phone_numbers(
    State(shared): State<Arc<Shared>>,
    Path((_, id)): Path<(String, String)>,
    token: Token,
    params: Params,
) -> Result<Json<Value>, GraphError> {
    let world = shared.world();
    token.waba(&world, "get", &id)?;
    let numbers = world.numbers.values().filter(|number| number.spec.waba_id == id);
    let data: Vec<Value> = numbers
        .map(|number| fields(&world, number, &token, &params))
        .collect::<Result<_, _>>()?;
    Ok(Json(
        json!({ "data": data, "paging": { "cursors": { "before": "QVFIUa", "after": "QVFIUb" } } }),
    ))
}

/// Sets the number's own callback; an empty address removes it.
///
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override>
pub(crate) async fn configure(
    State(shared): State<Arc<Shared>>,
    Path((_, id)): Path<(String, String)>,
    token: Token,
    params: Params,
) -> Result<Json<Value>, GraphError> {
    {
        let world = shared.world();
        let number = token.number(&world, "post", &id)?;
        let apps = world.subscribed.get(&number.spec.waba_id);
        let subscribed = apps.is_some_and(|apps| {
            let app = token.known.app_id.as_ref();
            app.is_some_and(|app| apps.contains_key(app))
        });
        if !subscribed {
            let message = "Before override the current callback uri, your app must be subscribed to receive \
                           messages for WhatsApp Business Account";
            return Err(GraphError::parameter(message));
        }
    }
    let wanted = params
        .object("webhook_configuration")
        .ok_or_else(|| GraphError::parameter("The parameter webhook_configuration is required."))?;
    let text = |name: &str| wanted.get(name).and_then(Value::as_str);
    let address = text("override_callback_uri")
        .ok_or_else(|| GraphError::parameter("The parameter override_callback_uri is required."))?;
    let callback = if address.is_empty() {
        None
    } else {
        let verify_token = text("verify_token").unwrap_or_default();
        Some(verified(&shared, address, verify_token).await?)
    };
    shared.change(|world| {
        if let Some(number) = world.numbers.get_mut(&id) {
            number.callback = callback;
        }
    });
    Ok(success())
}

/// Registers a number for the Cloud API; the call sets the PIN if the number has none.
///
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/registration>
pub(crate) async fn register(
    State(shared): State<Arc<Shared>>,
    Path((_, id)): Path<(String, String)>,
    token: Token,
    params: Params,
) -> Result<Json<Value>, GraphError> {
    params.required("messaging_product")?;
    let pin = params.required("pin")?;
    if pin.len() != 6 || !pin.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(GraphError::parameter("Param pin must be 6 characters long."));
    }
    let known = token.number(&shared.world(), "post", &id)?.pin.clone();
    if !known.is_empty() && known != pin {
        return Err(GraphError::coded(133005, 400).with_details("Two step verification PIN mismatch."));
    }
    shared.change(|world| {
        if let Some(number) = world.numbers.get_mut(&id) {
            number.platform_type = REGISTERED.into();
            number.status = CONNECTED.into();
            number.pin = pin.to_owned();
        }
    });
    Ok(success())
}

fn fields(world: &World, number: &Number, token: &Token, params: &Params) -> Result<Value, GraphError> {
    let mut wanted = params.list("fields");
    if wanted.is_empty() {
        wanted = DEFAULT_FIELDS.map(str::to_owned).to_vec();
    }
    let mut object = Map::new();
    object.insert("id".into(), json!(number.spec.phone_number_id));
    for field in wanted {
        let value = field_of(world, number, token, &field).ok_or_else(|| {
            GraphError::parameter(format_args!(
                "Tried accessing nonexisting field ({field}) on node type (WhatsAppBusinessPhoneNumber)"
            ))
        })?;
        object.insert(field, value);
    }
    Ok(Value::Object(object))
}

fn field_of(world: &World, number: &Number, token: &Token, field: &str) -> Option<Value> {
    let spec = &number.spec;
    Some(match field {
        "id" => json!(spec.phone_number_id),
        "display_phone_number" => json!(spec.display_phone_number),
        "verified_name" => json!(spec.verified_name),
        "quality_rating" => json!(number.quality_rating),
        "code_verification_status" => json!("VERIFIED"),
        "name_status" => json!("APPROVED"),
        "platform_type" => json!(number.platform_type),
        "throughput" => json!({ "level": number.throughput }),
        "status" => json!(number.status),
        "is_on_biz_app" => json!(number.coexistence),
        "whatsapp_business_manager_messaging_limit" => json!("TIER_2K"),
        "webhook_configuration" => webhook_configuration(world, number, token),
        _ => return None,
    })
}

/// The callback addresses as the asking app sees them.
fn webhook_configuration(world: &World, number: &Number, token: &Token) -> Value {
    let app_id = token.known.app_id.as_ref().unwrap_or(&number.spec.app_id);
    let waba = world
        .subscribed
        .get(&number.spec.waba_id)
        .and_then(|apps| apps.get(app_id)?.callback.as_ref());
    let app = world.apps.get(app_id).and_then(|app| app.callback.as_ref());
    let mut configuration = Map::new();
    for (level, callback) in [
        ("phone_number", number.callback.as_ref()),
        ("whatsapp_business_account", waba),
        ("application", app),
    ] {
        if let Some(callback) = callback {
            configuration.insert(level.into(), json!(callback.url));
        }
    }
    Value::Object(configuration)
}
