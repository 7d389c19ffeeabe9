//! The loop of a worker that transfers files, from Meta or to it.

use crate::{
    Engine, Result,
    entity::file,
    files::claims::{claim, due},
    wakes::Worker,
};
use domain::message::Direction;
use std::{collections::HashSet, time::Duration};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Transfers at once: each may hold two megabytes.
const AT_ONCE: usize = 10;
/// How often the worker looks without being woken; also how late a retry can be.
const PATROL: Duration = Duration::from_secs(1);

/// Transfers what is due until the process stops; a transfer that is cut off begins again after the next start.
pub(crate) async fn run<F, T>(
    engine: Engine,
    stop: CancellationToken,
    direction: Direction,
    worker: Worker,
    transfer: F,
) where
    F: Fn(Engine, file::Model) -> T,
    T: Future<Output = ()> + Send + 'static,
{
    let mut under_way = HashSet::new();
    let mut transfers = JoinSet::new();
    loop {
        match begun(&engine, direction, &under_way).await {
            Ok(files) => {
                for file in files {
                    let id = file.id;
                    under_way.insert(id);
                    let transfer = transfer(engine.clone(), file);
                    transfers.spawn(async move {
                        transfer.await;
                        id
                    });
                }
            }
            Err(error) => tracing::error!(%error, "files cannot be transferred now; they wait"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            Some(done) = transfers.join_next() => match done {
                Ok(id) => drop(under_way.remove(&id)),
                // Its id is unknown, so all are looked up again; a claim keeps a file from being transferred twice.
                Err(error) => {
                    tracing::error!(%error, "a transfer of a file broke off");
                    under_way.clear();
                    tokio::time::sleep(PATROL).await;
                }
            },
            () = engine.wakes.woken(worker) => {}
            () = tokio::time::sleep(PATROL) => {}
        }
    }
}

/// Claims as many due files as there is room for.
async fn begun(engine: &Engine, direction: Direction, under_way: &HashSet<Uuid>) -> Result<Vec<file::Model>> {
    let room = AT_ONCE.saturating_sub(under_way.len());
    let mut claimed = Vec::new();
    if room == 0 {
        return Ok(claimed);
    }
    for file in due(engine, direction, AT_ONCE as u64 * 2).await? {
        if claimed.len() < room && !under_way.contains(&file.id) {
            claimed.extend(claim(engine, file).await?);
        }
    }
    Ok(claimed)
}
