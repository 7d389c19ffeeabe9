//! Tests the reader on small crates: what counts as an arrow, and what does not.

use crate::{
    arrows::{Arrows, arrows},
    circles::circles,
    source::{Files, Source},
    walls::{differences, plan, rows},
};

fn source(files: &[(&str, &str)]) -> Source {
    let files = files
        .iter()
        .map(|(path, text)| (format!("src/{path}"), (*text).to_owned()));
    Source::read(&files.collect::<Files>(), "src/lib.rs")
}

fn drawn(files: &[(&str, &str)]) -> Arrows {
    arrows(&source(files))
}

/// The arrows in the format `from → to: names`.
fn told(files: &[(&str, &str)]) -> Vec<String> {
    let arrows = drawn(files).into_iter();
    let told = arrows.map(|((from, to), names)| {
        let names = names.into_iter().collect::<Vec<_>>().join(" ");
        format!("{} → {}: {names}", &from["src/".len()..], &to["src/".len()..])
    });
    told.collect()
}

/// `a.rs` with this text, a `b.rs` that uses `A` from it, and a child module of `a.rs`.
fn with_b(a: &str) -> Vec<String> {
    told(&[
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", a),
        ("a/child.rs", "pub struct Child;"),
        (
            "b.rs",
            "use crate::a::A; pub struct B; pub mod inner { pub struct Inner; pub fn f() {} }",
        ),
    ])
}

