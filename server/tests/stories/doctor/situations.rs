//! The situations: a change at Meta, and the one finding that names it.

use super::{CallbackOf, MANAGEMENT, MESSAGING, OTHER, Setting, Story, bad, of, scopes};
use crate::{
    stories,
    support::world::{Line, WABA_ID},
};
use simulator::TokenState;

stories! {
    every_situation_has_its_one_finding
}

const DAY: i64 = 24 * 60 * 60;

type Change = fn(&Story, &Line);

/// The situation's name, the change at Meta, how it is undone, the check, and what the check sees.
const SITUATIONS: &[(&str, Change, Change, &str, &str)] = &[
    (
        "a token that Meta never gave out",
        |story, line| story.meta.set_token(&line.app.token, TokenState::Malformed),
        |story, line| story.meta.set_token(&line.app.token, TokenState::Valid),
        "token",
        "token_malformed",
    ),
    (
        "an expired token",
        |story, line| story.meta.set_token(&line.app.token, TokenState::Expired),
        |story, line| story.meta.set_token(&line.app.token, TokenState::Valid),
        "token",
        "token_expired",
    ),
    (
        "a token whose time is over",
        |story, line| story.set_token(line, |token| token.expires_at = Some(1_700_000_000)),
        |story, line| story.set_token(line, |token| token.expires_at = Some(0)),
        "token",
        "token_expired",
    ),
    (
        "a revoked token",
        |story, line| story.meta.set_token(&line.app.token, TokenState::Revoked),
        |story, line| story.meta.set_token(&line.app.token, TokenState::Valid),
        "token",
        "token_revoked",
    ),
    (
        "the dashboard's token",
        |story, line| {
            let tomorrow = story.clock.now().millis() / 1000 + DAY;
            story.set_token(line, |token| {
                token.kind = Some("USER".into());
                token.expires_at = Some(tomorrow);
            });
        },
        |story, line| {
            story.set_token(line, |token| {
                token.kind = Some("SYSTEM_USER".into());
                token.expires_at = Some(0);
            });
        },
        "token_lifetime",
        "token_expires",
    ),
    (
        "a token that may only send",
        |story, line| story.set_token(line, |token| token.scopes = scopes(&[MESSAGING])),
        |story, line| story.set_token(line, |token| token.scopes = scopes(&[MANAGEMENT, MESSAGING])),
        "permissions",
        "permissions_missing",
    ),
    (
        "a token that may only look",
        |story, line| story.set_token(line, |token| token.scopes = scopes(&[MANAGEMENT])),
        |story, line| story.set_token(line, |token| token.scopes = scopes(&[MANAGEMENT, MESSAGING])),
        "permissions",
        "permissions_missing",
    ),
    (
        "a token without permissions",
        |story, line| story.meta.set_token(&line.app.token, TokenState::Powerless),
        |story, line| story.meta.set_token(&line.app.token, TokenState::Valid),
        "permissions",
        "permissions_missing",
    ),
    (
        "a token of another business, which says so",
        |story, line| story.set_token(line, |token| token.wabas = Some(vec!["999".into()])),
        |story, line| story.set_token(line, |token| token.wabas = Some(Vec::new())),
        "number",
        "another_business",
    ),
    (
        "a token of another business, which does not tell",
        |story, line| {
            story.set_token(line, |token| {
                token.wabas = Some(vec!["999".into()]);
                token.tells_wabas = Some(false);
            });
        },
        |story, line| {
            story.set_token(line, |token| {
                token.wabas = Some(Vec::new());
                token.tells_wabas = Some(true);
            });
        },
        "number",
        "another_business",
    ),
    (
        "the app secret was reset",
        |story, line| story.set_secret(line, "another-secret"),
        |story, line| story.set_secret(line, &line.app.secret),
        "app_secret",
        "app_secret_wrong",
    ),
    (
        "the id is another number's",
        |story, line| {
            let other = Some("+420 800 555 099".to_owned());
            story.set_number(line, |number| number.display_phone_number = other);
        },
        |story, line| {
            let own = Some("+420 800 555 011".to_owned());
            story.set_number(line, |number| number.display_phone_number = own);
        },
        "number",
        "another_number",
    ),
    (
        "a number that is not registered",
        |story, line| {
            story.set_number(line, |number| {
                number.platform_type = Some("NOT_APPLICABLE".into());
                number.status = Some("PENDING".into());
            });
        },
        |story, line| {
            story.set_number(line, |number| {
                number.platform_type = Some("CLOUD_API".into());
                number.status = Some("CONNECTED".into());
            });
        },
        "registration",
        "not_registered",
    ),
    (
        "a number that is not connected",
        |story, line| story.set_number(line, |number| number.status = Some("DISCONNECTED".into())),
        |story, line| story.set_number(line, |number| number.status = Some("CONNECTED".into())),
        "connection",
        "not_connected",
    ),
    (
        "a number of low quality",
        |story, line| story.set_number(line, |number| number.quality_rating = Some("RED".into())),
        |story, line| story.set_number(line, |number| number.quality_rating = Some("GREEN".into())),
        "quality",
        "quality_low",
    ),
    (
        "the most forgotten step",
        |story, _| {
            story.set(Setting::SubscribedApps {
                waba_id: WABA_ID.into(),
                app_ids: vec![],
            });
        },
        |story, line| {
            story.set(Setting::SubscribedApps {
                waba_id: WABA_ID.into(),
                app_ids: vec![line.app.id.clone()],
            });
        },
        "waba_subscription",
        "waba_not_subscribed",
    ),
    (
        "another app is subscribed",
        |story, _| {
            story.set(Setting::SubscribedApps {
                waba_id: WABA_ID.into(),
                app_ids: vec!["999".into()],
            });
        },
        |story, line| {
            story.set(Setting::SubscribedApps {
                waba_id: WABA_ID.into(),
                app_ids: vec![line.app.id.clone()],
            });
        },
        "waba_subscription",
        "waba_not_subscribed",
    ),
    (
        "the app has no webhook",
        |story, line| story.set_callback(CallbackOf::App, &line.app.id, None),
        |story, line| story.set_callback(CallbackOf::App, &line.app.id, Some(line.webhook_url.as_str())),
        "messages_field",
        "app_not_subscribed",
    ),
    (
        "the field messages is not ticked",
        |story, line| {
            story.set(Setting::Fields {
                app_id: line.app.id.clone(),
                fields: vec!["account_update".into()],
            });
        },
        |story, line| {
            story.set(Setting::Fields {
                app_id: line.app.id.clone(),
                fields: vec!["messages".into()],
            });
        },
        "messages_field",
        "messages_not_subscribed",
    ),
    (
        "the app calls somebody else",
        |story, line| story.set_callback(CallbackOf::App, &line.app.id, Some(OTHER)),
        |story, line| story.set_callback(CallbackOf::App, &line.app.id, Some(line.webhook_url.as_str())),
        "callback",
        "callback_elsewhere",
    ),
    (
        "the WABA has an override",
        |story, _| story.set_callback(CallbackOf::Waba, WABA_ID, Some(OTHER)),
        |story, _| story.set_callback(CallbackOf::Waba, WABA_ID, None),
        "callback",
        "callback_elsewhere",
    ),
    (
        "the number has an override",
        |story, line| story.set_callback(CallbackOf::Number, &line.phone_number_id, Some(OTHER)),
        |story, line| story.set_callback(CallbackOf::Number, &line.phone_number_id, None),
        "callback",
        "callback_elsewhere",
    ),
    (
        "our clock is slow",
        |story, _| story.set(Setting::Clock { ahead_seconds: 301 }),
        |story, _| story.set(Setting::Clock { ahead_seconds: 0 }),
        "clock_skew",
        "clock_wrong",
    ),
    (
        "our clock is fast",
        |story, _| {
            story.set(Setting::Clock { ahead_seconds: -3600 });
        },
        |story, _| story.set(Setting::Clock { ahead_seconds: 0 }),
        "clock_skew",
        "clock_wrong",
    ),
];

async fn every_situation_has_its_one_finding(story: &Story) {
    let line = story.long_connected().await;
    let mut seen_places = Vec::new();
    for (name, change, restore, check, seen) in SITUATIONS {
        change(story, &line);
        let found = story.examine(&line).await;
        assert_eq!(bad(&found), [(*check, *seen)], "{name}");
        if *seen == "callback_elsewhere" {
            seen_places.push(of(&found, "callback")["seen"]["place"].clone());
            assert_eq!(of(&found, "callback")["seen"]["url"], OTHER);
        }
        restore(story, &line);
        let found = story.examine(&line).await;
        assert!(bad(&found).is_empty(), "after {name}: {:?}", bad(&found));
    }
    assert_eq!(seen_places, ["app", "waba", "number"]);
    println!("{} situations", SITUATIONS.len());
}
