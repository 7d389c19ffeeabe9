//! `[single_sign_on]`: the OpenID Connect provider at which users log in.

use domain::access::RoleGroups;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

#[derive(Debug, Clone, Deserialize)]
pub struct SingleSignOn {
    /// Empty: there is none. The provider's own spelling counts, so it is no [`Url`].
    pub issuer: String,
    pub client_id: String,
    pub client_secret: SecretString,
    pub name: String,
    pub scopes: Vec<String>,
    pub create_users: bool,
    pub groups_claim: String,
    pub admin_groups: Vec<String>,
    pub supervisor_groups: Vec<String>,
    pub operator_groups: Vec<String>,
    pub trust_emails: bool,
    pub checks_second_factor: bool,
    pub password_log_in: PasswordLogIn,
}

/// Who may log in with a password beside single sign-on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordLogIn {
    Everybody,
    Administrators,
}

impl From<PasswordLogIn> for engine::PasswordLogIn {
    fn from(who: PasswordLogIn) -> Self {
        match who {
            PasswordLogIn::Everybody => Self::Everybody,
            PasswordLogIn::Administrators => Self::Administrators,
        }
    }
}

impl SingleSignOn {
    /// `None`: everybody logs in with a password.
    pub fn provider(&self) -> Option<engine::SingleSignOn> {
        (!self.issuer.is_empty()).then(|| engine::SingleSignOn {
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.clone(),
            name: self.name.clone(),
            scopes: self.scopes.clone(),
            groups_claim: self.groups_claim.clone(),
            roles: RoleGroups {
                admin: self.admin_groups.clone(),
                supervisor: self.supervisor_groups.clone(),
                operator: self.operator_groups.clone(),
            },
            creates_users: self.create_users,
            trusts_emails: self.trust_emails,
            checks_second_factor: self.checks_second_factor,
            passwords: self.password_log_in.into(),
        })
    }

    /// What does not fit together, each with its key.
    pub(super) fn problems(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let is_set = !self.issuer.is_empty();
        let is_address = Url::parse(&self.issuer)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        [
            (
                is_set && !is_address,
                (
                    "single_sign_on.issuer",
                    "must be the provider's address, such as \"https://login.example.com/realms/company\"",
                ),
            ),
            (
                is_set && self.client_id.is_empty(),
                (
                    "single_sign_on.client_id",
                    "must be given with single_sign_on.issuer",
                ),
            ),
            (
                !is_set && self.password_log_in == PasswordLogIn::Administrators,
                (
                    "single_sign_on.password_log_in",
                    "nobody but administrators could log in: give single_sign_on.issuer, too",
                ),
            ),
        ]
        .into_iter()
        .filter_map(|(wrong, problem)| wrong.then_some(problem))
    }
}

#[cfg(test)]
mod tests {
    use super::PasswordLogIn;
    use crate::settings::Settings;

    #[test]
    fn a_provider_needs_its_address_and_a_client() {
        let mut of = Settings::defaults().single_sign_on;
        assert!(of.provider().is_none());
        let keys = |of: &super::SingleSignOn| of.problems().map(|(key, _)| key).collect::<Vec<_>>();
        assert!(keys(&of).is_empty());
        of.password_log_in = PasswordLogIn::Administrators;
        assert_eq!(keys(&of), ["single_sign_on.password_log_in"]);
        of.issuer = "login.example.com".to_owned();
        assert_eq!(keys(&of), ["single_sign_on.issuer", "single_sign_on.client_id"]);
        of.issuer = "https://login.example.com/".to_owned();
        of.client_id = "switchboard".to_owned();
        of.client_secret = "hidden".into();
        assert!(keys(&of).is_empty());
        let provider = of.provider().expect("a provider");
        assert_eq!(provider.issuer, "https://login.example.com/", "as it is spelt");
        assert!(!format!("{of:?} {provider:?}").contains("hidden"));
    }
}