fn no_circle(files: &[(&str, &str)]) {
    let circles = circles(&drawn(files));
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

const BACK: &str = "b.rs → a.rs: A";

#[test]
fn a_use_is_an_arrow() {
    for text in [
        "use crate::b::B;",
        "use super::b::{B as Other};",
        "use crate::{b::{self, B}};",
        "fn f() { use crate::b::B; }",
        "mod inner { use super::super::b::B; }",
        "#[cfg(feature = \"ssr\")] use crate::b::B;",
    ] {
        assert_eq!(with_b(text), ["a.rs → b.rs: B", BACK], "{text}");
    }
    assert_eq!(with_b("use crate::b::*;"), ["a.rs → b.rs: *", BACK]);
}

#[test]
fn a_path_is_an_arrow() {
    for text in [
        "fn f() -> crate::b::B { todo!() }",
        "fn f() { let _ = super::b::B; }",
        "fn f(x: Vec<Option<crate::b::B>>) {}",
        "struct A { b: crate::b::B }",
        "impl From<crate::b::B> for A {}",
        "fn f(x: X) { match x { super::b::B => {} } }",
        "fn f() { <crate::b::B as Default>::default(); }",
    ] {
        assert_eq!(with_b(text), ["a.rs → b.rs: B", BACK], "{text}");
    }
}

#[test]
fn what_is_taken_through_an_imported_module_is_an_arrow() {
    for text in [
        "use crate::b; fn f() { b::inner::f(); }",
        "use crate::b::inner; fn f() { inner::f(); }",
        "use crate::b::inner as other; fn f() { other::f(); }",
        "fn f() { use super::b; b::inner::f(); }",
        "use super::*; fn f() { b::inner::f(); }",
    ] {
        let told = with_b(text);
        assert!(told.contains(&"a.rs → b.rs: f".to_owned()), "{text}: {told:?}");
    }
    assert_eq!(
        with_b("mod child; fn f() { child::Child; }"),
        ["a.rs → a/child.rs: Child", BACK]
    );
}

#[test]
fn a_macros_tokens_are_read() {
    for text in [
        "fn f() { view! { <crate::b::B /> } }",
        "fn f() { view! { <p>{move || super::b::B::new(1)}</p> } }",
        "macro_rules! b { () => { $crate::b::B } }",
        "use super::b; fn f() { vec![b::B]; }",
    ] {
        assert_eq!(with_b(text), ["a.rs → b.rs: B", BACK], "{text}");
    }
    assert_eq!(
        with_b("mod child; fn f() { vec![child::Child]; }"),
        ["a.rs → a/child.rs: Child", BACK]
    );
    for text in [
        "fn f() { any! { #[crate::b::B] x } }",
        "use super::b; fn f() { any! { ::b::B } }",
        "fn f() { any! { b::B, other.b::<B>() } }",
    ] {
        assert_eq!(with_b(text), [BACK], "{text}");
    }
}

#[test]
fn what_is_no_arrow() {
    for text in [
        "mod child;",
        "use crate::b;",
        "use super::b; use ::b::B;",
        "use b::B;",
        "use super::b; fn f() { ::b::B; }",
        "pub(in crate::b) struct A;",
        "#[derive(crate::b::B)] struct A;",
        "#[crate::b::B] struct A;",
        "/// [`crate::b::B`]\nstruct A;",
        "#[cfg(test)] use crate::b::B;",
        "#[cfg(test)] mod tests { use crate::b::B; }",
        "#[cfg(all(test, unix))] fn f() { crate::b::B; }",
        "impl A { #[cfg(test)] fn f() { crate::b::B; } }",
        "struct A { #[cfg(test)] b: crate::b::B }",
        "struct B; mod inner { use super::B; }",
    ] {
        assert_eq!(with_b(text), [BACK], "{text}");
    }
}

#[test]
fn a_re_export_is_followed_to_what_it_is_about() {
    let facade = |text: &str| {
        told(&[
            ("lib.rs", "mod room; mod user;"),
            ("room/mod.rs", text),
            ("room/thing.rs", "pub struct Thing;"),
            ("user.rs", "use crate::room::Thing;"),
        ])
    };
    for text in [
        "mod thing; pub use thing::Thing;",
        "mod thing; pub(crate) use self::thing::{Thing};",
    ] {
        let expected = [
            "room/mod.rs → room/thing.rs: Thing",
            "user.rs → room/thing.rs: Thing",
        ];
        assert_eq!(facade(text), expected, "{text}");
    }
    let all = ["room/mod.rs → room/thing.rs: *", "user.rs → room/thing.rs: Thing"];
    assert_eq!(facade("mod thing; pub use thing::*;"), all);
    // A name that the façade has from another crate or a macro counts as the façade's own.
    for text in ["pub use elsewhere::Thing;", "make!(Thing);"] {
        assert_eq!(facade(text), ["user.rs → room/mod.rs: Thing"], "{text}");
    }
    // A private import exports nothing: a file that uses it depends on the façade.
    let told = told(&[
        ("lib.rs", "mod room; mod thing;"),
        ("room/mod.rs", "mod inner; use crate::thing::Thing;"),
        ("room/inner.rs", "use super::Thing;"),
        ("thing.rs", "pub struct Thing;"),
    ]);
    assert_eq!(
        told,
        [
            "room/inner.rs → room/mod.rs: Thing",
            "room/mod.rs → thing.rs: Thing"
        ]
    );
    // A name that leads to itself has no target.
    assert_eq!(facade("pub use self::Thing;"), ["user.rs → room/mod.rs: Thing"]);
}

#[test]
fn a_file_is_found_where_the_compiler_looks() {
    let told = told(&[
        (
            "lib.rs",
            "mod a; #[path = \"elsewhere/c.rs\"] mod c; mod d { pub mod e; }",
        ),
        ("a.rs", "mod b; use b::B; use crate::c::C; use crate::d::e::E;"),
        ("a/b.rs", "mod deep; pub use deep::B;"),
        ("a/b/deep.rs", "pub struct B;"),
        ("elsewhere/c.rs", "mod near; pub use near::C;"),
        ("elsewhere/near.rs", "pub struct C;"),
        ("d/e.rs", "pub struct E;"),
    ]);
    let expected = [
        "a.rs → a/b/deep.rs: B",
        "a.rs → d/e.rs: E",
        "a.rs → elsewhere/near.rs: C",
        "a/b.rs → a/b/deep.rs: B",
        "elsewhere/c.rs → elsewhere/near.rs: C",
    ];
    assert_eq!(told, expected);
}

#[test]
fn what_only_a_test_reaches_is_no_part_of_the_crate() {
    let source = source(&[
        ("lib.rs", "mod a; #[cfg(test)] mod tests;"),
        ("a.rs", ""),
        ("tests.rs", "mod more;"),
        ("tests/more.rs", "use crate::a::A;"),
    ]);
    assert_eq!(
        source.files().into_iter().collect::<Vec<_>>(),
        ["src/a.rs", "src/lib.rs"]
    );
    assert_eq!(
        source.tests.iter().collect::<Vec<_>>(),
        ["src/tests.rs", "src/tests/more.rs"]
    );
}

#[test]
fn a_circle_is_told_with_its_ties() {
    let found = circles(&drawn(&[
        ("lib.rs", "mod a; mod b; mod c; mod below;"),
        ("a.rs", "use crate::b::B; use crate::below::Below; pub struct A;"),
        ("b.rs", "pub struct B; fn f() { super::c::c() }"),
        ("c.rs", "pub fn c() { vec![crate::a::A]; }"),
        ("below.rs", "pub struct Below;"),
    ]));
    let expected =
        "a circle of 3 files:\n  src/a.rs → src/b.rs: B\n  src/b.rs → src/c.rs: c\n  src/c.rs → src/a.rs: A";
    assert_eq!(found, [expected]);
}

#[test]
fn a_facade_makes_no_circle_out_of_nothing() {
    no_circle(&[
        ("lib.rs", "mod room;"),
        (
            "room/mod.rs",
            "mod one; mod two; pub use one::One; pub use two::Two;",
        ),
        ("room/one.rs", "pub struct One;"),
        (
            "room/two.rs",
            "use super::One; use crate::room; fn f() { room::One; } pub struct Two;",
        ),
    ]);
    // A façade that defines items which its rooms use is part of the circle.
    let found = circles(&drawn(&[
        ("lib.rs", "mod room;"),
        ("room/mod.rs", "mod one; pub use one::One; pub struct Own;"),
        ("room/one.rs", "use super::Own; pub struct One;"),
    ]));
    assert_eq!(found.len(), 1);
}

#[test]
fn a_wall_that_is_broken_is_told() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c; pub struct All;"),
        ("a/mod.rs", "mod deep;"),
        ("a/deep.rs", "use crate::{All, b::B};"),
        ("b.rs", "use crate::c::C; pub struct B;"),
        ("c.rs", "pub struct C;"),
    ];
    let source = source(&files);
    let plan = plan("src", source.files(), &arrows(&source));
    assert_eq!(
        differences("src", &plan, &[("a", &["b"]), ("b", &["c"]), ("c", &[])]),
        [""; 0]
    );
    let found = differences("src", &plan, &[("a", &["c"]), ("b", &["c"]), ("d", &[])]);
    let expected = [
        "src: a may not use b: move what is used to where both may reach it, or allow it in the row of a\n  \
         src/a/deep.rs → src/b.rs: B",
        "src: the room c has no row: write one with the rooms that it may use",
        "src: a does not use c: delete c from the row of a",
        "src: there is no room d: delete its row",
    ];
    assert_eq!(found, expected);
    let printed = "    (\"src\", &[\n        (\"a\", &[\"b\"]),\n        (\"b\", &[\"c\"]),\n        (\"c\", &[]),\n    ]),\n";
    assert_eq!(rows("src", &plan), printed);
}
