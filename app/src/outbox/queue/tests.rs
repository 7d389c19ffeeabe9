use super::*;
use domain::{message::content::Media, refusal::Refusal, time::Timestamp};

fn session(n: u8) -> SessionId {
    format!("00000000-0000-0000-0000-0000000000{n:02}")
        .parse()
        .unwrap()
}

fn reply(n: u8, key: &str) -> OnItsWay {
    let text = Some(Content::text_of(key));
    OnItsWay::new(session(n), key.into(), text, Timestamp::from_millis(0))
}

fn file(n: u8, key: &str, group: &str) -> OnItsWay {
    OnItsWay {
        content: None,
        group: Some(group.to_owned()),
        ..reply(n, key)
    }
}

fn text_with(n: u8, key: &str, group: &str) -> OnItsWay {
    OnItsWay {
        group: Some(group.to_owned()),
        ..reply(n, key)
    }
}

fn key<'a>(waiting: &'a [OnItsWay], resting: &[SessionId]) -> Option<&'a str> {
    next(waiting, resting).map(|reply| reply.key.as_str())
}

fn keys(waiting: &[OnItsWay]) -> Vec<&str> {
    waiting.iter().map(|reply| reply.key.as_str()).collect()
}

fn captions(waiting: &[OnItsWay]) -> Vec<Option<&str>> {
    let media = |reply: &'_ OnItsWay| {
        reply
            .content
            .as_ref()
            .is_some_and(|content| content.media().is_some())
    };
    let files = waiting.iter().filter(|reply| media(reply));
    files.map(OnItsWay::words).collect()
}

#[test]
fn a_reply_over_which_the_process_breaks_holds_its_own_session_only() {
    let waiting = [reply(1, "a"), reply(1, "b"), reply(2, "c")];
    assert_eq!(key(&waiting, &[]), Some("a"));
    assert_eq!(key(&waiting, &[session(1)]), Some("c"), "and never b before a");
    assert_eq!(key(&waiting, &[session(1), session(2)]), None);
}

#[test]
fn nothing_overtakes_a_file_in_its_session() {
    let mut waiting = vec![
        reply(1, "before"),
        file(1, "file", "g"),
        reply(1, "after"),
        reply(2, "other"),
    ];
    assert_eq!(key(&waiting, &[]), Some("before"));
    waiting.remove(0);
    assert_eq!(key(&waiting, &[]), Some("other"));
    let mut withdrew = waiting.clone();
    withdrawn(&mut withdrew, "file");
    assert_eq!(keys(&withdrew), ["after", "other"]);
    assert_eq!(
        uploaded(&mut waiting, "file", Content::Audio(Media::default())),
        None
    );
    assert_eq!(key(&waiting, &[]), Some("file"));
    assert_eq!(
        uploaded(&mut waiting, "removed meanwhile", Content::text_of("x")),
        None
    );
}

#[test]
fn the_text_written_with_files_is_the_caption_of_the_first_one_that_is_sent() {
    let group = || {
        vec![
            file(1, "a", "g"),
            file(1, "b", "g"),
            text_with(1, "text", "g"),
            reply(1, "later"),
        ]
    };
    let image = || Content::Image(Media::default());

    let mut waiting = group();
    assert_eq!(uploaded(&mut waiting, "a", image()).as_deref(), Some("text"));
    assert_eq!(uploaded(&mut waiting, "b", image()), None);
    assert_eq!(
        (keys(&waiting), captions(&waiting)),
        (vec!["a", "b", "later"], vec![Some("text"), None])
    );

    // The first one is no file with a caption: the text follows all of them.
    let mut waiting = group();
    assert_eq!(
        uploaded(&mut waiting, "a", Content::Audio(Media::default())),
        None
    );
    assert_eq!(uploaded(&mut waiting, "b", image()), None);
    assert_eq!(
        (keys(&waiting), captions(&waiting)),
        (vec!["a", "b", "text", "later"], vec![None, None])
    );

    // It has a caption of its own, or the text is too long for one.
    let own = Content::Video(Media {
        caption: Some("own".into()),
        ..Media::default()
    });
    let mut waiting = group();
    assert_eq!(uploaded(&mut waiting, "a", own), None);
    assert_eq!(captions(&waiting), [Some("own")]);
    let mut waiting = group();
    waiting[2].content = Some(Content::text_of(&"x".repeat(1025)));
    assert_eq!(
        uploaded(&mut waiting, "a", Content::Document(Media::default())),
        None
    );
    assert_eq!(keys(&waiting), ["a", "b", "text", "later"]);

    // The first one is removed: the next one has its quote and the text.
    let mut waiting = group();
    waiting[0].answers = Some("wamid.1".into());
    withdrawn(&mut waiting, "a");
    assert_eq!(uploaded(&mut waiting, "b", image()).as_deref(), Some("text"));
    assert_eq!(
        (waiting[0].answers.as_deref(), captions(&waiting)),
        (Some("wamid.1"), vec![Some("text")])
    );
    // All are removed: the text has the quote.
    let mut waiting = vec![file(1, "a", "g"), text_with(1, "text", "g")];
    waiting[0].answers = Some("wamid.1".into());
    withdrawn(&mut waiting, "a");
    assert_eq!(waiting[0].answers.as_deref(), Some("wamid.1"));
    assert_eq!(key(&waiting, &[]), Some("text"));
}

#[test]
fn after_a_few_breaks_it_is_said() {
    let mut waiting = [reply(1, "a"), reply(1, "b")];
    let stuck: Vec<_> = (0..4).map(|_| broke_over(&mut waiting, "a")).collect();
    assert_eq!(stuck, [false, false, true, true]);
    assert!(waiting[0].stuck() && !waiting[1].stuck());
    assert!(!broke_over(&mut waiting, "gone"));
}

#[test]
fn only_what_is_about_this_reply_lets_others_go() {
    let internal = ApiError::Internal {
        reference: "r".into(),
    };
    for (why, then) in [
        (ApiError::Transport("away".into()), Then::AllWait),
        (ApiError::SignIn, Then::AllWait),
        (internal, Then::SessionWaits),
        (ApiError::Malformed, Then::Back),
        (ApiError::Refused(Refusal::SessionClosed), Then::Back),
    ] {
        assert_eq!(after(&why), then, "{why:?}");
    }
}

#[test]
fn what_was_kept_comes_first_and_nothing_twice() {
    let all = joined(
        vec![reply(1, "a"), reply(1, "b")],
        vec![reply(1, "b"), reply(1, "c")],
    );
    assert_eq!(keys(&all), ["a", "b", "c"]);
}
