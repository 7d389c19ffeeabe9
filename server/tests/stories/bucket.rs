//! Files in a bucket of an S3-compatible service. The service is a real one.

use crate::{
    files::{HOUR, bytes, files_in, pdf, png},
    support::{
        Story,
        database::Database,
        files::{PDF, append, begin, begin_desk, last_message, send_file, uploaded},
        s3::{BUCKET, KEY, S3, SECRET},
        world::id_of,
    },
};
use reqwest::Method;
use server::settings::Settings;
use simulator::{CustomerFile, FileKind};
use std::{fs, time::Duration};

/// Runs each story on SQLite and on PostgreSQL, with a bucket of its own.
macro_rules! stories_with_a_bucket {
    ($($name:ident)*) => {$(
        mod $name {
            use super::{Database, S3, Story, in_bucket};

            async fn tell(database: Database) {
                let mut s3 = S3::start().await;
                let story = Story::begin(database, |settings| in_bucket(settings, &s3)).await;
                super::$name(&story, &mut s3).await;
                story.end().await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn on_sqlite() {
                tell(Database::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs PostgreSQL; cargo xtask test runs them"]
            async fn on_postgres() {
                tell(Database::postgres().await).await;
            }
        }
    )*};
}

stories_with_a_bucket! {
    files_are_in_the_bucket_and_nowhere_else
    a_canned_replys_file_is_copied_by_the_service
    a_large_file_goes_in_parts
    only_what_is_ours_is_swept
    files_wait_for_a_bucket_that_is_away
    files_wait_for_a_key_that_is_refused
}

fn in_bucket(settings: &mut Settings, s3: &S3) {
    let at = &mut settings.files.s3;
    at.bucket = BUCKET.to_owned();
    at.endpoint = Some(format!("http://{}/", s3.address).parse().expect("a URL"));
    at.allow_http = true;
    at.prefix = "switchboard".to_owned();
    at.access_key_id = KEY.to_owned();
    at.secret_access_key = SECRET.into();
}

async fn files_are_in_the_bucket_and_nowhere_else(story: &Story, s3: &mut S3) {
    let (line, jana, session) = begin_desk(story).await;
    story.sends(story.customer(1), &line, &pdf(), PDF).await;
    let message = last_message(story).await;
    assert_eq!(message["file"]["state"], "here");
    let path = format!("/media/{}", id_of(&message));
    assert_eq!(bytes(jana.request(Method::GET, &path)).await.2, PDF);
    let (status, headers, part) = bytes(jana.request(Method::GET, &path).header("range", "bytes=1-3")).await;
    assert_eq!((status, part.as_slice()), (206, &PDF[1..4]));
    assert_eq!(headers["content-range"], format!("bytes 1-3/{}", PDF.len()));

    let picture = CustomerFile::new(FileKind::Image, "image/png");
    story.sends(story.customer(1), &line, &picture, &png()).await;
    let small = format!("/media/{}?size=small", id_of(&last_message(story).await));
    let (status, _, body) = bytes(jana.request(Method::GET, &small)).await;
    assert_eq!(status, 200);
    assert!(body.starts_with(b"\xff\xd8\xff"), "a JPEG");

    let file = uploaded(&jana, &session, "faktura.pdf", PDF).await;
    send_file(&jana, &session, &file, "").await;
    story.settled().await;
    assert_eq!(last_message(story).await["status"], "delivered");
    assert_eq!(story.accepted_files()[0].bytes().expect("a file"), PDF);

    // Two files, a picture with its small version, and nothing beside the prefix.
    assert_eq!(files_in(&s3.bucket().join("switchboard")), 4);
    assert_eq!(files_in(&s3.bucket()), 4);
    assert!(!story.data_dir().join("files").exists());
    assert_eq!(files_in(&story.data_dir().join("files.growing")), 0);

    story.later(73 * HOUR).await;
    story.engine.forget().await.expect("the old files go");
    assert_eq!(files_in(&s3.bucket()), 0);
    for message in &story.messages(&session).await[1..] {
        assert_eq!(message["file"]["state"], "expired");
    }
}

async fn a_canned_replys_file_is_copied_by_the_service(story: &Story, s3: &mut S3) {
    let (_, jana, session) = begin_desk(story).await;
    let admin = story.admin("admin").await;
    let file = admin.uploads_for(("purpose", "canned_reply"), "a.pdf", PDF).await;
    let form = [("form[shortcut]", "price"), ("form[files][]", &file)];
    assert_eq!(admin.call("canned-replies/save", &form).await.status, 200);
    let session_id = id_of(&session);
    let arguments = [("session", session_id.as_str()), ("file", &file)];
    let copy = jana.call("canned-replies/attach", &arguments).await.ok();
    send_file(&jana, &session, &id_of(&copy), "").await;
    story.settled().await;
    assert_eq!(story.accepted_files()[0].bytes().expect("a file"), PDF);
    assert_eq!(files_in(&s3.bucket()), 2);
    story.later(73 * HOUR).await;
    story.engine.forget().await.expect("the sent copy goes");
    assert_eq!(files_in(&s3.bucket()), 1);
}

async fn a_large_file_goes_in_parts(story: &Story, s3: &mut S3) {
    let (line, jana) = story.desk_of_one().await;
    let mut large = PDF.to_vec();
    large.resize(11_000_000, b'x');
    story.sends(story.customer(1), &line, &pdf(), &large).await;
    let message = last_message(story).await;
    assert_eq!(message["file"]["state"], "here");
    let path = format!("/media/{}", id_of(&message));
    assert!(
        bytes(jana.request(Method::GET, &path)).await.2 == large,
        "the same bytes"
    );
    assert_eq!(s3.parts(), 0);
}

async fn only_what_is_ours_is_swept(story: &Story, s3: &mut S3) {
    let orphan = "019f0000-0000-7000-8000-000000000042";
    let put = |folder: &str, name: &str| {
        let folder = s3.bucket().join(folder);
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(name), b"x").expect("a file");
    };
    put("switchboard/42", orphan);
    put("switchboard/42", &format!("{orphan}.small"));
    put("switchboard/42", "readme.txt");
    put("switchboard/other", orphan);
    put("42", orphan);
    story.later(400 * 24 * HOUR).await;
    story.engine.forget().await.expect("the orphan goes");
    assert_eq!(files_in(&s3.bucket()), 3);
    assert!(!s3.bucket().join("switchboard/42").join(orphan).exists());
}

async fn files_wait_for_a_bucket_that_is_away(story: &Story, s3: &mut S3) {
    let (line, jana, session) = begin_desk(story).await;
    let ready = uploaded(&jana, &session, "ready.pdf", PDF).await;
    story.sends(story.customer(1), &line, &pdf(), PDF).await;
    let here = last_message(story).await;
    s3.stop().await;

    // The webhook takes the message as always.
    story.sends(story.customer(1), &line, &pdf(), PDF).await;
    let coming = last_message(story).await;
    assert_eq!(coming["file"]["state"], "coming");
    story.says(story.customer(1), &line, "Are you there?").await;
    assert_eq!(last_message(story).await["text"]["body"], "Are you there?");
    let path = format!("/media/{}", id_of(&here));
    assert_eq!(bytes(jana.request(Method::GET, &path)).await.0, 503);

    let begun = begin(&jana, &session, "late.pdf", PDF.len()).await;
    let place = begun.header("location").to_owned();
    assert_eq!(append(&jana, &place, 0, PDF).await.status, 503);
    send_file(&jana, &session, &ready, "").await;
    for _ in 0..4 {
        story.later(Duration::from_secs(60)).await;
    }
    assert_eq!(last_message(story).await["status"], "queued");

    s3.start_again().await;
    assert_eq!(append(&jana, &place, PDF.len(), b"").await.status, 204);
    story.later(HOUR).await;
    let messages = story.messages(&session).await;
    let of = |id: &str| messages.iter().find(|message| message["id"] == id).expect("it");
    assert_eq!(of(&id_of(&coming))["file"]["state"], "here");
    assert_eq!(messages.last().expect("one")["status"], "delivered");
    let path = format!("/media/{}", id_of(&coming));
    assert_eq!(bytes(jana.request(Method::GET, &path)).await.2, PDF);

    // What cannot be deleted is not said to be gone.
    s3.stop().await;
    story.later(73 * HOUR).await;
    story.engine.forget().await.expect_err("nothing can be deleted");
    assert_eq!(last_message(story).await["file"]["state"], "here");
    s3.start_again().await;
    story.engine.forget().await.expect("the old files go");
    assert_eq!(last_message(story).await["file"]["state"], "expired");
    assert_eq!(files_in(&s3.bucket()), 0);
}

async fn files_wait_for_a_key_that_is_refused(story: &Story, s3: &mut S3) {
    let (line, _) = story.desk_of_one().await;
    s3.stop().await;
    s3.secret = "another";
    s3.start_again().await;
    story.sends(story.customer(1), &line, &pdf(), PDF).await;
    assert_eq!(last_message(story).await["file"]["state"], "coming");
    s3.stop().await;
    s3.secret = SECRET;
    s3.start_again().await;
    story.later(HOUR).await;
    assert_eq!(last_message(story).await["file"]["state"], "here");
}
