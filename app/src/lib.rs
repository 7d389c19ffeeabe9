//! The console: the same code in the process (feature `ssr`) and in the browser (`hydrate`).
//!
//! | module | what it holds |
//! |---|---|
//! | [`frame`] | the frame around every page: rail and top bar |
//! | [`pages`] | one file per screen; the folder follows the URL |
//! | [`ui`] | the kit: button, field, badge, table, time, … |
//! | [`api`] | server functions, one file per noun; each starts with the guard and makes one engine call |
//! | [`live`] | the process' events as signals |
//! | [`alerts`] | notifications and a sound for a user who looks elsewhere |
//! | [`outbox`] | replies on their way, and drafts |
//! | [`upload`] | files on their way to the process |
//! | [`passkeys`] | asks the browser for passkeys |
//! | [`labels`] | refusals, problems, badges and the like in the reader's language |
//! | [`prefs`] | language and theme |
//! | [`i18n`] | the translations |
//! | [`browser`] | direct calls to the browser |
//! | [`wire`] | reading what the process sends |

pub mod alerts;
pub mod api;
pub mod browser;
pub mod frame;
pub mod i18n;
pub mod labels;
pub mod live;
pub mod outbox;
pub mod pages;
pub mod passkeys;
pub mod prefs;
pub mod presence;
pub mod ui;
pub mod upload;
pub mod wire;

use crate::{frame::Frame, i18n::I18nLocaleTrait, pages::*, ui::toast::Toasts};
use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

/// The whole document, as the process sends it.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let style = format!("/{}/{}.css", options.site_pkg_dir, options.output_name);
    let language = prefs::requested_language().as_str();
    let theme = prefs::requested_theme();
    view! {
        <!DOCTYPE html>
        <html lang=language data-theme=theme.map(prefs::Theme::as_str)>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
                <link rel="manifest" href="/console.webmanifest" />
                <link rel="stylesheet" href=style />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Contexts and routes.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    ui::time::provide_now();
    ui::zone::provide_zone();
    prefs::provide_language();
    provide_context(Toasts::default());
    view! {
        <Title formatter=|title: String| match title.as_str() {
            "" => "Switchboard".to_owned(),
            title => format!("{title} · Switchboard"),
        } />
        <Pages />
    }
}

/// Every route is rendered whole (`SsrMode::Async`), so that it is complete without JavaScript.
#[component]
fn Pages() -> impl IntoView {
    const WHOLE: SsrMode = SsrMode::Async;
    view! {
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/login") view=LoginPage ssr=WHOLE />
                <Route path=path!("/login/code") view=LoginCodePage ssr=WHOLE />
                <Route path=path!("/setup") view=SetupPage ssr=WHOLE />
                <Route path=path!("/password") view=PasswordPage ssr=WHOLE />
                <ParentRoute path=path!("") view=Frame ssr=WHOLE>
                    <Route path=path!("/") view=HomePage ssr=WHOLE />
                    <Route path=path!("/inbox/:session?") view=InboxPage ssr=WHOLE />
                    <Route path=path!("/account") view=AccountPage ssr=WHOLE />
                    <Route path=path!("/account/second-factor") view=SecondFactorPage ssr=WHOLE />
                    <Route path=path!("/account/reauthenticate") view=ReauthenticatePage ssr=WHOLE />
                    <Route path=path!("/sessions") view=SessionsPage ssr=WHOLE />
                    <Route path=path!("/channels") view=ChannelsPage ssr=WHOLE />
                    <ParentRoute path=path!("/channels/:id") view=ChannelPage ssr=WHOLE>
                        <Route path=path!("") view=AuthenticationTab ssr=WHOLE />
                        <Route path=path!("messaging") view=MessagingTab ssr=WHOLE />
                        <Route path=path!("sending") view=SendingTab ssr=WHOLE />
                        <Route path=path!("health") view=HealthTab ssr=WHOLE />
                        <Route path=path!("activity") view=ActivityTab ssr=WHOLE />
                        <Route path=path!("delete") view=DeleteTab ssr=WHOLE />
                    </ParentRoute>
                    <Route path=path!("/queues") view=QueuesPage ssr=WHOLE />
                    <Route path=path!("/queues/new") view=NewQueuePage ssr=WHOLE />
                    <Route path=path!("/queues/:id") view=QueuePage ssr=WHOLE />
                    <Route path=path!("/labels") view=LabelsPage ssr=WHOLE />
                    <Route path=path!("/labels/new") view=NewLabelPage ssr=WHOLE />
                    <Route path=path!("/labels/:id") view=LabelPage ssr=WHOLE />
                    <Route path=path!("/session-log") view=SessionLogPage ssr=WHOLE />
                    <Route path=path!("/canned-replies") view=CannedRepliesPage ssr=WHOLE />
                    <Route path=path!("/canned-replies/new") view=NewCannedReplyPage ssr=WHOLE />
                    <Route path=path!("/canned-replies/:id") view=CannedReplyPage ssr=WHOLE />
                    <Route path=path!("/templates") view=TemplatesPage ssr=WHOLE />
                    <Route path=path!("/costs") view=CostsPage ssr=WHOLE />
                    <Route path=path!("/extensions") view=ExtensionsPage ssr=WHOLE />
                    <Route path=path!("/extensions/new") view=NewExtensionPage ssr=WHOLE />
                    <Route path=path!("/extensions/import") view=ImportExtensionsPage ssr=WHOLE />
                    <Route path=path!("/extensions/:id") view=ExtensionPage ssr=WHOLE />
                    <Route path=path!("/users") view=UsersPage ssr=WHOLE />
                    <Route path=path!("/users/new") view=NewUserPage ssr=WHOLE />
                    <Route path=path!("/users/:id") view=UserPage ssr=WHOLE />
                    <Route path=path!("/security/audit") view=AuditPage ssr=WHOLE />
                    <Route path=path!("/security/countries/:door?") view=CountriesPage ssr=WHOLE />
                    <Route path=path!("/system/deliveries") view=DeliveriesPage ssr=WHOLE />
                    <Route path=path!("/system/tokens") view=TokensPage ssr=WHOLE />
                    <Route path=path!("/system/webhooks") view=WebhooksPage ssr=WHOLE />
                    <Route path=path!("/system/webhooks/new") view=NewWebhookPage ssr=WHOLE />
                    <ParentRoute path=path!("/system/webhooks/:id") view=WebhookPage ssr=WHOLE>
                        <Route path=path!("") view=WebhookTab ssr=WHOLE />
                        <Route path=path!("attempts") view=AttemptsTab ssr=WHOLE />
                        <Route path=path!("undelivered") view=UndeliveredTab ssr=WHOLE />
                    </ParentRoute>
                    <Route path=path!("/system/messages/:id") view=MessagePage ssr=WHOLE />
                    <Route path=path!("/system/deliveries/:id") view=DeadLetterPage ssr=WHOLE />
                    <Route path=path!("/*any") view=NotFoundPage ssr=WHOLE />
                </ParentRoute>
            </Routes>
        </Router>
    }
    .into_any()
}
