//! The order of the sessions in a list, and the cursors into it.

use crate::{Result, database::cursor, entity::session};
use domain::{
    page::PageRequest,
    session::{Filter, Tab},
};
use sea_orm::{Condition, ExprTrait, QueryOrder, Select, sea_query::Expr};
use std::cmp::Ordering;
use uuid::Uuid;

/// What comes first in a list of sessions; a cursor names the last one's time and id.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Order {
    LatestMessage,
    LongestWait,
    /// Of sessions whose service window is open: the customer who wrote first is the one whose window closes first.
    WindowCloses,
}

impl Order {
    pub(super) fn of(tab: Tab, filter: &Filter) -> Self {
        match tab {
            _ if filter.closing => Self::WindowCloses,
            Tab::Mine | Tab::All => Self::LatestMessage,
            Tab::Waiting => Self::LongestWait,
        }
    }

    pub(super) fn column(self) -> session::Column {
        match self {
            Self::LatestMessage => session::Column::LastMessageAt,
            Self::LongestWait => session::Column::WaitingSince,
            Self::WindowCloses => session::Column::LastInboundAt,
        }
    }

    pub(super) fn direction(self) -> sea_orm::Order {
        match self {
            Self::LatestMessage => sea_orm::Order::Desc,
            Self::LongestWait | Self::WindowCloses => sea_orm::Order::Asc,
        }
    }

    pub(super) fn sort(self, query: Select<session::Entity>) -> Select<session::Entity> {
        query
            .order_by(self.column(), self.direction())
            .order_by(session::Column::Id, self.direction())
    }

    /// The same order, for sessions that were looked up. It sorts by an expression, which has no index. Otherwise the
    /// databases would scan all sessions in this order until a page of them is found, and cannot know how many that
    /// takes.
    pub(super) fn sort_found(self, query: Select<session::Entity>) -> Select<session::Entity> {
        query
            .order_by(
                Expr::col((session::Entity, self.column())).add(0_i64),
                self.direction(),
            )
            .order_by(session::Column::Id, self.direction())
    }

    /// What comes after the page before.
    pub(super) fn beyond(self, page: &PageRequest) -> Result<Condition> {
        let Some(place) = cursor::time_and_id(page)? else {
            return Ok(Condition::all());
        };
        let columns = (self.column(), session::Column::Id);
        Ok(match self {
            Self::LatestMessage => cursor::before(columns, place),
            Self::LongestWait | Self::WindowCloses => cursor::after(columns, place),
        })
    }

    pub(super) fn compare(self, one: &session::Model, other: &session::Model) -> Ordering {
        let ascending = self.place(one).cmp(&self.place(other));
        match self.direction() {
            sea_orm::Order::Desc => ascending.reverse(),
            _ => ascending,
        }
    }

    pub(super) fn cursor(self, row: &session::Model) -> String {
        let (at, id) = self.place(row);
        cursor::of_time_and_id(at, id)
    }

    fn place(self, row: &session::Model) -> (i64, Uuid) {
        let at = match self {
            Self::LatestMessage => row.last_message_at,
            Self::LongestWait => row.waiting_since,
            Self::WindowCloses => row.last_inbound_at.unwrap_or_default(),
        };
        (at, row.id)
    }
}
