//! Alerts while the console is closed: this browser's push service wakes its service worker (`public/push.js`), which
//! shows them.

use super::show::{may_notify, notifies};
use crate::{
    api::push::{push_key, subscribe_push, unsubscribe_push},
    browser::{store, stored},
};
use domain::ids::SessionId;
use js_sys::{Array, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    MessageEvent, Notification, PushManager, PushSubscription, PushSubscriptionOptionsInit,
    ServiceWorkerContainer, ServiceWorkerRegistration,
};

/// The storage key under which this browser keeps that alerts are wanted while the console is closed.
const PUSH: &str = "alerts.push";
const WORKER: &str = "/push.js";

/// Why this browser is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The browser has no pushes: it is old, or has to have the console installed first, or came by plain HTTP.
    NoPush,
    /// The user, or whoever runs their computer, forbids notifications.
    Blocked,
    /// Whoever runs the server forbids pushes.
    Off,
    /// The browser does not reach its push service.
    NoService,
    /// The process was not told.
    NotKept,
}

pub fn wants_push() -> bool {
    stored(PUSH).is_some()
}

/// Subscribes this browser, and asks its user first if they have not decided yet.
///
/// # Errors
/// Nothing is chosen then.
pub async fn choose_push() -> Result<(), Trouble> {
    subscribe().await?;
    store(PUSH, Some("on"));
    Ok(())
}

pub async fn choose_no_push() {
    store(PUSH, None);
    let Some(subscription) = subscription().await else {
        return;
    };
    // The process forgets a subscription whose browser is gone, too.
    let _ = unsubscribe_push(subscription.endpoint()).await;
    if let Ok(ended) = subscription.unsubscribe() {
        let _ = JsFuture::from(ended).await;
    }
}

/// Tells the process of this browser again: a subscription ends with the log-in.
pub async fn keep_push() {
    if wants_push() && notifies() {
        let _ = subscribe().await;
    }
}

async fn subscribe() -> Result<(), Trouble> {
    let worker = worker().filter(|_| has("PushManager")).ok_or(Trouble::NoPush)?;
    if !may_notify().await {
        return Err(Trouble::Blocked);
    }
    let key = push_key().await.map_err(|_| Trouble::NotKept)?;
    let key = key.ok_or(Trouble::Off)?;
    let no_push = |_| Trouble::NoPush;
    JsFuture::from(worker.register(WORKER)).await.map_err(no_push)?;
    let ready = JsFuture::from(worker.ready().map_err(no_push)?).await;
    let ready: ServiceWorkerRegistration = ready.map_err(no_push)?.unchecked_into();
    let manager = ready.push_manager().map_err(no_push)?;
    let subscription = match subscribe_to(&manager, &key).await {
        Some(subscription) => subscription,
        // It was subscribed to another key, before that was replaced.
        None => {
            if let Some(old) = subscription_of(&manager).await
                && let Ok(ended) = old.unsubscribe()
            {
                let _ = JsFuture::from(ended).await;
            }
            subscribe_to(&manager, &key).await.ok_or(Trouble::NoService)?
        }
    };
    let json = subscription.to_json().map_err(no_push)?;
    let keys = Reflect::get(&json, &"keys".into()).map_err(no_push)?;
    let text = |name: &str| {
        let text = Reflect::get(&keys, &name.into()).ok();
        text.and_then(|text| text.as_string()).unwrap_or_default()
    };
    subscribe_push(subscription.endpoint(), text("p256dh"), text("auth"))
        .await
        .map_err(|_| Trouble::NotKept)
}

async fn subscribe_to(manager: &PushManager, key: &str) -> Option<PushSubscription> {
    let options = PushSubscriptionOptionsInit::new();
    options.set_user_visible_only(true);
    options.set_application_server_key_opt_str(Some(key));
    let subscribed = manager.subscribe_with_options(&options).ok()?;
    JsFuture::from(subscribed).await.ok().map(JsCast::unchecked_into)
}

/// Opens what a notification was about, when it is clicked while a page is open.
pub fn on_click(open: impl Fn(&str) + 'static) {
    let Some(worker) = worker() else {
        return;
    };
    let clicked = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let path = Reflect::get(&event.data(), &"open".into()).ok();
        if let Some(path) = path.and_then(|path| path.as_string()) {
            open(&path);
        }
    });
    worker.set_onmessage(Some(clicked.as_ref().unchecked_ref()));
    // It lives as long as the page.
    clicked.forget();
}

/// Takes the notification of a session back.
pub async fn take_back(session: SessionId) {
    if !wants_push() {
        return;
    }
    let Some(registration) = registration().await else {
        return;
    };
    let Ok(shown) = registration.get_notifications() else {
        return;
    };
    let Ok(shown) = JsFuture::from(shown).await else {
        return;
    };
    for notification in Array::from(&shown).iter().map(Notification::unchecked_from_js) {
        if notification.tag().as_deref() == Some(session.to_string().as_str()) {
            notification.close();
        }
    }
}

async fn subscription() -> Option<PushSubscription> {
    subscription_of(&registration().await?.push_manager().ok()?).await
}

async fn subscription_of(manager: &PushManager) -> Option<PushSubscription> {
    let found = JsFuture::from(manager.get_subscription().ok()?).await.ok()?;
    found.dyn_into().ok()
}

async fn registration() -> Option<ServiceWorkerRegistration> {
    let found = JsFuture::from(worker()?.get_registration()).await.ok()?;
    found.dyn_into().ok()
}

/// Absent where the console is opened over plain HTTP.
fn worker() -> Option<ServiceWorkerContainer> {
    let navigator = window().navigator();
    let is_there = Reflect::has(&navigator, &"serviceWorker".into()) == Ok(true);
    is_there.then(|| navigator.service_worker())
}

fn has(name: &str) -> bool {
    Reflect::has(&js_sys::global(), &JsValue::from_str(name)) == Ok(true)
}
