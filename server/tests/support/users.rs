//! A user's browser: it holds the cookie and calls server functions.

use super::{
    Story,
    http::{Answer, client},
};
use domain::{
    access::{Actor, UserForm},
    directory::ExtensionForm,
};
use reqwest::{Client, Method, RequestBuilder, header};
use url::{Url, form_urlencoded};

pub const PASSWORD: &str = "correct horse battery";
pub const COOKIE: &str = "switchboard_session";
const HTTPS_PREFIX: &str = "__Host-";

#[derive(Debug, Clone)]
pub struct Browser {
    client: Client,
    url: Url,
    pub cookie: Option<String>,
}

impl Browser {
    pub fn new(story: &Story) -> Self {
        Self {
            client: client(),
            url: story.url.clone(),
            cookie: None,
        }
    }

    /// A browser that reaches the server by another client and URL.
    pub fn through(client: Client, url: Url) -> Self {
        Self {
            client,
            url,
            cookie: None,
        }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, self.url.join(path).expect("a path"));
        match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, format!("{}{COOKIE}={cookie}", self.prefix())),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        let request = self
            .request(Method::GET, path)
            .header(header::ACCEPT, "text/html");
        Answer::of(request.send().await.expect("an answer")).await
    }

    /// Calls a server function as the console's scripts do.
    pub async fn call(&self, function: &str, arguments: &[(&str, &str)]) -> Answer {
        let request = self
            .calling(function, arguments)
            .header(header::ACCEPT, "application/json");
        Answer::of(request.send().await.expect("an answer")).await
    }

    pub fn calling(&self, function: &str, arguments: &[(&str, &str)]) -> RequestBuilder {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(arguments)
            .finish();
        self.request(Method::POST, &format!("/rpc/{function}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body)
    }

    /// Posts a form of the page `from` as browsers do without a script.
    pub async fn submit(&self, from: &str, function: &str, arguments: &[(&str, &str)]) -> Answer {
        let form = self
            .calling(function, arguments)
            .header(header::ACCEPT, "text/html")
            .header(header::REFERER, self.url.join(from).expect("a page").as_str());
        Answer::of(form.send().await.expect("an answer")).await
    }

    /// Logs in, and keeps the cookie if that succeeds.
    pub async fn log_in(&mut self, login: &str, password: &str) -> Answer {
        let answer = self
            .call(
                "auth/log-in",
                &[("login", login), ("password", password), ("next", "/")],
            )
            .await;
        if let Some(cookie) = set_cookie(&answer) {
            self.cookie = Some(cookie);
        }
        answer
    }

    /// What the cookie's name begins with.
    fn prefix(&self) -> &'static str {
        match self.url.scheme() {
            "https" => HTTPS_PREFIX,
            _ => "",
        }
    }

    /// Whether the server regards this browser as logged in.
    pub async fn is_logged_in(&self) -> bool {
        self.call("auth/me", &[]).await.status.is_success()
    }
}

/// The log-in session's id in an answer's `Set-Cookie`.
pub fn set_cookie(answer: &Answer) -> Option<String> {
    let cookies = answer.headers.get_all(header::SET_COOKIE).iter();
    cookies
        .filter_map(|cookie| cookie.to_str().ok())
        .find_map(|cookie| {
            let value = cookie
                .strip_prefix(HTTPS_PREFIX)
                .unwrap_or(cookie)
                .strip_prefix(COOKIE)?
                .strip_prefix('=')?
                .split(';')
                .next()?;
            (!value.is_empty()).then(|| value.to_owned())
        })
}

impl Story {
    /// An administrator without an extension.
    pub async fn admin(&self, login: &str) -> Browser {
        let form = UserForm {
            login: login.into(),
            name: format!("Admin {login}"),
            password: PASSWORD.into(),
            role: "admin".into(),
        };
        engine::access::users::add(&self.engine, &Actor::System, &form)
            .await
            .expect("a person");
        self.logged_in(login).await
    }

    /// An operator with an extension; returns the extension's id first.
    pub async fn operator(&self, number: &str, login: &str) -> (String, Browser) {
        self.user("operator", number, login).await
    }

    /// A supervisor with an extension; returns the extension's id first.
    pub async fn supervisor(&self, number: &str, login: &str) -> (String, Browser) {
        self.user("supervisor", number, login).await
    }

    async fn user(&self, role: &str, number: &str, login: &str) -> (String, Browser) {
        let form = ExtensionForm {
            number: number.into(),
            name: format!("{}{} {number}", role[..1].to_uppercase(), &role[1..]),
            login: login.into(),
            password: PASSWORD.into(),
            role: role.into(),
            ..ExtensionForm::default()
        };
        let id = engine::directory::extensions::create(&self.engine, &Actor::System, &form)
            .await
            .expect("an extension");
        (id.to_string(), self.logged_in(login).await)
    }

    async fn logged_in(&self, login: &str) -> Browser {
        let mut browser = Browser::new(self);
        let answer = browser.log_in(login, PASSWORD).await;
        assert!(browser.cookie.is_some(), "{answer:?}");
        browser
    }
}
