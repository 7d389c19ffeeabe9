//! A world of two channels, of which a token reaches one.

use crate::support::{
    Story,
    files::PDF,
    http::{Answer, Api},
    world::{Line, id_of},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use simulator::{CustomerFile, CustomerId, FileKind};

/// Two channels with a queue each. Eva writes to both, Karel to the second one.
pub(super) struct World {
    pub(super) ours: Line,
    pub(super) theirs: Line,
    pub(super) queues: [String; 2],
    /// The members of the queues.
    pub(super) extensions: [String; 2],
    pub(super) eva: CustomerId,
    pub(super) session: Value,
    /// Karel's first.
    pub(super) foreign: Vec<Value>,
    /// Karel's file.
    pub(super) message: String,
    pub(super) label: String,
    /// For a foreign session, by a token that reaches everything.
    pub(super) upload: String,
}

impl World {
    pub(super) async fn new(story: &Story) -> Self {
        let extensions = [story.extension("201").await, story.extension("202").await];
        let queues = [
            story.queue("Ours", &[&extensions[0]]).await,
            story.queue("Foreigners", &[&extensions[1]]).await,
        ];
        let ours = story.channel(&story.app(1), 1, "queue", &queues[0]).await;
        let theirs = story.channel(&story.app(2), 2, "queue", &queues[1]).await;
        story.connect(&ours).await;
        story.connect(&theirs).await;
        let (eva, karel) = (story.customer(1), story.customer(2));
        story.says(eva, &ours, "Hello").await;
        story.says(eva, &theirs, "Some foreign words").await;
        let file = CustomerFile {
            filename: Some("foreign.pdf".to_owned()),
            ..CustomerFile::new(FileKind::Document, "application/pdf")
        };
        story.sends(karel, &theirs, &file, PDF).await;
        let sessions = story.api.items("/api/v1/sessions").await;
        let of = |line: &Line| {
            let of_line = sessions
                .iter()
                .filter(|row| row["channel"]["id"] == line.channel.as_str());
            of_line.cloned().collect::<Vec<_>>()
        };
        let [session]: [Value; 1] = of(&ours).try_into().expect("one session");
        let foreign = of(&theirs);
        assert_eq!(foreign[0]["contact"]["profile_name"], "Customer 2");
        let message = story.messages(&foreign[0]).await.pop().expect("a message");
        let label = story
            .api
            .post("/api/v1/labels", json!({"name": "VIP"}))
            .await
            .ok();
        let pick_up = format!("/api/v1/sessions/{}/pick-up", id_of(&foreign[0]));
        story.api.post(&pick_up, json!({"extension": "202"})).await.ok();
        let begun = Answer::of(upload(&story.api, &foreign[0]).send().await.expect("an answer")).await;
        assert_eq!(begun.status, 201, "{}", begun.text);
        let upload = begun
            .header("location")
            .rsplit('/')
            .next()
            .expect("an id")
            .to_owned();
        Self {
            ours,
            theirs,
            queues,
            extensions,
            eva,
            session,
            foreign,
            message: id_of(&message),
            label: id_of(&label),
            upload,
        }
    }

    /// Both ways to be bound.
    pub(super) fn bounds(&self) -> [String; 2] {
        [
            format!("channel:{}", self.ours.channel),
            format!("queue:{}", self.queues[0]),
        ]
    }

    /// What stands for a parameter of this path, foreign where anything is.
    pub(super) fn path(&self, template: &str) -> String {
        let id = match template.split('/').nth(3) {
            Some("sessions") => id_of(&self.foreign[0]),
            Some("contacts") => id_of(&self.foreign[0]["contact"]),
            Some("messages") => self.message.clone(),
            Some("channels") => self.theirs.channel.clone(),
            Some("queues") => self.queues[1].clone(),
            Some("extensions") => self.extensions[1].clone(),
            Some("labels") => self.label.clone(),
            Some("uploads") => self.upload.clone(),
            _ => "00000000-0000-0000-0000-000000000000".to_owned(),
        };
        let query = match template {
            "/api/v1/search" => "?q=foreign",
            "/api/v1/events" => "?after=0&limit=200",
            _ => "",
        };
        let path = template
            .replace("{label}", &self.label)
            .replace("{contact}", &id_of(&self.session["contact"]))
            .replace("{call}", "00000000-0000-0000-0000-000000000000")
            .replace("{id}", &id);
        path + query
    }

    /// What would have an effect, were the session within reach.
    pub(super) fn body(&self, method: &str, template: &str) -> Option<Value> {
        let sessions: Vec<String> = self.foreign.iter().map(id_of).collect();
        let to = json!({"type": "queue", "id": self.queues[0]});
        Some(match (method, template.trim_start_matches("/api/v1/")) {
            ("post", "sessions/close") => json!({"sessions": sessions}),
            ("post", "sessions/transfer") => json!({"sessions": sessions, "to": to}),
            ("post", "sessions/{id}/transfer") => json!({"to": to}),
            // A member of the session's queue.
            ("post", "sessions/{id}/pick-up") => json!({"extension": self.extensions[1]}),
            ("post", "sessions/{id}/messages") => json!({"type": "text", "text": {"body": "Hello"}}),
            ("post", "sessions/{id}/notes") => json!({"text": "A note"}),
            ("post", "sessions/{id}/snooze") => json!({"until": "2026-11-23T10:00:00Z"}),
            ("put", "sessions/{id}/contact-name" | "contacts/{id}/name") => json!({"name": "Karel"}),
            ("put", "sessions/{id}/contact-note" | "contacts/{id}/note") => json!({"text": "A note"}),
            ("put", "extensions/{id}/availability") => json!({"availability": "away"}),
            _ => return None,
        })
    }

    /// Asserts that a text tells of nothing foreign.
    #[track_caller]
    pub(super) fn is_ours(&self, place: &str, text: &str) {
        let ids = self.foreign.iter().map(id_of);
        let theirs = [
            self.theirs.channel.clone(),
            self.theirs.phone_number_id.clone(),
            self.queues[1].clone(),
            self.message.clone(),
            id_of(&self.foreign[0]["contact"]),
            "Channel 2".to_owned(),
            "Customer 2".to_owned(),
            "Foreigners".to_owned(),
            "foreign".to_owned(),
        ];
        for word in ids.chain(theirs) {
            assert!(!text.contains(&word), "{place} tells of {word}: {text}");
        }
    }

    /// What is stored of the foreign sessions.
    pub(super) async fn stored(&self, story: &Story) -> Vec<Value> {
        let mut stored = Vec::new();
        for session in &self.foreign {
            let path = format!("/api/v1/sessions/{}", id_of(session));
            for part in ["", "/messages", "/notes", "/timeline", "/contact-note", "/block"] {
                stored.push(story.api.get(&format!("{path}{part}")).await.ok());
            }
        }
        stored
    }
}

/// The beginning of an upload.
pub(super) fn upload(api: &Api, session: &Value) -> RequestBuilder {
    let session = BASE64_STANDARD.encode(id_of(session));
    let name = BASE64_STANDARD.encode("a.pdf");
    api.request(Method::POST, "/api/v1/uploads")
        .header("upload-length", PDF.len().to_string())
        .header("upload-metadata", format!("session {session},filename {name}"))
}
