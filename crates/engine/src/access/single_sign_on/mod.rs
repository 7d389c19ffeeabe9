//! Single sign-on: users prove to their company's provider who they are, by OpenID Connect
//! (<https://openid.net/specs/openid-connect-core-1_0.html>), with the authorization code flow and PKCE.

pub(crate) mod provider;

mod identity;
mod users;

pub use provider::Begun;

use crate::{
    Engine, Error, Result,
    access::{
        login_throttle::{Attempt, Typed},
        proof::{Proven, SignOn},
    },
    audit::{Subject, refusal_rate::Kind, refusals},
    config::PasswordLogIn,
    entity::{sign_on_link, user},
};
use domain::{
    access::{Actor, Me, Permission, Role},
    ids::UserId,
    refusal::Refusal,
    sign_on::SignOnProblem,
};
use identity::Identity;
use provider::{Exchanged, Provider, refused};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use std::net::IpAddr;
use url::Url;

const ACTION: &str = "person.single_sign_on";

/// What the provider is called; empty when the settings do not say. `None`: there is none.
pub fn name(engine: &Engine) -> Option<&str> {
    let provider = engine.single_sign_on.as_ref()?;
    Some(&provider.settings().name)
}

/// The provider's address at which somebody logs in, and what their browser brings back. `again`: also if they are
/// logged in there.
pub async fn begin(engine: &Engine, again: bool) -> Result<(Url, Begun)> {
    provider(engine)?.begin(again).await
}

/// Somebody who has come back from the provider with this code. `from`: their address.
///
/// # Errors
/// [`Refusal::SingleSignOn`]; it is in the audit log.
pub async fn log_in(engine: &Engine, code: String, begun: &Begun, from: Option<IpAddr>) -> Result<Proven> {
    let found = async {
        let provider = provider(engine)?;
        let exchanged = exchanged(engine, code, begun, from).await?;
        let known = users::linked(provider.settings(), engine.db.read(), &exchanged.identity).await?;
        let identity = provider.completed(exchanged, known.is_none()).await?;
        let user = users::user_of(engine, provider.settings(), &identity, known).await;
        let user = user.inspect_err(|error| {
            let Identity { subject, email, .. } = &identity;
            tracing::warn!(%error, subject, email, "single sign-on: somebody is not let in");
        })?;
        proven(engine, user, &identity).await
    };
    noted(engine, found.await).await
}

/// The same of the user who is logged in.
pub async fn reauthenticate(
    engine: &Engine,
    me: &Me,
    code: String,
    begun: &Begun,
    from: Option<IpAddr>,
) -> Result<Proven> {
    let found = async {
        let identity = exchanged(engine, code, begun, from).await?.identity;
        let user = users::linked(provider(engine)?.settings(), engine.db.read(), &identity).await?;
        match user.filter(|user| begun.again && user.id == me.id.uuid()) {
            Some(user) => proven(engine, user, &identity).await,
            None => Err(refused(SignOnProblem::AnotherUser)),
        }
    };
    noted(engine, found.await).await
}

/// Asks the provider, not too often for one network: strangers have codes of their own invention.
async fn exchanged(engine: &Engine, code: String, begun: &Begun, from: Option<IpAddr>) -> Result<Exchanged> {
    let provider = provider(engine)?;
    if provider.is_late(begun) {
        return Err(refused(SignOnProblem::Expired));
    }
    let attempt = Attempt {
        typed: Typed::SignOn,
        login: "",
        from,
        browser: None,
    };
    let begin = engine.login_throttle.begin(attempt);
    begin.map_err(|_| refused(SignOnProblem::Busy))?;
    let exchanged = provider.exchange(code, begun).await;
    let is_invented = matches!(
        exchanged,
        Err(Error::Refused(Refusal::SingleSignOn {
            why: SignOnProblem::Expired
        }))
    );
    if !is_invented {
        engine.login_throttle.was_right(attempt);
    }
    exchanged
}

/// Whether an answer is of the provider, as far as it says: <https://www.rfc-editor.org/rfc/rfc9207>.
pub fn is_of_provider(engine: &Engine, issuer: Option<&str>) -> bool {
    let own = engine
        .single_sign_on
        .as_ref()
        .map(|at| at.settings().issuer.as_str());
    issuer.is_none_or(|issuer| Some(issuer) == own)
}

/// Ends that a provider's user is this one: the next one with their e-mail address is. They are logged out.
pub async fn unlink(engine: &Engine, actor: &Actor, id: UserId) -> Result<()> {
    actor.require(Permission::UserChange)?;
    super::users::get(engine, actor, id).await?;
    let tx = engine.transaction(actor).await?;
    // A log-in that is under way waits, and then finds no link.
    user::Entity::find_by_id(id.uuid())
        .lock_exclusive()
        .one(&tx)
        .await?;
    let links = sign_on_link::Entity::delete_many()
        .filter(sign_on_link::Column::PersonId.eq(id.uuid()))
        .exec(&tx)
        .await?;
    if links.rows_affected > 0 {
        super::web_sessions::delete_all(&tx, id).await?;
        tx.audit("person.single_sign_on_unlinked", Subject::User(id.uuid()), None);
    }
    tx.commit().await
}

/// Refuses the password of whoever has to log in at the provider.
pub(super) fn takes_password(engine: &Engine, role: Role) -> Result<()> {
    match engine.single_sign_on.as_ref().map(|at| at.settings().passwords) {
        Some(PasswordLogIn::Administrators) if role != Role::Admin => Err(Refusal::UseSingleSignOn.into()),
        _ => Ok(()),
    }
}

async fn proven(engine: &Engine, user: user::Model, identity: &Identity) -> Result<Proven> {
    let settings = provider(engine)?.settings();
    let me = super::users::me(engine, UserId::new(user.id)).await?;
    let me = me.ok_or_else(|| refused(SignOnProblem::Disabled))?;
    let sign_on = SignOn {
        provider: settings.shown_name().to_owned(),
        // The provider's clock may be ahead.
        authenticated_at: identity.authenticated_at.map(|at| at.min(engine.clock().now())),
        checked_second_factor: settings.checks_second_factor,
    };
    Ok(Proven::new(me, &user.password_hash).by_provider(sign_on))
}

/// Notes a refusal in the audit log.
async fn noted<T>(engine: &Engine, outcome: Result<T>) -> Result<T> {
    if let Err(Error::Refused(Refusal::SingleSignOn { why })) = &outcome {
        metrics::counter!(crate::metrics::LOGINS_REFUSED).increment(1);
        let why = Some(why.as_str().to_owned());
        refusals::note(engine, Kind::SignOn, ACTION, Subject::Console, why).await;
    }
    outcome
}

fn provider(engine: &Engine) -> Result<&Provider> {
    Ok(engine.single_sign_on.as_ref().ok_or(Refusal::NotFound)?)
}
