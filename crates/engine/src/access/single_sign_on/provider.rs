//! Calls the provider: what it publishes of itself, and what it says of whoever logs in there.

use super::identity::{Identity, OtherClaims, is_subject};
use crate::{
    Clock, Error, Result,
    config::SingleSignOn,
    seldom::{EVERY_SECOND, Seldom},
    web,
};
use chrono::{DateTime, Utc};
use domain::{refusal::Refusal, sign_on::SignOnProblem, time::Timestamp};
use openidconnect::{
    AccessTokenHash, AuthType, AuthorizationCode, ClaimsVerificationError, Client, ClientId, ClientSecret,
    CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, IdTokenFields, IdTokenVerifier, IssuerUrl, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, StandardErrorResponse,
    StandardTokenResponse, TokenResponse as _, UserInfoClaims, UserInfoError,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClientAuthMethod, CoreErrorResponseType,
        CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
        CoreProviderMetadata, CoreRevocableToken, CoreRevocationErrorResponse,
        CoreTokenIntrospectionResponse, CoreTokenType,
    },
    http,
};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use std::{error::Error as StdError, sync::Arc, time::Duration};
use tokio::{
    sync::{Mutex, Semaphore},
    time::timeout,
};
use url::Url;
use whatsapp::graph::causes;

/// A provider that does not answer keeps a place for this long.
const WITHIN: Duration = Duration::from_secs(6);
/// Maximum size of an answer in bytes.
const MOST: usize = 1_000_000;
/// Log-ins that ask the provider at once. Strangers can begin as many as they like.
const PLACES: usize = 32;
/// How long a log-in waits for a place.
const PLACE_WITHIN: Duration = Duration::from_secs(3);
/// How long a log-in at the provider may take.
const BACK_WITHIN: Duration = Duration::from_secs(10 * 60);
/// How long what the provider publishes of itself is good for.
const KNOWN_FOR: Duration = Duration::from_secs(60 * 60);
/// How long a provider that did not answer is not asked, and one whose keys were read just now is not asked for newer ones.
const PAUSE: Duration = Duration::from_secs(10);
/// How much the provider's clock may differ.
const SKEW: Duration = Duration::from_secs(60);

type Tokens = StandardTokenResponse<
    IdTokenFields<
        OtherClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

type ProviderClient = Client<
    OtherClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What a browser keeps while its user is at the provider.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Begun {
    /// The provider's answer names it.
    pub state: String,
    nonce: String,
    verifier: String,
    /// The provider has to ask who it is also if they are logged in there.
    pub again: bool,
    at: Timestamp,
}

#[derive(Debug)]
pub(crate) struct Provider {
    settings: SingleSignOn,
    issuer: IssuerUrl,
    redirect: RedirectUrl,
    web: reqwest::Client,
    clock: Clock,
    known: Mutex<Known>,
    places: Semaphore,
}

/// What the provider published of itself, its keys included.
#[derive(Debug, Default)]
struct Known {
    client: Option<Arc<ProviderClient>>,
    read_at: Option<Timestamp>,
    /// When it was asked last, whether or not it answered.
    asked_at: Option<Timestamp>,
}

/// What the provider gave for a code.
#[derive(Debug)]
pub(super) struct Exchanged {
    pub(super) identity: Identity,
    client: Arc<ProviderClient>,
    tokens: Tokens,
}

impl Provider {
    /// `public_url`: the console's.
    pub(crate) fn new(settings: SingleSignOn, public_url: &Url, clock: &Clock) -> Result<Self> {
        let mut redirect = public_url.clone();
        redirect.set_path("/login/single-sign-on/callback");
        let web = web::client(WITHIN)
            .build()
            .map_err(|error| Error::Setup(format!("there is no client for HTTPS: {error}")))?;
        let issuer = IssuerUrl::new(settings.issuer.clone())
            .map_err(|error| Error::Setup(format!("single_sign_on.issuer: {error}")))?;
        Ok(Self {
            issuer,
            redirect: RedirectUrl::from_url(redirect),
            settings,
            web,
            clock: clock.clone(),
            known: Mutex::default(),
            places: Semaphore::new(PLACES),
        })
    }

    pub(super) fn settings(&self) -> &SingleSignOn {
        &self.settings
    }

