//! The country database: which files are accepted, and what applies without one.

use super::{CZECH, GERMAN, PRIVATE, RULES_CHANGED};
use crate::{
    stories,
    support::{
        Story,
        mmdb::{self, WORLD},
    },
};
use domain::{
    access::Actor,
    countries::{Door, Unfit},
};
use engine::{Engine, countries};
use serde_json::json;

stories! {
    nor_by_another_database
    what_is_no_country_database_replaces_none
    without_a_database_every_door_is_open
}

async fn nor_by_another_database(story: &Story) {
    let admin = story.with_countries().await;
    admin.save("console", &["CZ"]).await;
    let moved = mmdb::countries(&[("0.0.0.0/0", "DE"), ("2000::/3", "IE")]);
    assert_eq!(admin.upload_from(CZECH, &moved).await, "locks_you_out");
    assert_eq!(
        story.knock(CZECH, "console").await,
        200,
        "the one before stays in use"
    );
    assert_eq!(story.knock(GERMAN, "console").await, 403);
    assert_eq!(admin.upload_from(PRIVATE, &moved).await, "replaced");
    assert_eq!(story.knock(CZECH, "console").await, 403);
}

async fn what_is_no_country_database_replaces_none(story: &Story) {
    let admin = story.with_countries().await;
    admin.save("api", &["CZ"]).await;
    let (good, audit) = (mmdb::countries(&WORLD), story.count(RULES_CHANGED).await);
    let mut damaged = good.clone();
    damaged[..60].fill(0xff);
    let too_large = vec![0; countries::MAX_DATABASE + 1];
    let mut circle = good.clone();
    circle[..6].fill(0);
    for (file, why) in [
        (b"".as_slice(), Unfit::Missing),
        (b"hello", Unfit::Unreadable),
        (&good[..good.len() / 2], Unfit::Unreadable),
        (&damaged, Unfit::Unreadable),
        (&circle, Unfit::Unreadable),
        (&mmdb::shared(100, ""), Unfit::NoCountries),
        (&mmdb::shared(200, "CZ"), Unfit::Unreadable),
        (&too_large, Unfit::TooLarge),
        (b"\x1f\x8b\x08\x00 and so on", Unfit::Packed),
        (b"PK\x03\x04 and so on", Unfit::Packed),
        (
            &mmdb::providers(&[("0.0.0.0/0", "Somebody's network")]),
            Unfit::NoCountries,
        ),
    ] {
        assert_eq!(
            admin.upload_from(CZECH, file).await,
            why.as_str(),
            "{} bytes",
            file.len()
        );
    }
    let elsewhere = admin.send_file(CZECH, "something", &good).await;
    assert_eq!(
        elsewhere.header("location"),
        "/security/countries?database=missing#database"
    );
    assert_eq!(
        story.knock(GERMAN, "api").await,
        403,
        "the one before stays in use"
    );
    assert_eq!(story.knock(CZECH, "api").await, 200);
    assert_eq!(story.count(RULES_CHANGED).await, audit);
    let page = admin.get_from(CZECH, "/security/countries?database=packed").await;
    assert!(
        page.text.contains("Unpack it") && page.text.contains("stays in use"),
        "{}",
        page.text
    );

    assert_eq!(admin.upload_from(CZECH, &good).await, "replaced");
    assert_eq!(story.count(RULES_CHANGED).await, audit + 1);
    let database = &admin.overview_from(CZECH).await["database"];
    assert_eq!(database["kind"], "Story-Country");
    assert_eq!(database["countries"], json!(["CZ", "DE", "IE", "SK", "US"]));
    let shared = mmdb::shared(100, "CZ");
    assert!(shared.len() < 1000, "{} bytes", shared.len());
    assert_eq!(admin.upload_from(CZECH, &shared).await, "replaced");
    assert_eq!(
        admin.overview_from(CZECH).await["database"]["countries"],
        json!(["CZ"])
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let file = std::fs::metadata(story.data_dir().join("countries.mmdb")).expect("a file");
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
        assert!(!story.data_dir().join("countries.mmdb.new").exists());
    }
}

async fn without_a_database_every_door_is_open(story: &Story) {
    let admin = story.admin("admin").await;
    let refused = admin.save_from(CZECH, "api", &["CZ"], &[]).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["Refused"]["reason"]),
        (409, &json!("no_country_database"))
    );
    let page = admin.get_from(CZECH, "/security/countries").await.text;
    assert!(
        page.contains("GeoLite2 Country") && page.contains("type=\"file\""),
        "{page}"
    );

    admin.upload_from(CZECH, &mmdb::countries(&WORLD)).await;
    admin.save("api", &["CZ"]).await;
    let file = story.data_dir().join("countries.mmdb");
    let german = GERMAN.parse().expect("an address");
    let again = story.other_process().await;
    assert!(
        !countries::admits(&again, Door::Api, german).await,
        "it is there after a restart"
    );
    let look = async |engine: &Engine| {
        countries::overview(engine, &Actor::System, None)
            .await
            .expect("an overview")
    };
    assert!(!look(&again).await.is_blind());

    std::fs::write(&file, b"broken").expect("written");
    let broken = story.other_process().await;
    assert!(countries::admits(&broken, Door::Api, german).await);
    let overview = look(&broken).await;
    assert!(overview.is_blind() && overview.broken == Some(Unfit::Unreadable));
    engine::metrics::observe(&broken).await.expect("gauges");
    let metrics = story.api.get("/metrics").await.text;
    assert!(metrics.contains("switchboard_countries_blind"), "{metrics}");

    std::fs::remove_file(&file).expect("removed");
    let missing = story.other_process().await;
    assert!(countries::admits(&missing, Door::Api, german).await);
    let overview = look(&missing).await;
    assert!(overview.is_blind() && overview.broken.is_none());
    assert!(
        !countries::admits(&story.engine, Door::Api, german).await,
        "what is in memory stays in use"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_may_name_the_database() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let file = folder.path().join("GeoLite2-Country.mmdb");
    std::fs::write(&file, mmdb::countries(&WORLD)).expect("written");
    let named = file.clone();
    let story = Story::with(|settings| settings.security.country_database = Some(named)).await;
    let admin = story.admin("admin").await;
    admin.save("api", &["CZ"]).await;
    assert_eq!(story.knock(GERMAN, "api").await, 403);
    assert_eq!(story.knock(CZECH, "api").await, 200);
    let overview = admin.overview_from(CZECH).await;
    assert_eq!(overview["named_file"], json!(file));
    assert_eq!(overview["you"], json!([CZECH, {"where": "in", "country": "CZ"}]));
    let upload = admin.send_file(CZECH, "database", &mmdb::countries(&WORLD)).await;
    assert_eq!(upload.status, 403);
    assert!(
        !admin
            .get_from(CZECH, "/security/countries")
            .await
            .text
            .contains("type=\"file\"")
    );
    story.end().await;
}
