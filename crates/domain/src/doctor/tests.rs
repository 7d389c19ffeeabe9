//! The situations that administrators get stuck in. Each changes one thing in a healthy channel and must give exactly
//! the finding that names it.

use super::*;
use crate::{file::FileWay, time::Timestamp};
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_seconds(1_795_341_600);
const OURS: &str = "https://pbx.example/webhooks/whatsapp/a";
const KINS: &str = "https://pbx.example/webhooks/whatsapp/b";
const OTHER: &str = "https://other.example/hook";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// A healthy channel.
fn well() -> Evidence {
    Evidence {
        now: NOW,
        public_url: "https://pbx.example/".into(),
        reach: Reach::Ours,
        webhook_url: OURS.into(),
        kin: vec![Kin {
            name: "Sales".into(),
            webhook_url: KINS.into(),
        }],
        has_access_token: true,
        has_app_secret: true,
        phone_number: text("+420800555011"),
        phone_number_id: text("300"),
        waba_id: text("200"),
        handshake_at: Some(NOW.minus(DAY * 30)),
        app_verified_at: Some(NOW.minus(DAY * 30)),
        last_inbound_at: Some(NOW.minus(DAY * 3)),
        last_status_at: Some(NOW.minus(DAY * 3)),
        signature_failures: 0,
        signature_failed_at: None,
        token: Probe::Seen(token()),
        app_id: text("100"),
        app_secret: Probe::Seen(AppSecret::Right),
        number: Probe::Seen(number()),
        waba: Probe::Seen(WabaSubscription {
            app_ids: vec!["99".into(), "100".into()],
        }),
        waba_numbers: Probe::Seen(vec!["299".into(), "300".into()]),
        app: Probe::Seen(Some(app())),
        clock_ahead: Some(-2),
        destination: Taker::Ready,
        fallback: Taker::NotChosen,
        webhooks_blocked: false,
        files_blocked: false,
        file_link: None,
        files: Vec::new(),
        payment_refused_at: None,
    }
}

fn token() -> TokenSeen {
    TokenSeen {
        app_id: text("100"),
        kind: text("SYSTEM_USER"),
        valid: true,
        expires_at: None,
        scopes: vec![
            "whatsapp_business_management".into(),
            "whatsapp_business_messaging".into(),
        ],
        wabas: Vec::new(),
        error: None,
    }
}

fn number() -> NumberSeen {
    NumberSeen {
        display: text("+420 800 555 011"),
        verified_name: text("Support"),
        platform: text("CLOUD_API"),
        status: text("CONNECTED"),
        quality: text("GREEN"),
        throughput: text("STANDARD"),
        callback_of_number: None,
        callback_of_waba: None,
        callback_of_app: text(OURS),
    }
}

fn app() -> AppSubscription {
    AppSubscription {
        callback_url: OURS.into(),
        fields: vec!["messages".into()],
        active: true,
    }
}

fn refused<T>(code: i64, subcode: Option<i64>, message: &str) -> Probe<T> {
    Probe::Refused {
        code,
        subcode,
        message: message.into(),
    }
}

fn unseen<T>() -> Probe<T> {
    refused(100, Some(33), "Unsupported get request. Object does not exist")
}

/// Meta refuses the token: every question ends with this error.
fn token_refused(evidence: &mut Evidence, subcode: Option<i64>, message: &str) {
    evidence.token = refused(190, subcode, message);
    evidence.number = refused(190, subcode, message);
    evidence.waba = refused(190, subcode, message);
    evidence.waba_numbers = refused(190, subcode, message);
    evidence.app_id = None;
    evidence.app_secret = Probe::NotAsked;
    evidence.app = Probe::NotAsked;
}

fn silent(evidence: &mut Evidence) {
    fn down<T>() -> Probe<T> {
        Probe::Down {
            why: "timed out".into(),
        }
    }
    evidence.token = down();
    evidence.number = down();
    evidence.waba = down();
    evidence.waba_numbers = down();
    evidence.app_secret = Probe::NotAsked;
    evidence.app = Probe::NotAsked;
    evidence.clock_ahead = None;
}

fn see_number(change: impl FnOnce(&mut NumberSeen)) -> Probe<NumberSeen> {
    let mut seen = number();
    change(&mut seen);
    Probe::Seen(seen)
}

