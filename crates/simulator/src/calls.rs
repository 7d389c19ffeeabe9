//! Customers call. The simulator has no sound: a call is what Meta reports of it.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/reference>

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::ids;
use crate::payload::{self, Update};
use crate::shared::Shared;
use crate::world::{CustomerId, Unknown};

impl Shared {
    /// A customer calls and, if somebody picks up, talks for so many seconds. Meta reports the beginning and the end,
    /// provided that the app subscribes to `calls`. Returns the call's id.
    pub(crate) fn customer_calls(
        self: &Arc<Self>,
        id: CustomerId,
        phone_number_id: &str,
        seconds: Option<u32>,
    ) -> Result<String, Unknown> {
        let at = (self.options.now)();
        let call_id = ids::call();
        let reports = self.change(|world| {
            let number = world.number(phone_number_id)?.spec.clone();
            let customer = world.customer(id)?.clone();
            world.words_at(phone_number_id, id, at);
            let app = world.apps.get(&number.app_id);
            let subscribed = app.is_some_and(|app| app.fields.iter().any(|field| field == "calls"));
            if !subscribed {
                return Ok(Vec::new());
            }
            let call = |event: &str, more: Value| {
                let mut call = payload::call(&number, &customer, &call_id, event, at);
                if let Value::Object(more) = more {
                    call.extend(more);
                }
                let mut value = Map::new();
                value.insert("messaging_product".into(), json!("whatsapp"));
                value.insert("metadata".into(), number.metadata());
                value.insert("contacts".into(), json!([payload::contact(&customer, true)]));
                value.insert("calls".into(), json!([call]));
                Value::Object(value)
            };
            let offer = json!({ "session": { "sdp_type": "offer", "sdp": "v=0\r\n" } });
            let end = match seconds {
                Some(seconds) => json!({ "status": "COMPLETED", "duration": seconds }),
                None => json!({ "status": "FAILED" }),
            };
            Ok(vec![call("connect", offer), call("terminate", end)])
        })?;
        for value in reports {
            let update = Update {
                change: Some(("calls", value)),
                ..Update::default()
            };
            self.queue(phone_number_id, update)?;
        }
        Ok(call_id)
    }
}
