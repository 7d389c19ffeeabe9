//! Lets somebody in who has proved who they are: at the end of a log-in here or at a provider, and when they prove it
//! again.

use super::error::{ApiError, ApiResult};
use crate::prefs;
use domain::{access::Me, ids::UserId, refusal::Refusal, time::Timestamp};
use engine::{
    Engine,
    access::{
        browsers, log_in,
        proof::{Proof, Proven, SignOn},
        second_factor::{self, Asked},
        users,
    },
};
use http::{HeaderMap, header::USER_AGENT};
use serde::{Deserialize, Serialize};
use std::{net::IpAddr, time::Duration};
use tower_sessions::Session;

/// The key under which a web session holds the id of its user.
pub const USER: &str = "person";
/// The key under which a web session holds who has yet to give the code of their second factor.
pub const WAITING: &str = "waiting";
/// The key under which a web session holds that it has begun a second factor.
pub const SECOND_FACTOR: &str = "second_factor";
/// The key under which a web session holds when its user last proved who they are, if that is known.
pub const AUTHENTICATED_AT: &str = "authenticated_at";
/// The key under which a web session brings the proof of its user to the store, which does not keep it.
pub const PROOF: &str = "proof";
/// The key under which a web session holds how its browser names itself.
pub const DEVICE: &str = "device";
/// The key under which a web session holds the address that it was begun from.
pub const ADDRESS: &str = "address";
/// The key under which a web session holds what the answer of a passkey is checked by.
pub const PASSKEY: &str = "passkey";

/// How long a log-in waits for the code of a second factor.
const WAITS: Duration = Duration::from_secs(10 * 60);
/// Maximum number of characters that are kept of a browser's name.
const MAX_DEVICE: usize = 300;

/// The browser that asks, and its web session.
#[derive(Debug)]
pub struct Visitor {
    pub engine: Engine,
    pub session: Session,
    pub address: Option<IpAddr>,
    /// How it names itself.
    pub device: Option<String>,
    /// The cookie that it has if somebody has logged in there before.
    pub known: Option<String>,
}

/// Where the browser goes on, and the cookies that it gets.
#[derive(Debug)]
pub struct Admitted {
    pub to: String,
    pub cookies: Vec<String>,
}

/// Somebody who has proved who they are, but for the code of their second factor.
#[derive(Serialize, Deserialize)]
struct Waiting {
    user: UserId,
    by: String,
    #[serde(default)]
    sign_on: Option<SignOn>,
    until: Timestamp,
}

impl Visitor {
    pub fn new(engine: Engine, session: Session, headers: &HeaderMap, address: Option<IpAddr>) -> Self {
        let name = headers.get(USER_AGENT).and_then(|name| name.to_str().ok());
        let cookie = prefs::browser_cookie_name(engine.is_behind_https());
        Self {
            session,
            address,
            device: name.map(|name| name.chars().take(MAX_DEVICE).collect()),
            known: prefs::cookie_in(headers, cookie).map(str::to_owned),
            engine,
        }
    }

    /// Who is logged in.
    pub async fn user(&self) -> ApiResult<Option<Me>> {
        match self.session.get::<UserId>(USER).await? {
            Some(user) => Ok(users::me(&self.engine, user).await?),
            None => Ok(None),
        }
    }