fn see_token(change: impl FnOnce(&mut TokenSeen)) -> Probe<TokenSeen> {
    let mut seen = token();
    change(&mut seen);
    Probe::Seen(seen)
}

fn elsewhere(place: Place) -> Seen {
    Seen::CallbackElsewhere {
        place,
        url: OTHER.into(),
    }
}

fn lacking(names: &[&str]) -> Seen {
    Seen::PermissionsMissing {
        names: names.iter().map(|name| (*name).to_owned()).collect(),
    }
}

fn unreachable() -> Reach {
    Reach::Unreachable {
        why: "no route".into(),
    }
}

type Situation = (&'static str, Box<dyn Fn(&mut Evidence)>, Check, Seen);

fn situation(
    name: &'static str,
    change: impl Fn(&mut Evidence) + 'static,
    check: Check,
    seen: Seen,
) -> Situation {
    (name, Box::new(change), check, seen)
}

fn situations() -> Vec<Situation> {
    vec![
        situation(
            "no token yet",
            |e| {
                e.has_access_token = false;
                e.token = Probe::NotAsked;
                e.number = Probe::NotAsked;
                e.waba = Probe::NotAsked;
                e.app_secret = Probe::NotAsked;
                e.app = Probe::NotAsked;
                e.handshake_at = None;
                e.last_inbound_at = None;
            },
            Check::Token,
            Seen::Missing,
        ),
        situation(
            "a token cut short",
            |e| token_refused(e, None, "Invalid OAuth access token - Cannot parse access token"),
            Check::Token,
            Seen::TokenMalformed,
        ),
        situation(
            "a token that is none",
            |e| token_refused(e, None, "Malformed access token EAAG x"),
            Check::Token,
            Seen::TokenMalformed,
        ),
        situation(
            "a token that has expired",
            |e| token_refused(e, Some(463), "Error validating access token"),
            Check::Token,
            Seen::TokenExpired,
        ),
        situation(
            "the same without a subcode",
            |e| {
                token_refused(
                    e,
                    None,
                    "Error validating access token: Session has expired on Friday",
                )
            },
            Check::Token,
            Seen::TokenExpired,
        ),
        situation(
            "a token that was revoked",
            |e| {
                token_refused(
                    e,
                    Some(467),
                    "The session is invalid because the user logged out.",
                )
            },
            Check::Token,
            Seen::TokenRevoked,
        ),
        situation(
            "its user changed the password",
            |e| token_refused(e, Some(460), "The session has been invalidated"),
            Check::Token,
            Seen::TokenRevoked,
        ),
        situation(
            "revoked, and the app can still tell",
            |e| {
                token_refused(e, Some(467), "");
                e.token = see_token(|token| {
                    token.valid = false;
                    token.error = Some((190, Some(467), "The session is invalid".into()));
                });
                e.app_id = text("100");
                e.app_secret = Probe::Seen(AppSecret::Right);
                e.app = Probe::Seen(Some(app()));
            },
            Check::Token,
            Seen::TokenRevoked,
        ),
        situation(
            "Meta refuses the token in a new way",
            |e| token_refused(e, None, "Something new"),
            Check::Token,
            Seen::MetaSays {
                code: 190,
                message: "Something new".into(),
            },
        ),
        situation(
            "the dashboard's token",
            |e| {
                e.token = see_token(|token| {
                    token.kind = text("USER");
                    token.expires_at = Some(NOW.plus(DAY));
                });
            },
            Check::TokenLifetime,
            Seen::TokenExpires { at: NOW.plus(DAY) },
        ),
        situation(
            "a token that may not look",
            |e| {
                e.token = see_token(|token| token.scopes.retain(|scope| scope.ends_with("messaging")));
                e.number = refused(10, None, "Application does not have permission for this action");
                e.waba = refused(10, None, "Application does not have permission for this action");
            },
            Check::Permissions,
            lacking(&["whatsapp_business_management"]),
        ),
        situation(
            "a token that may not send",
            |e| e.token = see_token(|token| token.scopes.retain(|scope| scope.ends_with("management"))),
            Check::Permissions,
            lacking(&["whatsapp_business_messaging"]),
        ),
        situation(
            "a token without permissions",
            |e| {
                e.token = see_token(|token| token.scopes.clear());
                e.number = refused(200, None, "Permissions error");
                e.waba = refused(200, None, "Permissions error");
            },
            Check::Permissions,
            lacking(&["whatsapp_business_messaging", "whatsapp_business_management"]),
        ),
        situation(
            "a token that says it is of another business",
            |e| {
                e.token = see_token(|token| token.wabas = vec!["999".into()]);
                e.number = unseen();
                e.waba = unseen();
            },
            Check::Number,
            Seen::AnotherBusiness,
        ),
        situation(
            "a token that sees neither the number nor its account",
            |e| {
                e.number = unseen();
                e.waba = unseen();
            },
            Check::Number,
            Seen::AnotherBusiness,
        ),
        situation(
            "no app secret yet",
            |e| {
                e.has_app_secret = false;
                e.app_secret = Probe::NotAsked;
                e.app = Probe::NotAsked;
            },
            Check::AppSecret,
            Seen::Missing,
        ),
        situation(
            "the app secret of another app",
            |e| {
                e.app_secret = Probe::Seen(AppSecret::Wrong);
                e.app = refused(190, None, "Invalid OAuth access token signature.");
                e.signature_failures = 9;
                e.signature_failed_at = Some(NOW);
            },
            Check::AppSecret,
            Seen::AppSecretWrong,
        ),
        situation(
            "a phone-number id with a slip",
            |e| {
                e.number = unseen();
                e.waba_numbers = Probe::Seen(vec!["299".into()]);
            },
            Check::Number,
            Seen::NumberUnknown,
        ),
        situation(
            "revoked, and the question about the token has no answer",
            |e| {
                silent(e);
                e.number = refused(190, Some(467), "The session is invalid");
            },
            Check::Token,
            Seen::TokenRevoked,
        ),
        situation(
            "a token that may not be inspected and may do nothing",
            |e| {
                e.token = refused(100, None, "You must provide an app access token");
                e.number = refused(200, None, "Permissions error");
                e.waba = refused(200, None, "Permissions error");
                e.app_id = None;
                e.app_secret = Probe::NotAsked;
                e.app = Probe::NotAsked;
            },
            Check::Token,
            Seen::MetaSays {
                code: 200,
                message: "Permissions error".into(),
            },
        ),
        situation(
            "the same without a WABA id",
            |e| {
                e.number = refused(100, None, "Unsupported get request");
                e.waba_id = None;
                e.waba = Probe::NotAsked;
            },
            Check::Number,
            Seen::NumberUnknown,
        ),
        situation(
            "no phone-number id yet",
            |e| {
                e.phone_number_id = None;
                e.number = Probe::NotAsked;
            },
            Check::Number,
            Seen::Missing,
        ),
        situation(
            "the id of another number",
            |e| e.number = see_number(|number| number.display = text("+420 800 555 999")),
            Check::Number,
            Seen::AnotherNumber {
                number: "+420 800 555 999".into(),
            },
        ),
        situation(
            "a number that is not registered",
            |e| {
                e.number = see_number(|number| {
                    number.platform = text("NOT_APPLICABLE");
                    number.status = text("PENDING");
                });
            },
            Check::Registration,
            Seen::NotRegistered,
        ),
        situation(
            "a number that is not connected",
            |e| e.number = see_number(|number| number.status = text("DISCONNECTED")),
            Check::Connection,
            Seen::NotConnected {
                status: "DISCONNECTED".into(),
            },
        ),
        situation(
            "customers complain",
            |e| e.number = see_number(|number| number.quality = text("RED")),
            Check::Quality,
            Seen::QualityLow { rating: "RED".into() },
        ),
        situation(
            "the WABA id has a slip",
            |e| e.waba = unseen(),
            Check::WabaSubscription,
            Seen::WabaUnknown,
        ),
        situation(
            "the WABA id of another account that the token sees",
            |e| {
                e.waba_numbers = Probe::Seen(vec!["299".into()]);
                e.waba = Probe::Seen(WabaSubscription::default());
            },
            Check::WabaSubscription,
            Seen::NumberNotInWaba,
        ),
        situation(
            "the most forgotten step",
            |e| e.waba = Probe::Seen(WabaSubscription::default()),
            Check::WabaSubscription,
            Seen::WabaNotSubscribed,
        ),
        situation(
            "another app is subscribed instead",
            |e| {
                e.waba = Probe::Seen(WabaSubscription {
                    app_ids: vec!["99".into()],
                });
            },
            Check::WabaSubscription,
            Seen::WabaNotSubscribed,
        ),
        situation(
            "the app has no webhook",
            |e| {
                e.app = Probe::Seen(None);
                e.number = see_number(|number| number.callback_of_app = None);
                e.handshake_at = None;
                e.last_inbound_at = None;
            },
            Check::MessagesField,
            Seen::AppNotSubscribed,
        ),
        situation(
            "the field messages is not ticked",
            |e| {
                e.app = Probe::Seen(Some(AppSubscription {
                    fields: vec!["account_update".into()],
                    ..app()
                }));
            },
            Check::MessagesField,
            Seen::MessagesNotSubscribed {
                fields: vec!["account_update".into()],
            },
        ),
        situation(
            "the app calls somebody else",
            |e| {
                e.app = Probe::Seen(Some(AppSubscription {
                    callback_url: OTHER.into(),
                    ..app()
                }));
                e.number = see_number(|number| number.callback_of_app = text(OTHER));
            },
            Check::Callback,
            elsewhere(Place::App),
        ),
        situation(
            "the WABA has an override",
            |e| e.number = see_number(|number| number.callback_of_waba = text(OTHER)),
            Check::Callback,
            elsewhere(Place::Waba),
        ),
        situation(
            "the number has an override",
            |e| e.number = see_number(|number| number.callback_of_number = text(OTHER)),
            Check::Callback,
            elsewhere(Place::Number),
        ),
        situation(
            "only the number can tell the callback",
            |e| {
                e.app = refused(200, None, "no");
                e.number = see_number(|number| number.callback_of_app = text(OTHER));
            },
            Check::Callback,
            elsewhere(Place::App),
        ),
        situation(
            "no handshake yet",
            |e| {
                e.app = refused(200, None, "no");
                e.number = see_number(|number| number.callback_of_app = None);
                e.handshake_at = None;
                e.last_inbound_at = None;
            },
            Check::Webhook,
            Seen::Never,
        ),
        situation(
            "deliveries of an app that is not ours",
            |e| {
                e.signature_failures = 3;
                e.signature_failed_at = Some(NOW);
            },
            Check::Signature,
            Seen::SignaturesWrong { count: 3, last: NOW },
        ),
        situation(
            "a clock that is fast",
            |e| e.clock_ahead = Some(301),
            Check::ClockSkew,
            Seen::ClockWrong { seconds: 301 },
        ),
        situation(
            "a clock that is slow",
            |e| e.clock_ahead = Some(-4000),
            Check::ClockSkew,
            Seen::ClockWrong { seconds: -4000 },
        ),
        situation(
            "nowhere to go",
            |e| e.destination = Taker::NotChosen,
            Check::Destination,
            Seen::Missing,
        ),
        situation(
            "the destination is gone",
            |e| e.destination = Taker::Disabled,
            Check::Destination,
            Seen::DestinationDisabled { fallback: false },
        ),
        situation(
            "a queue without anybody in it",
            |e| {
                e.destination = Taker::Empty;
                e.fallback = Taker::Ready;
            },
            Check::Destination,
            Seen::DestinationEmpty { fallback: false },
        ),
        situation(
            "nobody is in the queue that takes over",
            |e| {
                e.destination = Taker::Disabled;
                e.fallback = Taker::Empty;
            },
            Check::Destination,
            Seen::DestinationEmpty { fallback: true },
        ),
        situation(
            "Meta is shut out",
            |e| e.webhooks_blocked = true,
            Check::Countries,
            Seen::CountriesBlocked {
                webhooks: true,
                files: false,
            },
        ),
        situation(
            "not https",
            |e| e.public_url = "http://pbx.example/".into(),
            Check::PublicUrl,
            Seen::NotHttps {
                url: "http://pbx.example/".into(),
            },
        ),
        situation(
            "an underscore",
            |e| e.public_url = "https://my_pbx.example:8443/x".into(),
            Check::PublicUrl,
            Seen::Underscore {
                host: "my_pbx.example".into(),
            },
        ),
        situation(
            "somebody else answers",
            |e| e.reach = Reach::NotUs { status: 404 },
            Check::PublicUrl,
            Seen::NotUs { status: 404 },
        ),
        situation(
            "a certificate of our own making",
            |e| {
                e.reach = Reach::BadCertificate {
                    why: "UnknownIssuer".into(),
                };
            },
            Check::PublicUrl,
            Seen::BadCertificate {
                why: "UnknownIssuer".into(),
            },
        ),
        situation(
            "nobody answers, and Meta has not called for days",
            |e| e.reach = unreachable(),
            Check::PublicUrl,
            Seen::Unreachable {
                why: "no route".into(),
            },
        ),
    ]
}

#[test]
fn a_channel_that_is_well_has_nothing_bad_and_nothing_unknown() {
    for finding in diagnose(&well()) {
        assert_eq!(finding.state, State::Good, "{finding:?}");
        assert_eq!(finding.at, NOW);
    }
}

#[test]
fn each_situation_has_its_one_finding() {
    for (name, change, check, seen) in situations() {
        let mut evidence = well();
        change(&mut evidence);
        let found = diagnose(&evidence);
        let bad: Vec<(Check, &Seen)> = found
            .iter()
            .filter(|finding| finding.state == State::Bad)
            .map(|finding| (finding.check, &finding.seen))
            .collect();
        assert_eq!(bad, [(check, &seen)], "{name}");
    }
}

#[test]
fn what_depends_on_a_failed_check_names_it() {
    for (name, change, ..) in situations() {
        let mut evidence = well();
        change(&mut evidence);
        let found = diagnose(&evidence);
        for finding in &found {
            let Seen::After { check: first } = finding.seen else {
                continue;
            };
            let first = found.iter().find(|other| other.check == first).unwrap();
            assert_ne!(first.state, State::Good, "{name}: {finding:?}");
            assert_eq!(finding.state, State::Unknown, "{name}: {finding:?}");
        }
    }
}

fn state(evidence: &Evidence, check: Check) -> State {
    let found = diagnose(evidence);
    found.iter().find(|finding| finding.check == check).unwrap().state
}

#[test]
fn what_is_worth_knowing_is_no_fault() {
    let notices: [(Check, Evidence); 8] = [
        (
            Check::Files,
            Evidence {
                file_link: Some(Reach::Ours),
                files: vec![FilesSent {
                    way: FileWay::Link,
                    failed: 3,
                    of: 6,
                }],
                ..well()
            },
        ),
        (
            Check::PublicUrl,
            Evidence {
                public_url: "http://127.0.0.1:3000/".into(),
                ..well()
            },
        ),
        (
            Check::PublicUrl,
            Evidence {
                reach: unreachable(),
                last_inbound_at: Some(NOW.minus(DAY / 2)),
                ..well()
            },
        ),
        (
            Check::PublicUrl,
            Evidence {
                public_url: "http://[::1]:3000".into(),
                ..well()
            },
        ),
        (
            Check::TokenLifetime,
            Evidence {
                token: see_token(|token| token.expires_at = Some(NOW.plus(DAY * 60))),
                ..well()
            },
        ),
        (
            Check::Quality,
            Evidence {
                number: see_number(|number| number.quality = text("YELLOW")),
                ..well()
            },
        ),
        (
            Check::Signature,
            Evidence {
                signature_failures: 1,
                signature_failed_at: Some(NOW),
                ..well()
            },
        ),
        (
            Check::Destination,
            Evidence {
                destination: Taker::Disabled,
                fallback: Taker::Ready,
                ..well()
            },
        ),
    ];
    for (check, evidence) in notices {
        assert_eq!(state(&evidence, check), State::Notice, "{check:?}");
        let found = diagnose(&evidence);
        assert!(
            found.iter().all(|finding| finding.state != State::Bad),
            "{found:?}"
        );
    }
}

/// Meta lets only an app's developers inspect some tokens; the tokens work all the same.
#[test]
fn a_token_that_may_not_be_inspected_is_judged_by_what_it_does() {
    let evidence = Evidence {
        token: refused(100, None, "You must provide an app access token"),
        app_id: None,
        app_secret: Probe::NotAsked,
        app: Probe::NotAsked,
        ..well()
    };
    assert_eq!(state(&evidence, Check::Token), State::Good);
    assert_eq!(state(&evidence, Check::Permissions), State::Unknown);
    assert_eq!(state(&evidence, Check::Number), State::Good);
    let found = diagnose(&evidence);
    assert!(
        found.iter().all(|finding| finding.state != State::Bad),
        "{found:?}"
    );
}

/// Meta has one address for the app, which may be another channel's. That works, but is worth a notice.
#[test]
fn the_address_of_another_channel_of_the_app_is_not_ones_own() {
    let of_kin = |delivered_at| Evidence {
        app: Probe::Seen(Some(AppSubscription {
            callback_url: KINS.into(),
            ..app()
        })),
        number: see_number(|number| number.callback_of_app = text(KINS)),
        handshake_at: None,
        last_inbound_at: delivered_at,
        ..well()
    };
    let kin = |delivered_at| Seen::KinCalled {
        channel: "Sales".into(),
        delivered_at,
    };
    for delivered_at in [None, Some(NOW)] {
        let found = diagnose(&of_kin(delivered_at));
        let of = |check: Check| found.iter().find(|finding| finding.check == check).unwrap();
        assert_eq!(of(Check::Callback).state, State::Notice);
        assert_eq!(of(Check::Webhook).state, State::Notice);
        assert_eq!(of(Check::Webhook).seen, kin(delivered_at));
        assert_eq!(trouble(&found), Some(of(Check::Webhook)));
        assert!(
            found.iter().all(|finding| finding.state != State::Bad),
            "{found:?}"
        );
    }
}

/// While Meta does not answer, it is unknown whose address it calls. Deliveries by another channel's address prove
/// neither that this channel's address was called nor that it never will be.
#[test]
fn silence_does_not_make_anothers_address_ones_own() {
    for delivered_at in [None, Some(NOW)] {
        let mut evidence = Evidence {
            handshake_at: None,
            last_inbound_at: delivered_at,
            ..well()
        };
        silent(&mut evidence);
        let found = diagnose(&evidence).into_iter();
        let webhook = found.into_iter().find(|finding| finding.check == Check::Webhook);
        let webhook = webhook.unwrap();
        assert_eq!(
            (webhook.state, webhook.seen),
            (
                State::Unknown,
                Seen::After {
                    check: Check::Callback
                }
            )
        );
        // Nor does a fault of the server that is found meanwhile.
        evidence.reach = Reach::NotUs { status: 404 };
        assert_ne!(state(&evidence, Check::Webhook), State::Good);
        evidence.reach = Reach::Ours;
        // Without another channel, the delivery can only have come to the channel's own address.
        evidence.kin.clear();
        let alone = delivered_at.map_or(State::Bad, |_| State::Good);
        assert_eq!(state(&evidence, Check::Webhook), alone);
    }
}

/// Between Meta's handshake and Meta's saving of the address, the doctor raises no alarm.
#[test]
fn what_meta_has_not_stored_yet_is_no_fault() {
    let mut checked = 0;
    for (name, change, check, seen) in situations() {
        if !matches!(
            check,
            Check::WabaSubscription | Check::MessagesField | Check::Callback
        ) {
            continue;
        }
        let mut evidence = well();
        change(&mut evidence);
        evidence.app_verified_at = Some(NOW.minus(Duration::from_millis(2_999)));
        let found = diagnose(&evidence);
        let slips = matches!(
            seen,
            Seen::WabaUnknown | Seen::NumberNotInWaba | Seen::MetaSays { .. }
        );
        let expected = if slips { State::Bad } else { State::Unknown };
        assert_eq!(state(&evidence, check), expected, "{name}: {found:?}");
        evidence.app_verified_at = Some(NOW.minus(SETTLING));
        assert_eq!(state(&evidence, check), State::Bad, "{name}");
        checked += 1;
    }
    assert!(checked >= 6, "{checked}");
}

/// Nothing comes in: that is more than degraded.
#[test]
fn what_cuts_a_channel_off_is_told_from_what_degrades_it() {
    let cut_off: Vec<&str> = situations()
        .into_iter()
        .filter(|(.., seen)| cuts_off(seen))
        .map(|(name, ..)| name)
        .collect();
    for name in [
        "a phone-number id with a slip",
        "another app is subscribed instead",
        "the app has no webhook",
        "the field messages is not ticked",
        "the app calls somebody else",
        "the WABA has an override",
        "the number has an override",
        "Meta is shut out",
    ] {
        assert!(cut_off.contains(&name), "{name}");
    }
    for name in [
        "a clock that is fast",
        "a queue without anybody in it",
        "deliveries of an app that is not ours",
    ] {
        assert!(!cut_off.contains(&name), "{name}");
    }
}

#[test]
fn one_question_without_an_answer_says_nothing_of_the_rest() {
    let evidence = Evidence {
        number: Probe::Down {
            why: "timed out".into(),
        },
        ..well()
    };
    let found = diagnose(&evidence);
    assert!(
        found.iter().all(|finding| finding.state != State::Bad),
        "{found:?}"
    );
    let number = found
        .iter()
        .find(|finding| finding.check == Check::Number)
        .unwrap();
    assert!(matches!(number.seen, Seen::MetaUnreachable { .. }));
}

/// A temporary outage at Meta is not a finding against the channel, and proves nothing that was not seen.
#[test]
fn silence_is_no_fault() {
    let mut evidence = well();
    silent(&mut evidence);
    let found = diagnose(&evidence);
    assert!(
        found.iter().all(|finding| finding.state != State::Bad),
        "{found:?}"
    );
    let token = found
        .iter()
        .find(|finding| finding.check == Check::Token)
        .unwrap();
    assert_eq!(token.state, State::Notice);
    assert!(matches!(token.seen, Seen::MetaUnreachable { .. }));
    for check in [
        Check::Permissions,
        Check::AppSecret,
        Check::Number,
        Check::WabaSubscription,
    ] {
        assert_eq!(state(&evidence, check), State::Unknown, "{check:?}");
    }
}

/// Only the question about the token has no answer; the number, read with the token, proves that it works.
#[test]
fn a_token_that_opens_the_number_works() {
    let evidence = Evidence {
        token: Probe::Down {
            why: "timed out".into(),
        },
        ..well()
    };
    assert_eq!(state(&evidence, Check::Token), State::Good);
    assert_eq!(state(&evidence, Check::Permissions), State::Unknown);
    assert_eq!(state(&evidence, Check::Number), State::Good);
}

/// The token may send but not read, and the question about the token has no answer.
#[test]
fn a_refusal_to_look_is_no_judgement_while_meta_is_silent() {
    let mut evidence = well();
    silent(&mut evidence);
    evidence.number = refused(10, None, "Application does not have permission for this action");
    let found = diagnose(&evidence);
    assert!(
        found.iter().all(|finding| finding.state != State::Bad),
        "{found:?}"
    );
    assert_eq!(state(&evidence, Check::Token), State::Notice);
}

#[test]
fn an_error_that_is_not_about_the_token_does_not_judge_it() {
    let mut evidence = well();
    silent(&mut evidence);
    evidence.token = refused(613, None, "Calls to this api have exceeded the rate limit.");
    assert_eq!(state(&evidence, Check::Token), State::Unknown);
}

#[test]
fn silence_and_empty_fields_do_not_degrade() {
    let wrong = |e: &Evidence| {
        let found = diagnose(e).into_iter();
        let bad = found.filter(|finding| finding.state == State::Bad);
        bad.map(|finding| (finding.check, finding.seen))
            .collect::<Vec<_>>()
    };
    for (name, change, check, _) in situations() {
        let mut evidence = well();
        change(&mut evidence);
        let badge_of_its_own = matches!(check, Check::Token | Check::PublicUrl)
            || [
                "no app secret yet",
                "no phone-number id yet",
                "nowhere to go",
                "no handshake yet",
            ]
            .contains(&name);
        let expected = if badge_of_its_own { vec![] } else { vec![check] };
        assert_eq!(degrading(&wrong(&evidence)), expected, "{name}");
    }
}

#[test]
fn findings_are_kept_as_json() {
    for (name, change, ..) in situations() {
        let mut evidence = well();
        change(&mut evidence);
        for finding in diagnose(&evidence) {
            let json = serde_json::to_string(&finding.seen).unwrap();
            assert_eq!(
                serde_json::from_str::<Seen>(&json).unwrap(),
                finding.seen,
                "{name}"
            );
            assert_eq!(finding.check.as_str().parse(), Ok(finding.check));
        }
    }
}
