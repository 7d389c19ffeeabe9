use super::*;
use crate::{
    access::{Actor, Me, Role, Scope},
    channel::Destination,
    ids::{ExtensionId, QueueId, TokenId, UserId},
    pick_up_mode::PickUp,
    refs::ExtensionRef,
    refusal::Refusal,
};
use uuid::Uuid;

fn extension(n: u128) -> ExtensionRef {
    ExtensionRef {
        id: ExtensionId::new(Uuid::from_u128(n)),
        number: n.to_string(),
        name: format!("E{n}"),
    }
}

fn user(n: u128, role: Role) -> Actor {
    Actor::User(Me {
        id: UserId::new(Uuid::from_u128(n)),
        login: n.to_string(),
        name: n.to_string(),
        role,
        language: None,
        extension: Some(extension(n)),
    })
}

fn token(scope: Scope) -> Actor {
    Actor::Token {
        id: TokenId::new(Uuid::nil()),
        name: "t".into(),
        scope,
        bound: None,
    }
}

fn waiting(pick_up: PickUp, member: bool) -> SessionAccess {
    SessionAccess {
        state: State::Waiting,
        owner: None,
        queue: Some(QueueAccess { pick_up, member }),
        group: false,
    }
}

fn owned(n: u128) -> SessionAccess {
    SessionAccess {
        state: State::Assigned,
        owner: Some(extension(n)),
        queue: Some(QueueAccess {
            pick_up: PickUp::Manual,
            member: true,
        }),
        group: false,
    }
}

#[test]
fn a_member_picks_up_and_a_stranger_does_not() {
    let jana = user(201, Role::Operator);
    assert_eq!(
        waiting(PickUp::Manual, true).pick_up(&jana, &extension(201)),
        Ok(())
    );
    assert_eq!(
        waiting(PickUp::Manual, false).pick_up(&jana, &extension(201)),
        Err(Refusal::Forbidden)
    );
    assert_eq!(
        waiting(PickUp::Manual, false).pick_up(&token(Scope::Operate), &extension(201)),
        Err(Refusal::Forbidden)
    );
    let boss = user(900, Role::Supervisor);
    assert_eq!(
        waiting(PickUp::Manual, false).pick_up(&boss, &extension(900)),
        Ok(())
    );
}

#[test]
fn the_second_to_pick_up_learns_who_was_first() {
    let petr = user(202, Role::Operator);
    assert_eq!(
        owned(201).pick_up(&petr, &extension(202)),
        Err(Refusal::Taken { by: "E201".into() })
    );
    assert_eq!(owned(202).pick_up(&petr, &extension(202)), Ok(()));
}

#[test]
fn only_the_owner_goes_on() {
    assert_eq!(
        owned(201).reply(&user(201, Role::Operator)),
        Ok(ReplyEffect::Nothing)
    );
    assert_eq!(
        owned(201).reply(&user(202, Role::Supervisor)),
        Err(Refusal::NotYours { owner: "E201".into() })
    );
    assert_eq!(owned(201).reply(&token(Scope::Operate)), Ok(ReplyEffect::Nothing));
    assert_eq!(owned(201).reply(&token(Scope::Read)), Err(Refusal::Forbidden));
}

#[test]
fn the_first_reply_does_what_the_queue_says() {
    let jana = user(201, Role::Operator);
    assert_eq!(
        waiting(PickUp::Manual, true).reply(&jana),
        Err(Refusal::PickUpFirst)
    );
    assert_eq!(waiting(PickUp::Auto, true).reply(&jana), Ok(ReplyEffect::PicksUp));
    assert_eq!(
        waiting(PickUp::Auto, false).reply(&jana),
        Err(Refusal::PickUpFirst)
    );
    assert_eq!(waiting(PickUp::None, true).reply(&jana), Ok(ReplyEffect::Nothing));
    assert_eq!(
        waiting(PickUp::None, false).reply(&jana),
        Err(Refusal::PickUpFirst)
    );
    assert_eq!(
        waiting(PickUp::None, true).pick_up(&jana, &extension(201)),
        Err(Refusal::NoPickUp)
    );
}

#[test]
fn a_template_reopens_a_closed_session_for_those_who_could_go_on_with_it() {
    let closed = |access| SessionAccess {
        state: State::Closed,
        ..access
    };
    let (jana, petr) = (user(201, Role::Operator), user(202, Role::Operator));
    let reopens = Ok(ReplyEffect::Reopens);
    assert_eq!(closed(owned(201)).send_template(&jana), reopens);
    assert_eq!(closed(owned(201)).send_template(&token(Scope::Operate)), reopens);
    assert_eq!(
        closed(owned(201)).send_template(&user(203, Role::Supervisor)),
        reopens
    );
    assert_eq!(
        closed(owned(201)).send_template(&petr),
        Err(Refusal::NotYours { owner: "E201".into() })
    );
    assert_eq!(
        closed(owned(201)).send_template(&Actor::System),
        Err(Refusal::SessionClosed)
    );
    assert_eq!(
        closed(owned(201)).send_template(&token(Scope::Read)),
        Err(Refusal::Forbidden)
    );
    assert_eq!(
        closed(waiting(PickUp::Manual, true)).send_template(&jana),
        reopens
    );
    assert_eq!(
        closed(waiting(PickUp::Manual, false)).send_template(&jana),
        Err(Refusal::SessionClosed)
    );
    let in_group = SessionAccess {
        group: true,
        ..closed(owned(201))
    };
    assert_eq!(in_group.send_template(&jana), Err(Refusal::InGroup));
    // An open session follows the rules of a reply.
    assert_eq!(
        waiting(PickUp::Manual, true).send_template(&jana),
        Err(Refusal::PickUpFirst)
    );
}