    /// Logs somebody in, who goes on to `next`, or first to the page that asks for the code of their second factor.
    pub async fn admit(&self, proven: Proven, next: &str) -> ApiResult<Admitted> {
        let is_checked = proven
            .sign_on
            .as_ref()
            .is_some_and(|sign_on| sign_on.checked_second_factor);
        let asked = match is_checked {
            true => Asked::Nothing,
            false => second_factor::asked_of(&self.engine, &proven.me).await?,
        };
        let begun = match asked {
            Asked::Nothing => {
                return Ok(Admitted {
                    cookies: self.let_in(proven).await?,
                    to: next.to_owned(),
                });
            }
            Asked::Factor => None,
            Asked::SetUp(begun) => Some(begun),
        };
        let waiting = Waiting {
            user: proven.me.id,
            by: proven.by,
            sign_on: proven.sign_on,
            until: self.engine.clock().now().plus(WAITS),
        };
        let session = &self.session;
        session.cycle_id().await?;
        session.remove_value(PASSKEY).await?;
        // Whoever else was logged in here is not any more.
        session.remove_value(USER).await?;
        session.insert(WAITING, waiting).await?;
        session.insert(SECOND_FACTOR, begun).await?;
        session.save().await?;
        let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
        Ok(Admitted {
            to: format!("/login/code?next={next}"),
            cookies: Vec::new(),
        })
    }

    /// For whose code the web session waits.
    pub async fn waiting(&self) -> ApiResult<Option<Proven>> {
        let waiting: Option<Waiting> = self.session.get(WAITING).await?;
        let Some(waiting) = waiting.filter(|waiting| waiting.until > self.engine.clock().now()) else {
            return Ok(None);
        };
        let proven = log_in::still_proven(&self.engine, waiting.user, &waiting.by).await?;
        let begun: Option<Option<String>> = self.session.get(SECOND_FACTOR).await?;
        // A code of a factor that they have is a fresh proof; one that is only being set up is not.
        let is_proof = begun.flatten().is_none();
        let now = self.engine.clock().now();
        let sign_on = waiting.sign_on.map(|sign_on| SignOn {
            authenticated_at: if is_proof {
                Some(now)
            } else {
                sign_on.authenticated_at
            },
            ..sign_on
        });
        Ok(proven.map(|proven| Proven { sign_on, ..proven }))
    }

    /// Logs somebody in. Returns the cookies that their browser gets.
    pub async fn let_in(&self, proven: Proven) -> ApiResult<Vec<String>> {
        self.enter(proven, true).await
    }

    /// Gives the web session of somebody who is logged in another id.
    pub async fn renew(&self, proven: Proven) -> ApiResult<Vec<String>> {
        self.enter(proven, false).await
    }

    /// Issues a fresh web session id to whoever has proved who they are, so that an id planted or stolen before is
    /// worthless.
    ///
    /// # Errors
    /// The user's password was changed, or the user disabled, since it was checked.
    async fn enter(&self, Proven { me, by, sign_on }: Proven, logs_in: bool) -> ApiResult<Vec<String>> {
        let session = &self.session;
        session.cycle_id().await?;
        session.remove_value(WAITING).await?;
        if logs_in {
            session.remove_value(PASSKEY).await?;
            session.remove_value(SECOND_FACTOR).await?;
        }
        session.insert(USER, me.id).await?;
        // Whoever was logged in at the provider has proved nothing now.
        let authenticated_at = match &sign_on {
            Some(sign_on) => sign_on.authenticated_at,
            None => Some(self.engine.clock().now()),
        };
        let proof = Proof {
            by,
            logs_in,
            provider: sign_on.map(|sign_on| sign_on.provider),
        };
        session.insert(AUTHENTICATED_AT, authenticated_at).await?;
        session.insert(PROOF, proof).await?;
        session.insert(DEVICE, &self.device).await?;
        session.insert(ADDRESS, self.address).await?;
        session.save().await?;
        let begun = session.get::<UserId>(USER).await?.is_some();
        if !begun {
            session.flush().await?;
            return Err(ApiError::Refused(Refusal::WrongLogin).sent());
        }
        let known = browsers::introduce(&self.engine, &me.login, self.known.as_deref());
        let known = prefs::browser_cookie(&known, self.engine.is_behind_https());
        let language = me
            .language
            .map(|language| prefs::kept(prefs::LANGUAGE_COOKIE, language.as_str()));
        Ok([Some(known), language].into_iter().flatten().collect())
    }
}
