//! The latest finding of each check of a channel.

use crate::{Error, Result, entity::channel_finding};
use domain::{
    doctor::{Check, Finding, Seen, State},
    ids::ChannelId,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::OnConflict,
};

/// In the order of the checks. Skips what an older version wrote and this one cannot read.
pub(super) async fn read(db: &impl ConnectionTrait, id: ChannelId) -> Result<Vec<Finding>> {
    let rows = channel_finding::Entity::find()
        .filter(channel_finding::Column::ChannelId.eq(id.uuid()))
        .all(db)
        .await?;
    let mut findings: Vec<Finding> = rows.into_iter().filter_map(finding).collect();
    findings.sort_by_key(|finding| finding.check);
    Ok(findings)
}

fn finding(row: channel_finding::Model) -> Option<Finding> {
    Some(Finding {
        check: row.name.parse().ok()?,
        state: serde_json::from_value(row.state.into()).ok()?,
        seen: serde_json::from_str(&row.seen).ok()?,
        at: Timestamp::from_millis(row.at),
    })
}

pub(super) async fn write(tx: &DatabaseTransaction, id: ChannelId, findings: &[Finding]) -> Result<()> {
    use channel_finding::Column;
    let mut rows = Vec::with_capacity(findings.len());
    for finding in findings {
        let row = channel_finding::Model {
            channel_id: id.uuid(),
            name: finding.check.as_str().to_owned(),
            state: finding.state.as_str().to_owned(),
            seen: serde_json::to_string(&finding.seen).map_err(|error| Error::Corrupt(error.to_string()))?,
            at: finding.at.millis(),
        };
        rows.push(row.into_active_model());
    }
    let replace = OnConflict::columns([Column::ChannelId, Column::Name])
        .update_columns([Column::State, Column::Seen, Column::At])
        .to_owned();
    channel_finding::Entity::insert_many(rows)
        .on_conflict(replace)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// While Meta does not answer, what it last said still stands, with its own time: silence neither breaks a channel
/// nor heals it.
pub(super) fn keep_unanswered(found: Vec<Finding>, kept: &[Finding]) -> Vec<Finding> {
    let stands = |new: &Finding| {
        let old = kept.iter().find(|old| old.check == new.check)?;
        let stands = match new.check {
            // This check reports that Meta is silent, unless the token is known to be bad.
            Check::Token => matches!(new.seen, Seen::MetaUnreachable { .. }) && old.state == State::Bad,
            _ => {
                new.state == State::Unknown
                    && matches!(new.seen, Seen::After { .. } | Seen::MetaUnreachable { .. })
            }
        };
        stands.then(|| old.clone())
    };
    found.into_iter().map(|new| stands(&new).unwrap_or(new)).collect()
}

pub(crate) fn of(findings: &[Finding], check: Check) -> Option<&Finding> {
    findings.iter().find(|finding| finding.check == check)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(check: Check, state: State, seen: Seen, at: i64) -> Finding {
        Finding {
            check,
            state,
            seen,
            at: Timestamp::from_millis(at),
        }
    }

    #[test]
    fn silence_neither_breaks_nor_heals() {
        let elsewhere = Seen::CallbackElsewhere {
            place: domain::doctor::Place::App,
            url: "https://other.example/".into(),
        };
        let kept = [finding(Check::Callback, State::Bad, elsewhere, 1)];
        let silent = Seen::MetaUnreachable {
            why: "timed out".into(),
        };
        let unanswered = finding(
            Check::Callback,
            State::Unknown,
            Seen::After { check: Check::Number },
            2,
        );
        let token = finding(Check::Token, State::Notice, silent, 2);
        let merged = keep_unanswered(vec![token.clone(), unanswered.clone()], &kept);
        assert_eq!(merged, [token.clone(), kept[0].clone()]);
        let revoked = finding(Check::Token, State::Bad, Seen::TokenRevoked, 1);
        assert_eq!(
            keep_unanswered(vec![token], std::slice::from_ref(&revoked)),
            [revoked]
        );
        assert_eq!(
            keep_unanswered(vec![unanswered.clone()], &[]),
            [unanswered],
            "there is nothing to keep"
        );
        let answered = finding(Check::Callback, State::Good, Seen::Fine { what: None }, 2);
        assert_eq!(keep_unanswered(vec![answered.clone()], &kept), [answered]);
    }
}
