//! What the command bar offers.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Where the page has what can be pressed, in the order in which it is offered.
const PRESSABLE: &str = ".thread-actions button, .composer-tabs a, .inbox-tab, .inbox-filters > a.chip, \
    .page-head a.button, .rail li a, .theme-switch button, .bar form .button, .menu-part button, .menu-list form button";
/// The rail is hidden in a narrow window, and a menu's items while it is closed.
const ALSO_HIDDEN: &str = ".rail, .person + .menu-list";

/// Something to choose.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// A button or a link of the page.
    Press {
        name: String,
        element: HtmlElement,
    },
    Session {
        name: String,
        href: String,
    },
}

impl Command {
    /// Whether each word that was typed begins a word of its name, without regard to case and accents.
    pub fn is_called(&self, typed: &str) -> bool {
        let (Self::Press { name, .. } | Self::Session { name, .. }) = self;
        let name = folded(name);
        folded(typed).split_whitespace().all(|word| {
            let mut words = name.split(|c: char| !c.is_alphanumeric());
            words.any(|begun| begun.starts_with(word))
        })
    }
}

/// Everything that can be pressed now, each name once.
pub fn on_page() -> Vec<Command> {
    let Ok(found) = document().query_selector_all(PRESSABLE) else {
        return Vec::new();
    };
    let mut all: Vec<Command> = Vec::new();
    for place in 0..found.length() {
        let element = found
            .get(place)
            .and_then(|node| node.dyn_into::<HtmlElement>().ok());
        let Some(element) = element.filter(can_be_pressed) else {
            continue;
        };
        let name = name_of(&element);
        let is_new = all
            .iter()
            .all(|other| !matches!(other, Command::Press { name: known, .. } if *known == name));
        if is_new && !name.is_empty() {
            all.push(Command::Press { name, element });
        }
    }
    all
}

fn can_be_pressed(element: &HtmlElement) -> bool {
    let shown =
        element.offset_parent().is_some() || element.closest(ALSO_HIDDEN).is_ok_and(|found| found.is_some());
    shown && !element.has_attribute("disabled")
}

fn name_of(element: &Element) -> String {
    let label = element
        .get_attribute("aria-label")
        .or_else(|| element.get_attribute("title"));
    let label = label.or_else(|| element.text_content());
    let label = label.unwrap_or_default();
    label.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Without case and accents. The browser knows how.
fn folded(text: &str) -> String {
    let text = js_sys::JsString::from(text).normalize("NFD");
    let text = String::from(text).to_lowercase();
    text.chars()
        .filter(|c| !matches!(c, '\u{300}'..='\u{36f}'))
        .collect()
}
