use super::*;
use crate::pages::inbox::thread::divider::divider;
use domain::{
    ids::{ChannelId, ContactId, LineId, SessionId},
    message::{Failure, Marks, content::Content},
    refs::{ChannelRef, ContactRef},
    session::{May, SessionRow, State, Stretch},
};

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(n: u8) -> T {
    format!("00000000-0000-0000-0000-0000000000{n:02}")
        .parse()
        .unwrap()
}

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_seconds(minutes * 60)
}

pub fn message(n: u8, direction: Direction, minutes: i64) -> MessageView {
    MessageView {
        id: id(n),
        direction,
        kind: "text".into(),
        text: Some(n.to_string()),
        at: at(minutes),
        status: None,
        failure: None,
        waits: None,
        author: None,
        by_token: false,
        wamid: None,
        retry_of: None,
        about: None,
        marks: Marks::default(),
        content: None,
        phone: false,
    }
}

pub fn thread(unread: u32, messages: Vec<MessageView>, timeline: Vec<SessionEvent>) -> Thread {
    Thread {
        position: domain::position::Position::default(),
        session: SessionRow {
            id: id::<SessionId>(1),
            state: State::Waiting,
            contact: ContactRef {
                id: id::<ContactId>(2),
                label: "K".into(),
                alias: None,
                profile_name: None,
                number: None,
                username: None,
            },
            channel: ChannelRef {
                id: id::<ChannelId>(3),
                name: "C".into(),
            },
            queue: None,
            owner: None,
            unread,
            last_message: None,
            last_message_at: at(0),
            window_closes_at: None,
            opened_at: at(0),
            closed_at: None,
            waiting_since: None,
            snoozed_until: None,
            group: false,
            labels: Vec::new(),
        },
        messages,
        whole: true,
        earlier: vec![],
        above: None,
        cut: false,
        first_unread: None,
        changed_above: vec![],
        timeline,
        past: vec![],
        may: May {
            shows_typing: false,
            pick_up: false,
            reply: Ok(()),
            reads: true,
            close: false,
            take_over: false,
            transfer: false,
            reopen: false,
            saves: false,
            snooze: false,
            block: false,
            erase: false,
        },
        blocked: None,
        templates: false,
        contact_block: None,
        contact_note: Default::default(),
        unsaved_note: None,
        merged: Default::default(),
    }
}

fn utc_day(at: Timestamp) -> i64 {
    at.millis().div_euclid(86_400_000)
}

/// One letter per line and `|` before each day, so that a whole layout reads at a glance.
fn sketch(days: &[Day]) -> String {
    let letter = |line: &Line| match line {
        Line::Unread(_) => 'U',
        Line::SessionEvent(_) => 'M',
        Line::Stray(_) => 'S',
        Line::Bubble { first: true, .. } => 'B',
        Line::Bubble { first: false, .. } => 'b',
        Line::OnItsWay { first: true, .. } => 'O',
        Line::OnItsWay { first: false, .. } => 'o',
    };
    let mut sketch = String::new();
    for day in days {
        sketch.push('|');
        sketch.extend(day.lines.iter().map(|(_, line)| letter(line)));
    }
    sketch
}

#[test]
fn bubbles_of_one_writer_are_grouped_until_somebody_else_writes_or_time_passes() {
    use Direction::{Inbound, Outbound};
    let thread = thread(
        0,
        vec![
            message(10, Inbound, 0),
            message(11, Inbound, 1),
            message(12, Outbound, 2),
            message(13, Inbound, 3),
            message(14, Inbound, 10),
        ],
        vec![],
    );
    assert_eq!(sketch(&lay_out(&thread, &[], None, utc_day)), "|BbBBB");
}

#[test]
fn a_new_day_begins_with_its_chip_and_never_twice() {
    use Direction::Inbound;
    let midnight = 24 * 60;
    let thread = thread(
        0,
        vec![
            message(10, Inbound, midnight - 1),
            message(11, Inbound, midnight),
            // Meta's clock ran behind.
            message(12, Inbound, midnight - 1),
        ],
        vec![],
    );
    assert_eq!(sketch(&lay_out(&thread, &[], None, utc_day)), "|B|Bb");
}

#[test]
fn moments_stand_where_they_happened() {
    let event = |minutes| SessionEvent {
        id: id::<LineId>(0),
        at: at(minutes),
        what: SessionEventKind::PickedUp,
        who: None,
        by: None,
        reason: None,
        mentions: Vec::new(),
    };
    let thread = thread(
        0,
        vec![
            message(10, Direction::Inbound, 1),
            message(11, Direction::Inbound, 2),
        ],
        vec![event(0), event(1), event(5)],
    );
    assert_eq!(sketch(&lay_out(&thread, &[], None, utc_day)), "|MMBbM");
}

