//! What is new since the last look, and for whom. It reads the events that pages hear of, from where the last look ended:
//! also what happened while the process was restarted.

use crate::{
    Engine, Result,
    entity::session,
    events::log::{self, Logged},
    push::{
        listeners::{self, Listener},
        sender,
    },
    sessions::{mentions, named::named, rows::with_messages},
};
use domain::{
    alert::{Alert, alert, of_mention, of_reminder},
    event::{Change, Reminder},
    ids::{LineId, SessionId},
    session::SessionRow,
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::{collections::HashMap, time::Duration};
use uuid::Uuid;

/// Events read at once.
const AT_ONCE: u64 = 500;
/// Sessions read by one statement.
const SESSIONS: usize = 100;
/// A note is older than its event by less than this.
const JUST_NOW: Duration = Duration::from_secs(10);
/// What is older calls for nobody any more: it is in the inbox.
pub(super) const LIVES: Duration = Duration::from_secs(60 * 60);

/// One session that calls for the user of one browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct News {
    pub(super) subscription: Uuid,
    pub(super) session: SessionId,
    what: What,
}

/// What calls for the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Messages,
    Note(LineId),
    Time(Reminder),
}

/// What has happened to a session since the last look.
#[derive(Debug, Clone, Copy, Default)]
struct Called {
    /// How many messages came.
    new: u32,
    /// The latest: a browser shows one notification of a session.
    time: Option<Reminder>,
}

/// The news since the last look, each told to one process.
pub(super) async fn news(engine: &Engine) -> Result<Vec<News>> {
    let mut all = Vec::new();
    loop {
        let Some(told) = sender::told(engine).await? else {
            return Ok(all);
        };
        let listeners = listeners::all(engine).await?;
        let events = log::after(engine.db.read(), told, AT_ONCE).await?;
        let Some(newest) = events.last().map(|event| event.number) else {
            return Ok(all);
        };
        let found = calling(engine, &listeners, &events).await?;
        if sender::go_on(engine, told, newest).await? {
            all.extend(found);
        }
    }
}

async fn calling(engine: &Engine, listeners: &[Listener], events: &[Logged]) -> Result<Vec<News>> {
    let mut called: HashMap<SessionId, Called> = HashMap::new();
    let mut noted: HashMap<SessionId, Timestamp> = HashMap::new();
    for event in events {
        match event.change {
            Change::Message {
                session,
                inbound: true,
                ..
            } => called.entry(session).or_default().new += 1,
            Change::Mention { session } => {
                noted.entry(session).or_insert(event.at);
            }
            Change::Reminder { session, why } if engine.clock().now().since(event.at) < LIVES => {
                called.entry(session).or_default().time = Some(why);
            }
            _ => {}
        }
    }
    let mut news = Vec::new();
    let ids: Vec<SessionId> = called.keys().copied().collect();
    for ids in ids.chunks(SESSIONS) {
        for (of, row) in sessions(engine, ids).await? {
            let Called { new, time } = called.get(&row.id).copied().unwrap_or_default();
            for listener in listeners {
                let messages = calls(engine, listener, &of, &row, new).map(|_| What::Messages);
                let time = time.filter(|why| time_calls(engine, listener, &of, &row, *why).is_some());
                let what = messages.into_iter().chain(time.map(What::Time));
                news.extend(what.map(|what| News {
                    subscription: listener.subscription.id,
                    session: row.id,
                    what,
                }));
            }
        }
    }
    if noted.is_empty() {
        return Ok(news);
    }
    for listener in listeners {
        for mention in mentions(engine, &listener.actor).await? {
            // The event may also tell that somebody else has seen an older note.
            let noted = noted.get(&mention.session);
            if noted.is_some_and(|noted| noted.since(mention.at) < JUST_NOW) {
                news.push(News {
                    subscription: listener.subscription.id,
                    session: mention.session,
                    what: What::Note(mention.id),
                });
            }
        }
    }
    Ok(news)
}

/// What it calls this listener for now; `None` when somebody has read it, or it is not theirs to see any more.
pub(super) async fn still(engine: &Engine, listener: &Listener, news: News) -> Result<Option<Alert>> {
    if let What::Note(note) = news.what {
        let mentions = mentions(engine, &listener.actor).await?;
        let this = mentions.iter().find(|mention| mention.id == note);
        return Ok(this.map(of_mention));
    }
    let Some((of, row)) = sessions(engine, &[news.session]).await?.pop() else {
        return Ok(None);
    };
    Ok(match news.what {
        What::Time(why) => time_calls(engine, listener, &of, &row, why),
        What::Messages | What::Note(_) => calls(engine, listener, &of, &row, row.unread),
    })
}

fn calls(
    engine: &Engine,
    listener: &Listener,
    of: &session::Model,
    row: &SessionRow,
    new: u32,
) -> Option<Alert> {
    let age = engine.clock().now().since(row.last_message_at);
    if age >= LIVES || !listener.sees(of) {
        return None;
    }
    let row = engine.seen_by(&listener.actor, row.clone());
    alert(&row, new, Some(listener.own))
}

fn time_calls(
    engine: &Engine,
    listener: &Listener,
    of: &session::Model,
    row: &SessionRow,
    why: Reminder,
) -> Option<Alert> {
    if !listener.sees(of) {
        return None;
    }
    let row = engine.seen_by(&listener.actor, row.clone());
    of_reminder(&row, why, Some(listener.own))
}

async fn sessions(engine: &Engine, ids: &[SessionId]) -> Result<Vec<(session::Model, SessionRow)>> {
    let ids = ids.iter().map(|id| id.uuid());
    let found = session::Entity::find().filter(session::Column::Id.is_in(ids));
    let found = named(engine.db.read(), found).await?;
    let models: Vec<_> = found.iter().map(|one| one.session.clone()).collect();
    let rows = with_messages(engine.db.read(), found).await?;
    Ok(models.into_iter().zip(rows).collect())
}
