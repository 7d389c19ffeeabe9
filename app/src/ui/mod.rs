//! The kit: small components that every page is made of. They know nothing of channels or sessions.

pub mod anew;
pub mod badge;
pub mod button;
pub mod copy;
pub mod debounced;
pub mod empty;
pub mod field;
pub mod form;
pub mod icon;
pub mod later;
pub mod live_text;
pub mod load;
pub mod long_text;
pub mod menu;
pub mod page;
pub mod quote;
pub mod skeleton;
pub mod textarea;
pub mod time;
pub mod title;
pub mod toast;
pub mod transition;
pub mod trouble;
pub mod zone;

pub use self::{
    anew::{anew, present},
    badge::{Badge, Tone},
    button::{Button, ButtonLink, Kind},
    copy::CopyField,
    debounced::debounced,
    empty::Empty,
    field::{Field, Secret, TextField},
    form::{CheckedForm, Form, FormState},
    icon::{Icon, IconName},
    later::{AfterPaint, Once, use_painted},
    live_text::LiveText,
    load::{Load, derived},
    long_text::long_text,
    menu::Menu,
    page::PageHead,
    quote::Quote,
    skeleton::Skeleton,
    textarea::in_textarea,
    time::{Time, TimeStyle},
    title::Title,
    toast::use_toasts,
    transition::Transition,
    trouble::TroubleView,
};
