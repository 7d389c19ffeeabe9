//! What is read from the process: a skeleton while it comes, the view when it is there, else what went wrong.

use super::{Skeleton, TroubleView};
use crate::api::ApiResult;
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

/// Shows what a resource holds. Reading it again keeps the old view until the new one is there.
///
/// The view is made anew with every read: whatever is typed into lives in a resource that events do not touch.
#[component]
pub fn Load<T, V>(
    from: Resource<ApiResult<T>>,
    #[prop(default = 5)] lines: u8,
    /// Makes the view.
    view: V,
) -> impl IntoView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    V: Fn(T) -> AnyView + Clone + Send + Sync + 'static,
{
    view! {
        <Transition fallback=move || {
            view! { <Skeleton lines /> }
        }>
            {move || {
                let view = view.clone();
                Suspend::new(async move {
                    match from.await {
                        Ok(value) => view(value),
                        Err(error) => {
                            let retry = Callback::new(move |()| from.refetch());
                            view! { <TroubleView error retry /> }.into_any()
                        }
                    }
                })
            }}
        </Transition>
    }
    .into_any()
}
