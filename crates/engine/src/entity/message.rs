//! One message, in either direction.

use domain::message::Failure;
use sea_orm::{entity::prelude::*, sea_query::Func};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "messages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub session_id: Uuid,
    /// The session that it was written in, once its session went into another one.
    pub first_session_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub direction: String,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub text: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub phone_number_id: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub wamid: Option<String>,
    pub at: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub status: Option<String>,
    pub failure_code: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub failure_title: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub failure_details: Option<String>,
    /// Meta's `fbtrace_id`.
    #[sea_orm(column_type = "Text", nullable)]
    pub failure_trace: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub author: Option<String>,
    /// The author is an API token.
    pub by_token: bool,
    pub retry_of: Option<Uuid>,
    #[sea_orm(column_type = "Text", nullable)]
    pub idempotency_key: Option<String>,
    /// The message that a reaction, an edit or a revocation is about.
    #[sea_orm(column_type = "Text", nullable)]
    pub target_wamid: Option<String>,
    /// For outbound messages: written in the WhatsApp Business app on a phone.
    pub phone: bool,
    /// The uploaded file that it sends. A received file has the id of its message.
    pub file_id: Option<Uuid>,
}

impl Model {
    /// Why it was not delivered.
    pub(crate) fn failure(&self) -> Option<Failure> {
        self.failure_title.clone().map(|title| Failure {
            code: self.failure_code,
            title,
            details: self.failure_details.clone(),
            trace: self.failure_trace.clone(),
        })
    }

    /// The session that it was written in. Its idempotency key belongs to that one, in whichever session it is now.
    pub(crate) fn first_session(&self) -> Uuid {
        self.first_session_id.unwrap_or(self.session_id)
    }

    pub(crate) fn move_to(&mut self, session: Uuid) {
        self.first_session_id = Some(self.first_session());
        self.session_id = session;
    }
}

/// The order of a session's messages.
pub(crate) const ORDER: (Column, Column) = (Column::At, Column::Id);

/// [`Model::first_session`] in a statement, spelt as the unique index of keys has it.
pub(crate) fn first_session() -> Expr {
    let columns = [Column::FirstSessionId, Column::SessionId];
    Func::coalesce(columns.map(|column| Expr::col((Entity, column)))).into()
}

/// The message that was written in this session under this key.
pub(crate) fn with_key(session: Uuid, key: &str) -> Select<Entity> {
    use sea_orm::ExprTrait as _;
    Entity::find()
        .filter(first_session().eq(session))
        .filter(Column::IdempotencyKey.eq(key))
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
