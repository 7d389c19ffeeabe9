//! Business numbers: what Graph tells about them, and their own callback.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/phone-numbers>

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::auth::Token;
use super::params::Params;
use super::{GraphError, success};
use crate::world::{Callback, Number, World};
use crate::{Shared, handshake};

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
    _token: Token,
    params: Params,
) -> Result<Json<Value>, GraphError> {
    let world = shared.world();
    let number = world
        .numbers
        .get(&id)
        .ok_or_else(|| GraphError::no_object("get", &id))?;
    fields(&world, number, &params).map(Json)
}

pub(crate) async fn phone_numbers(
    State(shared): State<Arc<Shared>>,
    Path((_, id)): Path<(String, String)>,
    _token: Token,
    params: Params,
) -> Result<Json<Value>, GraphError> {
    let world = shared.world();
    if !world.waba_exists(&id) {
        return Err(GraphError::no_object("get", &id));
    }
    let numbers = world.numbers.values().filter(|number| number.spec.waba_id == id);
    let data: Vec<Value> = numbers
        .map(|number| fields(&world, number, &params))
        .collect::<Result<_, _>>()?;
    Ok(Json(
        json!({ "data": data, "paging": { "cursors": { "before": "QVFIUa", "after": "QVFIUb" } } }),
    ))
}

/// Sets the number's own callback; an empty address takes it away.
///
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override>
pub(crate) async fn configure(
    State(shared): State<Arc<Shared>>,
    Path((_, id)): Path<(String, String)>,
    _token: Token,
    params: Params,
) -> Result<Json<Value>, GraphError> {
    {
        let world = shared.world();
        let number = world
            .numbers
            .get(&id)
            .ok_or_else(|| GraphError::no_object("post", &id))?;
        if !world.subscribed.contains_key(&number.spec.waba_id) {
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
        let verified =
            handshake::verify(&shared.http, address, text("verify_token").unwrap_or_default()).await;
        Some(Callback {
            url: verified.map_err(|error| GraphError::handshake(&error))?,
        })
    };
    shared.change(|world| {
        if let Some(number) = world.numbers.get_mut(&id) {
            number.callback = callback;
        }
    });
    Ok(success())
}

fn fields(world: &World, number: &Number, params: &Params) -> Result<Value, GraphError> {
    let mut wanted = params.list("fields");
    if wanted.is_empty() {
        wanted = DEFAULT_FIELDS.map(str::to_owned).to_vec();
    }
    let mut object = Map::new();
    object.insert("id".into(), json!(number.spec.phone_number_id));
    for field in wanted {
        let value = field_of(world, number, &field).ok_or_else(|| {
            GraphError::parameter(format_args!(
                "Tried accessing nonexisting field ({field}) on node type (WhatsAppBusinessPhoneNumber)"
            ))
        })?;
        object.insert(field, value);
    }
    Ok(Value::Object(object))
}

fn field_of(world: &World, number: &Number, field: &str) -> Option<Value> {
    let spec = &number.spec;
    Some(match field {
        "id" => json!(spec.phone_number_id),
        "display_phone_number" => json!(spec.display_phone_number),
        "verified_name" => json!(spec.verified_name),
        "quality_rating" => json!("GREEN"),
        "code_verification_status" => json!("VERIFIED"),
        "name_status" => json!("APPROVED"),
        "platform_type" => json!("CLOUD_API"),
        "throughput" => json!({ "level": "STANDARD" }),
        "status" => json!("CONNECTED"),
        "is_on_biz_app" => json!(false),
        "whatsapp_business_manager_messaging_limit" => json!("TIER_2K"),
        "webhook_configuration" => webhook_configuration(world, number),
        _ => return None,
    })
}

fn webhook_configuration(world: &World, number: &Number) -> Value {
    let waba = world
        .subscribed
        .get(&number.spec.waba_id)
        .and_then(|waba| waba.callback.as_ref());
    let app = world
        .apps
        .get(&number.spec.app_id)
        .and_then(|app| app.callback.as_ref());
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
