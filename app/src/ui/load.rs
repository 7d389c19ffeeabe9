//! Data from the process: a skeleton while it loads, then the view, or the error; and values derived from it.

use super::{skeleton::Skeleton, transition::Transition, trouble::TroubleView};
use crate::api::{ApiResult, Resource, Value};
use leptos::prelude::*;

/// Shows a resource. Reading it again keeps the old view until the new one is ready.
///
/// Each read rebuilds the view: a form therefore uses a resource that events do not touch.
#[component]
pub fn Load<T, V>(
    from: Resource<ApiResult<T>>,
    #[prop(default = 5)] lines: u8,
    /// Builds the view.
    view: V,
) -> impl IntoView
where
    T: Value,
    V: Fn(T) -> AnyView + Clone + Send + Sync + 'static,
{
    view! {
        <Transition fallback=move || {
            view! { <Skeleton lines /> }
        }>
            {move || {
                let show = |answer: ApiResult<T>| match answer {
                    Ok(value) => view(value),
                    Err(error) => {
                        let retry = Callback::new(move |()| from.refetch());
                        view! { <TroubleView error retry /> }.into_any()
                    }
                };
                from.get().map(show)
            }}
        </Transition>
    }
    .into_any()
}

/// A value derived from a resource or from another value: a memo in the browser. In the process it is derived on every
/// access: a page is drawn there as soon as a resource has its answer, which may be before a memo is notified, and a
/// memo costs more than a small value.
pub fn derived<T>(look: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Signal<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    match cfg!(feature = "ssr") {
        true => Signal::derive(move || look(None)),
        false => Memo::new(look).into(),
    }
}
