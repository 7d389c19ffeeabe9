//! Asks the browser for passkeys: <https://www.w3.org/TR/webauthn-3/#sctn-parseCreationOptionsFromJSON>.

use js_sys::{Function, JSON, Object, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// The browser is too old for passkeys, or has none for this address.
    Unknown,
    /// The user did not confirm it, in time.
    Cancelled,
    /// The device has a passkey of this user already.
    Known,
}

/// Makes a passkey. `options`: JSON of the challenge. Returns the JSON of the answer.
pub async fn create(options: &str) -> Result<String, NoAnswer> {
    ask("create", "parseCreationOptionsFromJSON", options).await
}

/// Has a passkey sign the challenge.
pub async fn get(options: &str) -> Result<String, NoAnswer> {
    ask("get", "parseRequestOptionsFromJSON", options).await
}

async fn ask(method: &str, parse: &str, options: &str) -> Result<String, NoAnswer> {
    let promise = begun(method, parse, options).map_err(|_| NoAnswer::Unknown)?;
    let credential = JsFuture::from(promise)
        .await
        .map_err(|error| why(method, &error))?;
    let answer =
        called(&credential, "toJSON", &JsValue::UNDEFINED).and_then(|answer| JSON::stringify(&answer));
    answer.map(String::from).map_err(|_| NoAnswer::Unknown)
}

fn begun(method: &str, parse: &str, options: &str) -> Result<Promise, JsValue> {
    let kind = Reflect::get(&window(), &"PublicKeyCredential".into())?;
    let options = called(&kind, parse, &JSON::parse(options)?)?;
    let asked = Object::new();
    Reflect::set(&asked, &"publicKey".into(), &options)?;
    let navigator = Reflect::get(&window(), &"navigator".into())?;
    let credentials = Reflect::get(&navigator, &"credentials".into())?;
    called(&credentials, method, &asked)?.dyn_into()
}

/// Calls a method that older browsers do not have.
fn called(of: &JsValue, method: &str, argument: &JsValue) -> Result<JsValue, JsValue> {
    let method: Function = Reflect::get(of, &method.into())?.dyn_into()?;
    method.call1(of, argument)
}

fn why(method: &str, error: &JsValue) -> NoAnswer {
    let name = Reflect::get(error, &"name".into())
        .ok()
        .and_then(|name| name.as_string());
    match name.as_deref() {
        Some("InvalidStateError") if method == "create" => NoAnswer::Known,
        Some("SecurityError" | "NotSupportedError") => NoAnswer::Unknown,
        _ => NoAnswer::Cancelled,
    }
}
