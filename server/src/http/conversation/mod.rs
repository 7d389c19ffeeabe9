//! `/session-log/{id}/conversation.zip`: one session as a page for any browser, with its files, for those who read the
//! session log. It is written while it is sent: first the files, then the page that links those which could be read.
//! `contact` saves all sessions of one customer.

pub mod contact;

mod archive;
mod content;
mod look;
mod names;
mod page;

use super::{
    api::{Caller, Id, Operator, bearer, problem::Problem},
    login_session,
    state::Http,
};
use app::{prefs, ui::zone};
use archive::{Archive, Kind};
use axum::{
    body::Body,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::{
    access::{Actor, Me},
    file::FileState,
    ids::{MessageId, SessionId},
    message::MessageView,
    refusal::Refusal,
};
use engine::{
    Engine, files,
    sessions::thread::{self, Recorded},
};
use futures::StreamExt as _;
use look::Look;
use page::{Lines, Saved};
use std::{collections::HashMap, io, str::FromStr};
use tower_sessions::Session;

/// After so many bytes of a file it is asked again whether its reader still may have it.
const ASK_AFTER: usize = 8 * 1024 * 1024;

pub async fn of_user(
    State(http): State<Http>,
    session: Session,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    match in_console(&http, &session, path, &headers).await {
        Ok((export, id)) => or_status(export.of_session(id).await),
        Err(status) => status.into_response(),
    }
}

/// An export for the user who is logged in, and what the path names.
async fn in_console<T: FromStr>(
    http: &Http,
    session: &Session,
    path: Result<Path<String>, PathRejection>,
    headers: &HeaderMap,
) -> Result<(Export, T), StatusCode> {
    let me = login_session::user(&http.engine, session).await?;
    let log_in = session.id().ok_or(StatusCode::UNAUTHORIZED)?.to_string();
    let id = path.ok().and_then(|Path(id)| id.parse().ok());
    let id = id.ok_or(StatusCode::NOT_FOUND)?;
    let reader = Reader::Browser {
        log_in,
        me: me.clone(),
    };
    Ok((Export::new(http, Actor::User(me), reader, headers), id))
}

fn or_status(answer: engine::Result<Response>) -> Response {
    match answer {
        Ok(response) => response,
        Err(engine::Error::Refused(Refusal::Forbidden)) => StatusCode::FORBIDDEN.into_response(),
        Err(engine::Error::Refused(_)) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "a conversation cannot be exported");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// Saves a conversation as a ZIP: a page, the messages as JSON lines, the timeline, the files.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{id}/export",
    operation_id = "export",
    tag = "Sessions",
    params(("id" = SessionId, Path)),
    responses((status = 200, description = "Done.", content_type = "application/zip", body = [u8])),
    security(("token" = ["operate"]))
)]
pub async fn of_token(
    Operator(actor): Operator,
    State(http): State<Http>,
    Id(id): Id<SessionId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    Ok(Export::for_token(&http, actor, &headers).of_session(id).await?)
}

/// An answer with a ZIP that is written while it is read.
fn zipped<F>(name: &str, write: impl FnOnce(Archive) -> F + Send + 'static) -> Response
where
    F: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    let (out, chunks) = archive::pipe();
    let writing = write(Archive::new(out.clone()));
    tokio::spawn(async move {
        if let Err(error) = writing.await {
            tracing::info!(%error, "an export has broken off");
            // A file that breaks off is seen to be incomplete.
            let _ = out.send(Err(io::ErrorKind::Interrupted.into())).await;
        }
    });
    let head = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (head, Body::from_stream(chunks)).into_response()
}

/// Whoever reads the export, and may lose the right to while they do.
enum Reader {
    Browser { log_in: String, me: Me },
    Token(String),
}

struct Export {
    engine: Engine,
    actor: Actor,
    reader: Reader,
    look: Look,
}

impl Export {
    fn new(http: &Http, actor: Actor, reader: Reader, headers: &HeaderMap) -> Self {
        Self {
            engine: http.engine.clone(),
            actor,
            reader,
            look: Look {
                locale: prefs::language_of(headers),
                zone: zone::zone_of(headers),
            },
        }
    }

    fn for_token(http: &Http, actor: Actor, headers: &HeaderMap) -> Self {
        let token = bearer(headers).unwrap_or_default().to_owned();
        Self::new(http, actor, Reader::Token(token), headers)
    }