#[test]
fn a_session_opens_before_its_first_message_though_meta_had_that_earlier() {
    let midnight = 24 * 60;
    let event = |what| SessionEvent {
        id: id::<LineId>(0),
        at: at(midnight),
        what,
        who: None,
        by: None,
        reason: None,
        mentions: Vec::new(),
    };
    let thread = thread(
        0,
        vec![
            message(10, Direction::Inbound, midnight - 1),
            message(11, Direction::Inbound, midnight + 1),
        ],
        vec![
            event(SessionEventKind::Opened),
            event(SessionEventKind::RoutedToQueue),
            event(SessionEventKind::PickedUp),
        ],
    );
    assert_eq!(sketch(&lay_out(&thread, &[], None, utc_day)), "|MMB|MB");
}

#[test]
fn the_unread_line_stands_before_the_first_unread_message() {
    let thread = Thread {
        first_unread: Some(id(11)),
        ..thread(
            2,
            vec![
                message(10, Direction::Inbound, 0),
                message(11, Direction::Inbound, 1),
                message(12, Direction::Outbound, 1),
                message(13, Direction::Inbound, 2),
            ],
            vec![],
        )
    };
    let divider = divider(&thread);
    assert_eq!(
        divider,
        Some(Divider {
            before: id(11),
            count: 2
        })
    );
    assert_eq!(sketch(&lay_out(&thread, &[], divider, utc_day)), "|BUBBB");
}

#[test]
fn what_failed_can_be_tried_again_once_and_only_by_who_may_answer() {
    let failed = |n| MessageView {
        status: Some(Status::Failed),
        ..message(n, Direction::Outbound, 0)
    };
    let again = MessageView {
        retry_of: Some(id(10)),
        ..message(12, Direction::Outbound, 1)
    };
    let retries = |thread: &Thread| {
        let days = lay_out(thread, &[], None, utc_day);
        let lines = days.iter().flat_map(|day| &day.lines);
        lines
            .map(|(_, line)| matches!(line, Line::Bubble { retry: true, .. }))
            .collect::<Vec<_>>()
    };
    let mut thread = thread(0, vec![failed(10), failed(11), again], vec![]);
    assert_eq!(retries(&thread), [false, true, false]);
    thread.may.reply = Err(domain::refusal::Refusal::SessionClosed);
    assert_eq!(retries(&thread), [false; 3]);
}

fn earlier(n: u8, messages: Vec<MessageView>, whole: bool) -> Stretch {
    Stretch {
        session: EarlierSession {
            id: id(n),
            channel: "C".into(),
            owner: None,
            opened_at: at(0),
            closed_at: Some(at(1)),
            group: false,
        },
        messages,
        whole,
        timeline: vec![SessionEvent {
            id: id::<LineId>(0),
            at: at(0),
            what: SessionEventKind::Opened,
            who: None,
            by: None,
            reason: None,
            mentions: Vec::new(),
        }],
    }
}

#[test]
fn a_session_begins_at_its_first_message_and_nowhere_else() {
    let opened = SessionEvent {
        id: id::<LineId>(0),
        at: at(0),
        what: SessionEventKind::Opened,
        who: None,
        by: None,
        reason: None,
        mentions: Vec::new(),
    };
    let mut thread = thread(0, vec![message(20, Direction::Inbound, 5)], vec![opened]);
    // Meta had the messages before the process opened the session, or after.
    for opened in [0, 10] {
        thread.timeline[0].at = at(opened);
        thread.whole = false;
        assert_eq!(sketch(&lay_out(&thread, &[], None, utc_day)), "|B");
        thread.whole = true;
        assert_eq!(sketch(&lay_out(&thread, &[], None, utc_day)), "|MB");
    }
}

#[test]
fn earlier_sessions_stand_above_and_say_where_they_begin() {
    let mut thread = thread(0, vec![message(20, Direction::Inbound, 5)], vec![]);
    let begins = |thread: &Thread| {
        let days = lay_out(thread, &[], None, utc_day);
        days.into_iter()
            .map(|day| day.begins.is_some())
            .collect::<Vec<_>>()
    };
    assert_eq!(begins(&thread), [false], "one alone needs no heading");
    thread.earlier = vec![earlier(7, vec![message(10, Direction::Inbound, 0)], false)];
    assert_eq!(sketch(&lay_out(&thread, &[], None, utc_day)), "|B|B");
    assert_eq!(begins(&thread), [false, true], "its beginning is not here yet");
    thread.earlier[0].whole = true;
    assert_eq!(sketch(&lay_out(&thread, &[], None, utc_day)), "|MB|B");
    assert_eq!(begins(&thread), [true, true]);
}