#[test]
fn a_closed_session_takes_nothing_more() {
    let closed = SessionAccess {
        state: State::Closed,
        ..owned(201)
    };
    let jana = user(201, Role::Operator);
    assert_eq!(closed.reply(&jana), Err(Refusal::SessionClosed));
    assert_eq!(
        closed.pick_up(&jana, &extension(201)),
        Err(Refusal::SessionClosed)
    );
    assert_eq!(closed.close(&jana), Err(Refusal::SessionClosed));
}

#[test]
fn owner_and_supervisor_close() {
    assert_eq!(owned(201).close(&user(201, Role::Operator)), Ok(()));
    assert_eq!(owned(201).close(&user(900, Role::Supervisor)), Ok(()));
    assert!(owned(201).close(&user(202, Role::Operator)).is_err());
    assert_eq!(
        waiting(PickUp::None, true).close(&user(202, Role::Operator)),
        Ok(())
    );
}

#[test]
fn what_waits_is_picked_up_before_it_is_closed() {
    let boss = user(900, Role::Supervisor);
    let nobodys = SessionAccess {
        queue: None,
        ..waiting(PickUp::Manual, false)
    };
    for access in [
        waiting(PickUp::Manual, false),
        waiting(PickUp::Auto, true),
        nobodys,
    ] {
        assert_eq!(access.close(&boss), Err(Refusal::PickUpFirst));
        assert_eq!(access.close(&token(Scope::Administer)), Ok(()));
    }
    assert_eq!(waiting(PickUp::None, false).close(&boss), Ok(()));
}

#[test]
fn whoever_has_no_extension_is_told_so() {
    let Actor::User(me) = user(1, Role::Admin) else {
        panic!("a person");
    };
    let admin = Actor::User(Me {
        extension: None,
        ..me
    });
    for pick_up in [PickUp::Manual, PickUp::Auto, PickUp::None] {
        assert_eq!(
            waiting(pick_up, false).reply(&admin),
            Err(Refusal::NoExtension),
            "{pick_up:?}"
        );
    }
    let may = waiting(PickUp::Manual, false).may(&admin);
    assert!(!may.pick_up && !may.close);
    assert_eq!(
        owned(201).reply(&admin),
        Err(Refusal::NotYours { owner: "E201".into() })
    );
}

#[test]
fn a_session_never_goes_nowhere() {
    let target = |n, disabled| Target {
        destination: Destination::Queue(QueueId::new(Uuid::from_u128(n))),
        disabled,
    };
    let to = |n| Route::Queue(QueueId::new(Uuid::from_u128(n)));
    assert_eq!(route([]), Route::Nobody);
    assert_eq!(route([target(1, true)]), Route::Nobody);
    assert_eq!(route([target(1, false), target(2, false)]), to(1));
    assert_eq!(route([target(1, true), target(2, false)]), to(2));
}

#[test]
fn supervisors_take_over_and_transfer_and_operators_do_not() {
    let (jana, boss) = (user(201, Role::Operator), user(900, Role::Supervisor));
    assert_eq!(owned(202).transfer(&boss), Ok(()));
    assert_eq!(owned(202).transfer(&token(Scope::Operate)), Ok(()));
    assert_eq!(
        owned(201).transfer(&jana),
        Err(Refusal::Forbidden),
        "not even one's own"
    );
    assert_eq!(owned(201).transfer(&token(Scope::Read)), Err(Refusal::Forbidden));

    let may = |access: &SessionAccess, actor| {
        let may = access.may(actor);
        (may.pick_up, may.take_over, may.transfer)
    };
    assert_eq!(may(&owned(202), &boss), (false, true, true));
    assert_eq!(
        may(&owned(900), &boss),
        (false, false, true),
        "it is the boss's already"
    );
    assert_eq!(may(&waiting(PickUp::Manual, false), &boss), (true, false, true));
    assert_eq!(may(&owned(202), &jana), (false, false, false));
    let closed = SessionAccess {
        state: State::Closed,
        ..owned(202)
    };
    assert_eq!(closed.transfer(&boss), Err(Refusal::SessionClosed));
    assert_eq!(may(&closed, &boss), (false, false, false));
}

#[test]
fn nobody_answers_in_a_group() {
    let access = SessionAccess {
        group: true,
        ..owned(201)
    };
    for actor in [
        Actor::System,
        user(201, Role::Operator),
        user(900, Role::Supervisor),
    ] {
        assert_eq!(access.reply(&actor), Err(Refusal::InGroup));
        assert!(access.may(&actor).close, "it can be closed all the same");
    }
    assert!(access.reads(&user(201, Role::Operator)) && !access.reads(&user(900, Role::Supervisor)));
}
