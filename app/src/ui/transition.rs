//! `<Transition>`: a part of the page that reads from the process. In the browser it is Leptos' own.
//!
//! In the process Leptos builds such a part to see what it reads, again to see what it reads next, and a third time to
//! send it, with a boxed future for each element. Nothing changes there after a page is sent, so here the part is built
//! twice: while its reads are under way, when there is next to nothing to build, and to send it. Therefore a part names
//! its resources at once (`get`, `with`); what is read only because of another answer belongs into a part of its own.

#[cfg(not(feature = "ssr"))]
pub use leptos::prelude::Transition;
#[cfg(feature = "ssr")]
pub use process::Transition;

#[cfg(feature = "ssr")]
mod process {
    use leptos::{
        children::{TypedChildren, ViewFnOnce},
        prelude::*,
        reactive::computed::{ScopedFuture, suspense::SuspenseContext},
        tachys::{
            html::attribute::{Attribute, any_attribute::AnyAttribute},
            hydration::Cursor,
            ssr::StreamBuilder,
            view::{
                Position, PositionState, Render, RenderHtml,
                add_attr::AddAnyAttr,
                any_view::{AnyView, AnyViewState},
            },
        },
    };
    use std::sync::Arc;
    use tokio::sync::Notify;

    /// Shows its children as soon as what they read is there.
    #[component]
    pub fn Transition<C>(
        /// Only the browser shows it.
        #[prop(optional, into)]
        fallback: ViewFnOnce,
        children: TypedChildren<C>,
    ) -> impl IntoView
    where
        C: IntoView + Send + 'static,
    {
        drop(fallback);
        // The browser's component takes a number, too; resources are paired by their numbers.
        if let Some(shared) = Owner::current_shared_context() {
            shared.next_id();
        }
        Part(children.into_inner()().into_any())
    }

    struct Part(AnyView);

    impl RenderHtml for Part {
        type AsyncOutput = Self;
        type Owned = Self;

        const MIN_LENGTH: usize = 0;

        /// A part around this one does not wait for it.
        fn dry_resolve(&mut self) {}

        async fn resolve(self) -> Self {
            self
        }

        fn to_html_with_buf(
            self,
            buf: &mut String,
            position: &mut Position,
            escape: bool,
            mark_branches: bool,
            extra_attrs: Vec<AnyAttribute>,
        ) {
            self.0
                .to_html_with_buf(buf, position, escape, mark_branches, extra_attrs);
        }

        fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
            mut self,
            buf: &mut StreamBuilder,
            position: &mut Position,
            escape: bool,
            mark_branches: bool,
            extra_attrs: Vec<AnyAttribute>,
        ) {
            buf.next_id();
            let Some(reads) = Reads::of(&mut self.0) else {
                return self.0.to_html_async_with_buf::<OUT_OF_ORDER>(
                    buf,
                    position,
                    escape,
                    mark_branches,
                    extra_attrs,
                );
            };
            let id = buf.clone_id();
            let mut place = *position;
            buf.push_async(ScopedFuture::new(async move {
                reads.answered().await;
                let late = Late::watch();
                let mut part = StreamBuilder::new(id);
                self.0.to_html_async_with_buf::<OUT_OF_ORDER>(
                    &mut part,
                    &mut place,
                    escape,
                    mark_branches,
                    extra_attrs,
                );
                late.must_be_nothing();
                part.finish().take_chunks()
            }));
            *position = Position::NextChild;
        }

        fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> AnyViewState {
            self.0.hydrate::<FROM_SERVER>(cursor, position)
        }

        fn into_owned(self) -> Self {
            self
        }
    }

    impl Render for Part {
        type State = AnyViewState;

        fn build(self) -> AnyViewState {
            self.0.build()
        }

        fn rebuild(self, state: &mut AnyViewState) {
            self.0.rebuild(state);
        }
    }

    impl AddAnyAttr for Part {
        type Output<A: Attribute> = Self;

        fn add_any_attr<A: Attribute>(self, attr: A) -> Self {
            Self(self.0.add_any_attr(attr).into_any())
        }
    }

    /// What a part still reads while it is sent: it would be sent without that. Only debug builds look.
    struct Late(Option<SuspenseContext>);

    impl Late {
        fn watch() -> Self {
            let context = cfg!(debug_assertions).then(nothing_read);
            if let Some(context) = &context {
                provide_context(context.clone());
            }
            Self(context)
        }

        fn must_be_nothing(self) {
            let late = self
                .0
                .and_then(|context| context.tasks.try_with_untracked(|tasks| !tasks.is_empty()));
            assert!(
                !late.unwrap_or(false),
                "a part reads something only because of another answer: put that into a Transition of its own"
            );
        }
    }

    fn nothing_read() -> SuspenseContext {
        SuspenseContext {
            tasks: ArcRwSignal::default(),
        }
    }

    /// What a view reads and does not have yet.
    struct Reads {
        context: SuspenseContext,
        /// Holds what the view built to find out; its reads end with it.
        _built: Owner,
    }

    impl Reads {
        /// Builds the view to see what it reads; `None` if everything is there.
        fn of(view: &mut AnyView) -> Option<Self> {
            let context = nothing_read();
            let built = Owner::new();
            built.with(|| {
                provide_context(context.clone());
                view.dry_resolve();
            });
            let reads = Self {
                context,
                _built: built,
            };
            (!reads.are_answered()).then_some(reads)
        }

        /// Not while another thread is just changing them: the change is noticed.
        fn are_answered(&self) -> bool {
            let none = self.context.tasks.try_with_untracked(|tasks| tasks.is_empty());
            none.unwrap_or(false)
        }

        async fn answered(&self) {
            let changed = Arc::new(Notify::new());
            let tasks = self.context.tasks.clone();
            let watched = changed.clone();
            let watch = Effect::new_isomorphic(move |_| {
                tasks.track();
                watched.notify_one();
            });
            while !self.are_answered() {
                changed.notified().await;
            }
            watch.dispose();
        }
    }
}