#[test]
fn within_one_second_moments_come_before_messages_and_the_close_after_them() {
    let event = |millis, what| SessionEvent {
        id: id::<LineId>(0),
        at: Timestamp::from_millis(millis),
        what,
        who: None,
        by: None,
        reason: None,
        mentions: Vec::new(),
    };
    let thread = thread(
        0,
        vec![
            message(11, Direction::Outbound, 1),
            // Arrived later, though its id is smaller: the process orders the messages.
            message(10, Direction::Inbound, 1),
        ],
        vec![
            event(60_900, SessionEventKind::PickedUp),
            event(60_950, SessionEventKind::Closed),
        ],
    );
    let days = lay_out(&thread, &[], None, utc_day);
    assert_eq!(sketch(&days), "|MBBM");
    let Line::Bubble { message, .. } = &days[0].lines[1].1 else {
        panic!("a bubble comes second");
    };
    assert_eq!(message.id, id(11));
}

#[test]
fn of_failures_in_a_row_only_the_last_tells_the_reason() {
    let failed = |n, code| MessageView {
        failure: Some(Failure::new(code, "t")),
        ..message(n, Direction::Outbound, 0)
    };
    let thread = thread(
        0,
        vec![failed(10, 131_026), failed(11, 131_026), failed(12, 131_047)],
        vec![],
    );
    let days = lay_out(&thread, &[], None, utc_day);
    let told_below = days[0]
        .lines
        .iter()
        .map(|(_, line)| matches!(line, Line::Bubble { told_below: true, .. }));
    assert_eq!(told_below.collect::<Vec<_>>(), [true, false, false]);
}

#[test]
fn what_is_on_its_way_comes_last() {
    let thread = thread(0, vec![message(10, Direction::Outbound, 0)], vec![]);
    let text =
        |key: &str, minutes| OnItsWay::new(id(1), key.into(), Some(Content::text_of("t")), at(minutes));
    let lines = lay_out(&thread, &[text("a", 1), text("b", 9)], None, utc_day);
    assert_eq!(sketch(&lines), "|BoO");

    // A file that is being uploaded is shown where it was attached; what follows it says that it waits.
    let file = OnItsWay::new(id(1), "f".into(), None, at(2));
    let lines = lay_out(&thread, &[text("a", 1), file, text("b", 9)], None, utc_day);
    assert_eq!(sketch(&lines), "|BoO");
    let waits = lines
        .iter()
        .flat_map(|day| &day.lines)
        .filter_map(|(_, line)| match line {
            Line::OnItsWay { behind, .. } => Some(*behind),
            _ => None,
        });
    assert_eq!(waits.collect::<Vec<_>>(), [false, true]);
}

#[test]
fn a_reaction_to_what_is_not_here_is_a_line() {
    let reaction = MessageView {
        kind: "reaction".into(),
        about: Some("wamid.old".into()),
        ..message(12, Direction::Inbound, 2)
    };
    let thread = thread(0, vec![message(10, Direction::Inbound, 0), reaction], vec![]);
    assert_eq!(sketch(&lay_out(&thread, &[], None, utc_day)), "|BS");
}

#[test]
fn what_was_said_in_a_group_is_marked_as_far_as_it_is_shown() {
    let mut thread = thread(0, vec![message(3, Direction::Inbound, 9)], vec![]);
    let mut in_group = earlier(5, vec![message(1, Direction::Inbound, 1)], false);
    in_group.session.group = true;
    thread.earlier = vec![in_group.clone()];
    let begins = |thread: &Thread| {
        let days = lay_out(thread, &[], None, |_| 0);
        days.into_iter().map(|day| day.begins).collect::<Vec<_>>()
    };
    let ends_with_a_group = Some(Begins::Earlier(in_group.session));
    assert_eq!(
        begins(&thread),
        [ends_with_a_group.clone(), Some(Begins::This { group: false })]
    );
    thread.session.group = true;
    assert_eq!(
        begins(&thread),
        [ends_with_a_group, Some(Begins::This { group: true })]
    );
}

#[test]
fn the_newest_lines_are_there_first_and_all_that_are_unread() {
    use Direction::{Inbound, Outbound};
    const DAY: i64 = 24 * 60;
    let messages = vec![
        message(10, Inbound, 0),
        message(11, Outbound, 1),
        message(12, Inbound, DAY),
        message(13, Outbound, DAY + 1),
        message(14, Inbound, DAY + 2),
    ];
    let thread = thread(0, messages, vec![]);
    let kept = |count, divider| {
        let mut days = lay_out(&thread, &[], divider, utc_day);
        keep_newest(&mut days, count);
        sketch(&days)
    };
    assert_eq!(kept(9, None), "|BB|BBB");
    assert_eq!(kept(4, None), "|B|BBB");
    assert_eq!(kept(3, None), "|BBB");
    assert_eq!(kept(2, None), "|BB");
    let unread = Divider {
        before: thread.messages[1].id,
        count: 4,
    };
    assert_eq!(kept(2, Some(unread)), "|UB|BBB");
}
