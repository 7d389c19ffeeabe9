//! The console's few icons: strokes on a 24-unit grid, in the colour of the text beside them.

use leptos::prelude::*;

/// An icon by what it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IconName {
    Inbox,
    Channel,
    Queue,
    Cost,
    Extension,
    Delivery,
    Globe,
    Search,
    Plus,
    Check,
    Cross,
    Alert,
    Info,
    Sun,
    Moon,
    Menu,
    ChevronDown,
    ChevronRight,
    Back,
    Copy,
    Refresh,
    Person,
    LogOut,
    Clock,
    Send,
    PickUp,
    Close,
    Transfer,
    Details,
    Key,
    Eye,
    EyeOff,
    Keyboard,
    Attach,
    Microphone,
    Template,
    Label,
    Smile,
    CannedReply,
    Unread,
    Snooze,
    Help,
    Webhook,
}

impl IconName {
    fn path(self) -> &'static str {
        match self {
            Self::Help => {
                "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M12 16.8v.2"
            }
            Self::Webhook => {
                "M12 4a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM6 15a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM18 15a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM11 9l-4 6M13 9l4 6M8.500 17.500h7"
            }
            Self::Inbox => "M3 13h5l1.5 3h5L16 13h5M5 5h14l2 8v6H3v-6z",
            Self::Channel => "M4 5h16v11H10l-4 4v-4H4zM8 9h8M8 12h5",
            Self::Queue => "M4 6h16M4 12h16M4 18h10",
            Self::Cost => "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM15.5 9a4.5 4.5 0 1 0 0 6M7 11h6M7 13.5h6",
            Self::Extension => {
                "M6 3h4l1.5 5-2.5 2a12 12 0 0 0 5 5l2-2.5 5 1.5v4a2 2 0 0 1-2 2A17 17 0 0 1 4 5a2 2 0 0 1 2-2z"
            }
            Self::Delivery => "M4 4h16v16H4zM4 14h4l1.5 2.5h5L16 14h4",
            Self::Globe => {
                "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18"
            }
            Self::Search => "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM16.5 16.5 21 21",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Attach => {
                "M20 11l-8.500 8.500a5 5 0 0 1-7-7L13 4a3.500 3.500 0 0 1 5 5l-8.500 8.500a2 2 0 0 1-3-3L14 7"
            }
            Self::Microphone => {
                "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM6 11a6 6 0 0 0 12 0M12 17v4"
            }
            Self::Unread => "M12 6H4v12h16v-7M4 7l8 6 4-3M19 3a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z",
            Self::Snooze => "M5 6h7l-7 8h7M14 12h5l-5 6h5",
            Self::CannedReply => "M4 5h16v11H10l-4 4v-4H4zM13.5 8l-3 5.5",
            Self::Smile => {
                "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM8.7 9.5v.5M15.3 9.5v.5M8 14c1 1.4 2.4 2 4 2s3-.6 4-2"
            }
            Self::Label => "M4 4h8l8 8-8 8-8-8zM8.5 8v.5",
            Self::Template => "M5 4h14v16H5zM8 8h8M8 12h8M8 16h4",
            Self::Check => "M5 12.5l5 5 9-11",
            Self::Cross => "M6 6l12 12M18 6 6 18",
            Self::Alert => "M12 3 2 20h20zM12 10v4M12 17v.5",
            Self::Info => "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM12 11v6M12 7v.5",
            Self::Sun => {
                "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5 19 19M5 19l1.5-1.5M17.5 6.5 19 5"
            }
            Self::Moon => "M20 14A8.5 8.5 0 0 1 10 4a8.5 8.5 0 1 0 10 10z",
            Self::Menu => "M4 7h16M4 12h16M4 17h16",
            Self::ChevronDown => "M6 9l6 6 6-6",
            Self::ChevronRight => "M9 6l6 6-6 6",
            Self::Back => "M15 5l-7 7 7 7",
            Self::Copy => "M9 9h11v11H9zM5 15H4V4h11v1",
            Self::Refresh => "M20 11a8 8 0 1 0-2 6M20 5v6h-6",
            Self::Person => "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4 21c1-4 4-6 8-6s7 2 8 6",
            Self::LogOut => "M14 4H5v16h9M10 12h11M17 8l4 4-4 4",
            Self::Clock => "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM12 7v5l3.5 2",
            Self::Send => "M4 4l17 8-17 8 3-8zM7 12h14",
            Self::PickUp => "M4 13V6M8 12V4M12 12V4M16 13V6M4 13c0 5 3 8 7 8s6-2 7-5l2-5",
            Self::Close => "M5 5h14v14H5zM9 9l6 6M15 9l-6 6",
            Self::Transfer => "M4 8h15M15 4l4 4-4 4M20 16H5M9 12l-4 4 4 4",
            Self::Details => "M4 5h16v14H4zM15 5v14",
            Self::Eye => "M2 12c5-9 15-9 20 0-5 9-15 9-20 0zM12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6z",
            Self::EyeOff => "M2 12c5-9 15-9 20 0-5 9-15 9-20 0zM12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM4 20 20 4",
            Self::Keyboard => "M3 6h18v12H3zM7 10v.5M11 10v.5M15 10v.5M8 14h8",
            Self::Key => "M8 11a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM11 12l9-9M16 7l3 3",
        }
    }
}

/// An icon. It has no label of its own: the words are beside it, or in the button's `aria-label`.
#[component]
pub fn Icon(name: IconName) -> impl IntoView {
    view! {
        // The size without styles.
        <svg class="icon" width="20" height="20" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d=name.path() />
        </svg>
    }
}
