//! Log-in names as people tell them apart. A new one is written in one script and does not look like another user's:
//! nobody is taken for somebody else. <https://www.unicode.org/reports/tr39/>

use crate::{Result, entity::user};
use domain::{form::Problem, ids::ExtensionId, refusal::Refusal};
use sea_orm::{DatabaseTransaction, EntityTrait, QuerySelect};
use unicode_security::{MixedScript as _, confusable_detection::skeleton};
use uuid::Uuid;

/// Refuses a new name that may be confused with that of another user than the one of the extension `except`.
pub(crate) async fn is_free(
    tx: &DatabaseTransaction,
    login: &str,
    except: Option<ExtensionId>,
) -> Result<()> {
    let refuse = |problem| Err(Refusal::field("login", problem).into());
    if !login.is_single_script() {
        return refuse(Problem::MixedScripts);
    }
    let others: Vec<(String, Option<Uuid>)> = user::Entity::find()
        .select_only()
        .columns([user::Column::Login, user::Column::ExtensionId])
        .into_tuple()
        .all(tx)
        .await?;
    let except = except.map(ExtensionId::uuid);
    let mut others = others
        .iter()
        .filter(|(_, extension)| except.is_none() || *extension != except);
    if others.clone().any(|(other, _)| other == login) {
        return refuse(Problem::Taken);
    }
    let looks = |login: &str| skeleton(login).collect::<String>();
    let ours = looks(login);
    match others.any(|(other, _)| looks(other) == ours) {
        true => refuse(Problem::LooksTaken),
        false => Ok(()),
    }
}