    pub(super) async fn begin(&self, again: bool) -> Result<(Url, Begun)> {
        let client = self.client(KNOWN_FOR).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let code = CoreAuthenticationFlow::AuthorizationCode;
        let mut request = client
            .authorize_url(code, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(self.settings.scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(challenge);
        if again {
            // <https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest>
            request = request
                .add_prompt(CoreAuthPrompt::Login)
                .set_max_age(Duration::ZERO);
        }
        let (address, state, nonce) = request.url();
        let begun = Begun {
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            again,
            at: self.clock.now(),
        };
        Ok((address, begun))
    }

    /// Whether the way to the provider took too long.
    pub(super) fn is_late(&self, begun: &Begun) -> bool {
        self.clock.now().since(begun.at) > BACK_WITHIN
    }

    /// Exchanges the code for what the provider says of its user.
    ///
    /// # Errors
    /// [`Refusal::SingleSignOn`]: [`SignOnProblem::Expired`] if the provider does not know the
    /// code.
    pub(super) async fn exchange(&self, code: String, begun: &Begun) -> Result<Exchanged> {
        let place = timeout(PLACE_WITHIN, self.places.acquire()).await;
        let _place = place.map_err(|_| refused(SignOnProblem::Busy))?;
        let client = self.client(KNOWN_FOR).await?;
        let ask = |request| ask(self.web.clone(), request);
        let exchange = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| unavailable("it names no token endpoint", &error))?
            .set_pkce_verifier(PkceCodeVerifier::new(begun.verifier.clone()));
        let tokens = exchange.request_async(&ask).await.map_err(|error| match &error {
            RequestTokenError::ServerResponse(answer)
                if *answer.error() == CoreErrorResponseType::InvalidGrant =>
            {
                refused(SignOnProblem::Expired)
            }
            _ => unavailable("it gave no token for a code", &error),
        })?;
        let identity = match self.checked(&client, &tokens, begun) {
            Ok(identity) => Ok(identity),
            // Providers change their keys, and not all of them give each key a name.
            Err(ClaimsVerificationError::SignatureVerification(_)) => {
                self.checked(&*self.client(PAUSE).await?, &tokens, begun)
            }
            Err(error) => Err(error),
        };
        let identity = identity.map_err(|error| {
            warn("it does not prove who logged in", &error);
            refused(match error {
                ClaimsVerificationError::InvalidAuthTime(_) => SignOnProblem::NotAgain,
                _ => SignOnProblem::Invalid,
            })
        })?;
        Ok(Exchanged {
            identity,
            client,
            tokens,
        })
    }

    fn checked(
        &self,
        client: &ProviderClient,
        tokens: &Tokens,
        begun: &Begun,
    ) -> std::result::Result<Identity, ClaimsVerificationError> {
        let now = self.clock.now();
        let no_token = || ClaimsVerificationError::Other("there is no ID token".to_owned());
        let token = tokens.id_token().ok_or_else(no_token)?;
        let (again, earliest) = (begun.again, begun.at.minus(SKEW));
        let verifier: IdTokenVerifier<'_, _> = client
            .id_token_verifier()
            // The check below allows for more.
            .set_other_audience_verifier_fn(|_| true)
            .set_time_fn(move || DateTime::from_timestamp_millis(now.millis()).unwrap_or_default())
            .set_auth_time_verifier_fn(move |at: Option<DateTime<Utc>>| match at {
                Some(at) if at.timestamp_millis() >= earliest.millis() => Ok(()),
                _ if !again => Ok(()),
                at => Err(format!("{at:?} is too early")),
            });
        let claims = token.claims(&verifier, &Nonce::new(begun.nonce.clone()))?;
        let refuse = |why: &str| Err(ClaimsVerificationError::Other(why.to_owned()));
        // <https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation>
        let is_ours = claims
            .authorized_party()
            .is_some_and(|party| **party == *self.settings.client_id);
        if claims.audiences().len() > 1 && !is_ours {
            return refuse("it is for several, and not asked for by us");
        }
        if !is_subject(claims.subject()) {
            return refuse("its subject names nobody");
        }
        if let Some(expected) = claims.access_token_hash() {
            let other = |error: &dyn StdError| ClaimsVerificationError::Other(error.to_string());
            let algorithm = token.signing_alg().map_err(|error| other(&error))?;
            // There is none if the client's secret signs.
            let Ok(key) = token.signing_key(&verifier) else {
                return Ok(Identity::of_token(&self.settings, claims));
            };
            let actual = AccessTokenHash::from_token(tokens.access_token(), algorithm, key);
            if actual.map_err(|error| other(&error))? != *expected {
                return refuse("the access token is another one");
            }
        }
        Ok(Identity::of_token(&self.settings, claims))
    }

    /// Asks for what the token leaves out, if the provider can be asked. `needs_email`: who they are here is not known yet.
    pub(super) async fn completed(&self, exchanged: Exchanged, needs_email: bool) -> Result<Identity> {
        let Exchanged {
            identity,
            client,
            tokens,
        } = exchanged;
        let has_email = identity.email.is_some() || !needs_email;
        let has_groups = identity.groups.is_some() || self.settings.roles.is_empty();
        let is_complete = has_email && has_groups;
        let token = tokens.access_token();
        let fits_header = token.secret().chars().all(|c| c.is_ascii_graphic());
        if is_complete || !fits_header {
            return Ok(identity);
        }
        let subject = openidconnect::SubjectIdentifier::new(identity.subject.clone());
        let Ok(request) = client.user_info(token.clone(), Some(subject)) else {
            return Ok(identity);
        };
        let ask = |request| ask(self.web.clone(), request);
        let claims: UserInfoClaims<OtherClaims, CoreGenderClaim> =
            request.request_async(&ask).await.map_err(|error| match &error {
                UserInfoError::ClaimsVerification(_) => {
                    warn("it says more of somebody else than who logged in", &error);
                    refused(SignOnProblem::Invalid)
                }
                _ => unavailable("it does not say more of whoever logged in", &error),
            })?;
        Ok(identity.completed_by(&self.settings, &claims))
    }

    /// A client made of what the provider publishes of itself, which is read anew when it is older. One that is older is
    /// better than none while the provider does not answer.
    async fn client(&self, at_most: Duration) -> Result<Arc<ProviderClient>> {
        let mut known = self.known.lock().await;
        let now = self.clock.now();
        let is_new = |at: Option<Timestamp>, enough| at.is_some_and(|at| now.since(at) < enough);
        if !is_new(known.read_at, at_most) && !is_new(known.asked_at, PAUSE) {
            let ask = |request| ask(self.web.clone(), request);
            let found = CoreProviderMetadata::discover_async(self.issuer.clone(), &ask).await;
            // It may have taken its time.
            let now = self.clock.now();
            known.asked_at = Some(now);
            match found {
                Ok(metadata) => {
                    known.read_at = Some(now);
                    known.client = Some(Arc::new(self.client_of(metadata)));
                }
                Err(error) => warn("what it publishes of itself cannot be read", &error),
            }
        }
        let client = known.client.clone();
        client.ok_or_else(|| refused(SignOnProblem::Unavailable))
    }

    fn client_of(&self, metadata: CoreProviderMetadata) -> ProviderClient {
        let methods = metadata.token_endpoint_auth_methods_supported();
        let takes = |method| methods.is_none_or(|methods| methods.contains(&method));
        let in_body = !takes(CoreClientAuthMethod::ClientSecretBasic);
        let secret = self.settings.client_secret.expose_secret();
        let secret = (!secret.is_empty()).then(|| ClientSecret::new(secret.to_owned()));
        let client =
            Client::from_provider_metadata(metadata, ClientId::new(self.settings.client_id.clone()), secret);
        client
            .set_redirect_uri(self.redirect.clone())
            .set_auth_type(match in_body {
                true => AuthType::RequestBody,
                false => AuthType::BasicAuth,
            })
    }
}

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
enum AskError {
    #[error(transparent)]
    Call(#[from] reqwest::Error),
    #[error("the answer has more than {MOST} bytes")]
    TooLarge,
    #[error(transparent)]
    Answer(#[from] http::Error),
}

async fn ask(web: reqwest::Client, request: HttpRequest) -> std::result::Result<HttpResponse, AskError> {
    let mut answer = web.execute(request.try_into()?).await?;
    let mut whole = http::Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        whole = whole.header(name, value);
    }
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await? {
        if body.len() + part.len() > MOST {
            return Err(AskError::TooLarge);
        }
        body.extend_from_slice(&part);
    }
    Ok(whole.body(body)?)
}

fn unavailable(what: &str, error: &(dyn StdError + 'static)) -> Error {
    warn(what, error);
    refused(SignOnProblem::Unavailable)
}

/// Strangers can cause it as often as they like.
fn warn(what: &str, error: &(dyn StdError + 'static)) {
    static WARNED: Seldom = Seldom::every(EVERY_SECOND);
    if let Some(left_out) = WARNED.due() {
        let why: Vec<String> = causes(error).map(ToString::to_string).collect();
        let why = why.join(": ");
        tracing::warn!(why, left_out, "single sign-on: the provider is of no use: {what}");
    }
}

/// Why somebody is not let in.
pub(super) fn refused(why: SignOnProblem) -> Error {
    Refusal::SingleSignOn { why }.into()
}
