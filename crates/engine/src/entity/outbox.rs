//! A message that still has to reach Meta.

use sea_orm::{entity::prelude::*, sea_query::Expr};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: Uuid,
    pub session_id: Uuid,
    pub channel_id: Uuid,
    pub attempts: i64,
    pub due_at: i64,
    pub calling_since: Option<i64>,
    /// Calls whose outcome never became known.
    pub doubts: i64,
    /// The engine whose call is under way. Its claim ends with `due_at`.
    pub claimed_by: Option<Uuid>,
    /// Lower ones go first, see [`lane`].
    pub lane: i64,
    /// The file that has to be at Meta before the message can go.
    pub file_id: Option<Uuid>,
    /// WhatsApp fetches the file from a link, so the message does not wait until it is uploaded.
    pub by_link: bool,
}

/// The lane of a message. A user waits for an answer to go, a script does not. In each of the two, the first message of
/// a session goes before those that wait behind another one: no session waits for another's backlog.
pub fn lane(of_user: bool, is_first: bool) -> i64 {
    2 * i64::from(!of_user) + i64::from(!is_first)
}

/// Whether a user has written a message of this lane, or one behind it.
pub fn is_of_user(of: i64) -> bool {
    of < lane(false, true)
}

/// Messages of a channel that wait after a refusal are due now.
pub(crate) async fn due_now(db: &impl ConnectionTrait, channel: Uuid) -> crate::Result<()> {
    Entity::update_many()
        .col_expr(Column::DueAt, Expr::value(0_i64))
        .filter(Column::ChannelId.eq(channel))
        .filter(Column::CallingSince.is_null())
        .exec(db)
        .await?;
    Ok(())
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
