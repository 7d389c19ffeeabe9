//! The command bar: whatever can be pressed on this page, the places of the rail, and customers' sessions, by typing a few
//! letters. It presses the buttons and links that are on the page, so it can do nothing that they could not.

mod found;

use self::found::{Command, on_page};
use crate::{
    api::inbox,
    browser,
    i18n::*,
    ui::{Icon, IconName, debounced, time::use_now},
};
use domain::session::{Filter, SessionRow, Tab};
use leptos::{
    ev::{self, KeyboardEvent, MouseEvent},
    html,
    prelude::*,
    task::spawn_local,
};
use leptos_router::{NavigateOptions, hooks::use_navigate};

const LIST_ID: &str = "commands";
/// More are not shown: whoever looks for another types more of its name.
const SHOWN: usize = 12;
/// Letters from which on customers are searched for.
const SEARCHED_FROM: usize = 2;

/// The button in the bar, and the bar itself. `Ctrl+K` or `⌘K` opens it, too.
#[component]
pub fn Commands() -> impl IntoView {
    let i18n = use_i18n();
    let now = use_now();
    let dialog = NodeRef::<html::Dialog>::new();
    let field = NodeRef::<html::Input>::new();
    let navigate = use_navigate();
    let typed = RwSignal::new(String::new());
    let here = RwSignal::new(Vec::<Command>::new());
    let sessions = RwSignal::new((String::new(), Vec::<Command>::new()));
    let marked = RwSignal::new(0_usize);

    let open = move || {
        let Some(dialog) = dialog.get_untracked() else {
            return;
        };
        here.set(on_page());
        typed.set(String::new());
        sessions.set(Default::default());
        marked.set(0);
        if let Some(field) = field.get_untracked() {
            field.set_value("");
        }
        let _ = dialog.show_modal();
    };
    Effect::new(move |_| {
        let listener = window_event_listener(ev::keydown, move |event| {
            let with_control =
                (event.ctrl_key() || event.meta_key()) && !event.alt_key() && !event.shift_key();
            let another = document().query_selector("dialog[open]").ok().flatten().is_some();
            if with_control && event.key().eq_ignore_ascii_case("k") && !another {
                event.prevent_default();
                open();
            }
        });
        on_cleanup(move || listener.remove());
    });

    let search = debounced(move |text: String| {
        spawn_local(async move {
            let found = inbox::inbox(Tab::All, Filter::default(), text.clone(), None).await;
            let rows = found.map(|page| page.value.rows.items).unwrap_or_default();
            // The answer to what was typed last.
            if typed.try_with_untracked(|now| now.trim() == text) == Some(true) {
                sessions.set((text, rows.iter().map(session).collect()));
            }
        });
    });
    let type_in = move |event| {
        let text = event_target_value(&event);
        marked.set(0);
        let sought = text.trim().to_owned();
        typed.set(text);
        if sought.chars().count() >= SEARCHED_FROM {
            search(sought);
        }
    };
    let found = Memo::new(move |_| {
        let wanted = typed.with(|typed| typed.trim().to_owned());
        let of_sessions = sessions.with(|(of, found)| if *of == wanted { found.clone() } else { Vec::new() });
        let commands = here.with(|here| {
            here.iter()
                .filter(|one| one.is_called(&wanted))
                .cloned()
                .collect::<Vec<_>>()
        });
        commands
            .into_iter()
            .chain(of_sessions)
            .take(SHOWN)
            .collect::<Vec<_>>()
    });
    let choose = move |command: Command| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
        match command {
            Command::Press { element, .. } => element.click(),
            Command::Session { href, .. } => navigate(&href, NavigateOptions::default()),
        }
    };
    let pressed = {
        let choose = choose.clone();
        move |event: KeyboardEvent| {
            let all = found.get_untracked();
            let at = marked.get_untracked();
            match event.key().as_str() {
                _ if browser::composes(&event) => return,
                "ArrowDown" if !all.is_empty() => marked.set((at + 1) % all.len()),
                "ArrowUp" if !all.is_empty() => marked.set((at + all.len() - 1) % all.len()),
                "Enter" => {
                    if let Some(command) = all.into_iter().nth(at) {
                        choose(command);
                    }
                }
                _ => return,
            }
            event.prevent_default();
        }
    };
    // The marked one stays in sight.
    Effect::new(move |_| {
        let active = option_id(marked.get());
        request_animation_frame(move || {
            if let Some(option) = browser::element(&active) {
                browser::reveal(&option);
            }
        });
    });
    let option = move |(place, command): (usize, Command)| {
        let (name, kind) = match &command {
            Command::Press { name, .. } => (name.clone(), None),
            Command::Session { name, .. } => (
                name.clone(),
                Some(move || t_string!(i18n, common.commands.session)),
            ),
        };
        let choose = choose.clone();
        let click = move |event: MouseEvent| {
            if event.button() == 0 {
                event.prevent_default();
                choose(command.clone());
            }
        };
        view! {
            <li
                id=option_id(place)
                role="option"
                aria-selected=move || (marked.get() == place).to_string()
                on:mousedown=click
            >
                <span dir="auto" translate="no">{name}</span>
                <span class="muted">{kind}</span>
            </li>
        }
    };
    let options = move || {
        found
            .get()
            .into_iter()
            .enumerate()
            .map(option.clone())
            .collect_view()
    };
    let none = move || {
        found
            .with(Vec::is_empty)
            .then(|| t_string!(i18n, common.commands.none))
    };
    let label = move || t_string!(i18n, common.commands.title);
    view! {
        <button
            type="button"
            class="button quiet"
            class:not-yet=move || now.with(Option::is_none)
            aria-label=label
            aria-keyshortcuts="Control+K Meta+K"
            title=move || format!("{} (Ctrl+K)", label())
            on:click=move |_| open()
        >
            <Icon name=IconName::Search />
        </button>
        <dialog class="dialog commands" node_ref=dialog aria-label=label>
            <input
                node_ref=field
                class="input"
                type="text"
                role="combobox"
                autocomplete="off"
                spellcheck="false"
                autofocus=true
                aria-label=label
                aria-expanded="true"
                aria-controls=LIST_ID
                aria-autocomplete="list"
                aria-activedescendant=move || found.with(|found| (!found.is_empty()).then(|| option_id(marked.get())))
                placeholder=move || t_string!(i18n, common.commands.placeholder)
                on:input=type_in
                on:keydown=pressed
            />
            <ul id=LIST_ID role="listbox" aria-label=label>
                {options}
            </ul>
            <p class="hint" role="status">{none}</p>
        </dialog>
    }
    .into_any()
}

fn option_id(place: usize) -> String {
    format!("command-{place}")
}

fn session(row: &SessionRow) -> Command {
    let number = row
        .contact
        .number
        .as_ref()
        .filter(|number| **number != row.contact.label);
    let number = number.map(|number| format!(" · {}", domain::phone::grouped(number)));
    Command::Session {
        name: format!("{}{}", row.contact.label, number.unwrap_or_default()),
        href: format!("/inbox/{}?tab=all", row.id),
    }
}