    /// What is refused is refused before the answer begins.
    async fn of_session(self, id: SessionId) -> engine::Result<Response> {
        let recorded = thread::recorded(&self.engine, &self.actor, id).await?;
        let name = format!("conversation-{id}.zip");
        Ok(zipped(&name, move |mut archive| async move {
            self.conversation(&mut archive, recorded, "").await?;
            Ok(archive.finish().await?)
        }))
    }

    /// Writes a session into this folder of the archive.
    async fn conversation(
        &self,
        archive: &mut Archive,
        recorded: Recorded,
        folder: &str,
    ) -> anyhow::Result<()> {
        let id = recorded.session.id;
        let mut saved = HashMap::new();
        let mut after = None;
        loop {
            self.may_go_on().await?;
            let read = thread::onward(&self.engine, &self.actor, id, after).await?;
            for message in &read.messages {
                self.save_file(archive, message, folder, &mut saved).await?;
            }
            after = read.after;
            if after.is_none() {
                break;
            }
        }
        let now = self.engine.clock().now();
        let begun = self.look.on_the_wall(now);
        let name = format!("{folder}conversation.html");
        archive.begin(&name, Kind::Text, begun).await?;
        let head = page::head(&self.look, &recorded.session, now);
        archive.write(head.as_bytes()).await?;
        let mut lines = Lines::new(&self.look, recorded, saved);
        loop {
            self.may_go_on().await?;
            let read = thread::onward(&self.engine, &self.actor, id, after).await?;
            for message in read.messages {
                let json = self.json(&message).await;
                archive.write(lines.message(message, json).as_bytes()).await?;
            }
            after = read.after;
            if after.is_none() {
                break;
            }
        }
        Ok(archive.write(lines.end().as_bytes()).await?)
    }

    /// An export takes as long as its reader does.
    async fn may_go_on(&self) -> engine::Result<()> {
        let may = match &self.reader {
            Reader::Browser { log_in, me } => login_session::is_as_before(&self.engine, log_in, me).await,
            Reader::Token(token) => Caller::still_works(&self.engine, token).await,
        };
        match may {
            true => Ok(()),
            false => Err(Refusal::Forbidden.into()),
        }
    }

    /// A file that cannot be read stands in the page as such.
    async fn save_file(
        &self,
        archive: &mut Archive,
        message: &MessageView,
        folder: &str,
        saved: &mut HashMap<MessageId, Saved>,
    ) -> anyhow::Result<()> {
        let content = message.content.as_ref();
        let Some(file) = content.and_then(|content| content.file.as_ref()) else {
            return Ok(());
        };
        if file.state != FileState::Here || message.marks.deleted {
            return Ok(());
        }
        self.may_go_on().await?;
        let Ok(opened) = files::of_message(&self.engine, &self.actor, message.id).await else {
            return Ok(());
        };
        let Ok(mut bytes) = opened.read(None).await else {
            return Ok(());
        };
        let what = content.and_then(|content| content.what.as_ref());
        let kind = what.and_then(|what| what.media_kind()).unwrap_or(&message.kind);
        let name = format!("files/{}", names::entry(saved.len() + 1, kind, file));
        let at = self.look.on_the_wall(message.at);
        archive.begin(&format!("{folder}{name}"), Kind::Bytes, at).await?;
        let (mut whole, mut unasked) = (true, 0);
        while let Some(chunk) = bytes.next().await {
            let chunk = match chunk {
                Ok(chunk) => chunk,
                Err(error) => {
                    tracing::error!(%error, message = %message.id, "a file cannot be read to its end");
                    whole = false;
                    break;
                }
            };
            archive.write(&chunk).await?;
            unasked += chunk.len();
            if unasked >= ASK_AFTER {
                self.may_go_on().await?;
                unasked = 0;
            }
        }
        saved.insert(message.id, Saved { name, whole });
        Ok(())
    }

    /// The JSON of a message whose kind is unknown here, for those who may read it.
    async fn json(&self, message: &MessageView) -> Option<String> {
        let what = message.content.as_ref()?.what.as_ref()?;
        if !content::is_odd(what) {
            return None;
        }
        let json = engine::sessions::messages::payload(&self.engine, &self.actor, message.id).await;
        json.ok()
    }
}
