//! Tells scripts what was done. They read the rows, so that one that was away reads on where it stopped.

use crate::{
    Engine, Result,
    entity::{message, session},
    events::{
        deeds::Deed,
        follow::queues_of,
        log::{self, Logged},
    },
    reach,
};
use domain::{
    access::{Actor, Bound},
    event::Change,
    ids::SessionId,
    time::Timestamp,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use std::{
    collections::{HashMap, HashSet},
    fmt,
    num::ParseIntError,
    str::FromStr,
};
use uuid::Uuid;

/// Rows read at once.
const AT_ONCE: u64 = 500;
/// After so many reads a page ends although it is short: most rows may be nobody's to hear of.
const READS: usize = 10;

/// A place among the events: a row, and one of the deeds that it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub number: u64,
    /// From 1 on; [`u32::MAX`]: the end of the row.
    nth: u32,
}

impl Place {
    /// The place after all that the row of this number tells.
    pub fn after(number: u64) -> Self {
        Self {
            number,
            nth: u32::MAX,
        }
    }

    /// The number after which rows are read on from here.
    fn read_to(self) -> u64 {
        match self.nth {
            u32::MAX => self.number,
            _ => self.number.saturating_sub(1),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.nth {
            u32::MAX => write!(f, "{}", self.number),
            nth => write!(f, "{}-{nth}", self.number),
        }
    }
}

impl FromStr for Place {
    type Err = ParseIntError;

    fn from_str(text: &str) -> std::result::Result<Self, ParseIntError> {
        match text.split_once('-') {
            None => Ok(Self::after(text.parse()?)),
            Some((number, nth)) => Ok(Self {
                number: number.parse()?,
                nth: nth.parse()?,
            }),
        }
    }
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Happening {
    pub place: Place,
    pub at: Timestamp,
    pub change: Change,
    /// `None`: the change says all, as when a customer has written.
    pub deed: Option<Deed>,
}

/// What happened after a place.
#[derive(Debug)]
pub enum Feed {
    Kept {
        happenings: Vec<Happening>,
        /// The place up to which this tells everything.
        upto: Place,
    },
    /// Some of it is not kept any more, or the place is from before the database was restored.
    Gone { newest: Place },
}

/// The first things that happened after this place, of which the actor may hear.
///
/// # Errors
/// The database cannot be read.
pub async fn read(engine: &Engine, actor: &Actor, after: Place, limit: usize) -> Result<Feed> {
    let (happenings, upto) = happened(engine, actor, after, limit).await?;
    // Asked afterwards, because rows may have been deleted before they were read.
    let (kept, newest) = log::keeps_after(engine.db.read(), after.read_to()).await?;
    Ok(match kept {
        true => Feed::Kept { happenings, upto },
        false => Feed::Gone {
            newest: Place::after(newest),
        },
    })
}

async fn happened(
    engine: &Engine,
    actor: &Actor,
    after: Place,
    limit: usize,
) -> Result<(Vec<Happening>, Place)> {
    let queues = queues_of(&engine.db, actor).await?;
    let (mut told, mut upto) = (Vec::new(), after);
    for _ in 0..READS {
        let rows = log::after(engine.db.read(), upto.read_to(), AT_ONCE).await?;
        let is_last = (rows.len() as u64) < AT_ONCE;
        let within = match actor.bound() {
            Some(bound) => Some(within_reach(engine.db.read(), bound, &rows).await?),
            None => None,
        };
        for row in rows {
            let number = row.number;
            let heard = match &within {
                Some(within) => within.contains(&number),
                None => row.audience.includes(actor, &queues),
            };
            let heard = |one: &Happening| heard || (within.is_some() && is_of_gone(one));
            let new = happenings(row).filter(|one| heard(one) && one.place > after);
            for one in new {
                if told.len() == limit {
                    return Ok((told, upto));
                }
                upto = one.place;
                told.push(one);
            }
            upto = Place::after(number);
        }
        if is_last || told.len() == limit {
            break;
        }
    }
    Ok((told, upto))
}

/// Of these rows, the numbers of those of which a token that is bound may hear: what happened in its sessions and to its
/// channel. Everything else is the company's.
async fn within_reach(db: &impl ConnectionTrait, bound: Bound, rows: &[Logged]) -> Result<HashSet<u64>> {
    let places = places(db, rows).await?;
    let sessions_of = |row: &Logged| {
        let now = message_of(row).and_then(|message| places.get(&message).copied());
        [row.change.session().map(SessionId::uuid), now]
            .into_iter()
            .flatten()
    };
    let named: HashSet<Uuid> = rows.iter().flat_map(sessions_of).collect();
    let sessions: Vec<Uuid> = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .filter(session::Column::Id.is_in(named))
        .filter(reach::sessions(bound))
        .into_tuple()
        .all(db)
        .await?;
    let sessions: HashSet<Uuid> = sessions.into_iter().collect();
    let is_within = |row: &&Logged| match (&row.change, bound) {
        (Change::Channel { channel }, Bound::Channel(own)) => *channel == own,
        _ => sessions_of(row).any(|session| sessions.contains(&session)),
    };
    Ok(rows.iter().filter(is_within).map(|row| row.number).collect())
}

/// The sessions in which the messages of these rows are now: two may have become one.
async fn places(db: &impl ConnectionTrait, rows: &[Logged]) -> Result<HashMap<Uuid, Uuid>> {
    let messages: HashSet<Uuid> = rows.iter().filter_map(message_of).collect();
    let places: Vec<(Uuid, Uuid)> = message::Entity::find()
        .select_only()
        .columns([message::Column::Id, message::Column::SessionId])
        .filter(message::Column::Id.is_in(messages))
        .into_tuple()
        .all(db)
        .await?;
    Ok(places.into_iter().collect())
}

fn message_of(row: &Logged) -> Option<Uuid> {
    match row.change {
        Change::Message { message, .. } => Some(message.uuid()),
        _ => None,
    }
}

/// A contact is gone, of which every token that is bound hears, whatever row tells it: whose they were, no session says any more,
/// and whoever has a copy must hear of it.
fn is_of_gone(one: &Happening) -> bool {
    matches!(one.deed, Some(Deed::ContactDeleted { .. }))
}

/// What a row tells.
pub(crate) fn happenings(row: Logged) -> impl Iterator<Item = Happening> {
    let Logged {
        number,
        at,
        change,
        deeds,
        ..
    } = row;
    let itself = matches!(change, Change::Message { inbound: true, .. });
    let all = deeds.into_iter().map(Some).chain(itself.then_some(None));
    all.zip(1..).map(move |(deed, nth)| Happening {
        place: Place { number, nth },
        at,
        change: change.clone(),
        deed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_as_it_is_read() {
        for text in ["0", "17", "17-1", "17-2"] {
            assert_eq!(text.parse::<Place>().unwrap().to_string(), text);
        }
        for text in ["", "x", "17-", "-1", "17-1-1", "99999999999999999999"] {
            assert!(text.parse::<Place>().is_err(), "{text}");
        }
        let place = |text: &str| text.parse::<Place>().unwrap();
        assert!(place("17-1") < place("17-2") && place("17-2") < place("17") && place("17") < place("18-1"));
        assert_eq!((place("17-1").read_to(), place("17").read_to()), (16, 17));
    }
}
