//! The protocol of server functions: the arguments are posted as a form, and the answer is JSON.

use crate::{
    api::{ApiError, ApiResult},
    wire,
};
use http::Method;
use leptos::server_fn::{Protocol, client::Client, server::Server};
use serde::{Serialize, de::DeserializeOwned};
use std::{future::Future, pin::Pin};

#[cfg(not(feature = "ssr"))]
pub(super) use self::browser::ask;
#[cfg(feature = "ssr")]
pub(super) use self::process::ask;

/// An answer that is on its way.
pub(super) type Coming<T> = Pin<Box<dyn Future<Output = T> + Send>>;

#[derive(Debug, Clone, Copy)]
pub struct Rpc;

/// The arguments of a server function as the text of a form.
pub(super) fn written(arguments: &impl Serialize) -> ApiResult<String> {
    serde_qs::to_string(arguments).map_err(|_| ApiError::Malformed)
}

/// The answer of a server function.
pub(super) fn read<T: DeserializeOwned>(answer: &str) -> ApiResult<T> {
    wire::read(answer).map_err(|error| ApiError::Transport(error.to_string()))
}

#[cfg(feature = "ssr")]
mod process {
    use super::*;
    use crate::api::json::Json;
    use leptos::server_fn::{
        Http,
        codec::{Post, PostUrl},
    };

    type Posted = Http<PostUrl, Post<Json>>;

    impl<In, Out, C, S> Protocol<In, Out, C, S, ApiError> for Rpc
    where
        Posted: Protocol<In, Out, C, S, ApiError>,
        C: Client<ApiError>,
        S: Server<ApiError>,
    {
        const METHOD: Method = Method::POST;

        fn run_server<F, Fut>(
            request: S::Request,
            call: F,
        ) -> impl Future<Output = ApiResult<S::Response>> + Send
        where
            F: Fn(In) -> Fut + Send,
            Fut: Future<Output = ApiResult<Out>> + Send,
        {
            Posted::run_server(request, call)
        }

        fn run_client(path: &str, input: In) -> impl Future<Output = ApiResult<Out>> + Send {
            Posted::run_client(path, input)
        }
    }

    /// Nobody presses a button within the process.
    pub fn ask(_: &str, _: String) -> Coming<ApiResult<String>> {
        Box::pin(std::future::pending())
    }
}

#[cfg(not(feature = "ssr"))]
mod browser {
    use super::*;
    use leptos::server_fn::{
        client::browser::BrowserClient,
        redirect::call_redirect_hook,
        request::{ClientReq, browser::BrowserRequest},
        response::ClientRes,
    };

    impl<In, Out, C, S> Protocol<In, Out, C, S, ApiError> for Rpc
    where
        In: Serialize + Send,
        Out: DeserializeOwned + Send,
        C: Client<ApiError>,
        S: Server<ApiError>,
    {
        const METHOD: Method = Method::POST;

        fn run_server<F, Fut>(_: S::Request, _: F) -> impl Future<Output = ApiResult<S::Response>> + Send
        where
            F: Fn(In) -> Fut + Send,
            Fut: Future<Output = ApiResult<Out>> + Send,
        {
            // A browser answers nothing.
            std::future::pending()
        }

        fn run_client(path: &str, input: In) -> impl Future<Output = ApiResult<Out>> + Send {
            let answer = written(&input).map(|form| ask(path, form));
            async move { read(&answer?.await?) }
        }
    }

    /// Posts a form to a server function.
    pub fn ask(path: &str, form: String) -> Coming<ApiResult<String>> {
        let request: ApiResult<BrowserRequest> = ClientReq::<ApiError>::try_new_post(
            path,
            "application/x-www-form-urlencoded",
            "application/json",
            form,
        );
        Box::pin(async move {
            let answer = <BrowserClient as Client<ApiError>>::send(request?).await?;
            let status = ClientRes::<ApiError>::status(&answer);
            let to = ClientRes::<ApiError>::location(&answer);
            let redirects = (300..400).contains(&status) || ClientRes::<ApiError>::has_redirect(&answer);
            let body = ClientRes::<ApiError>::try_into_string(answer).await?;
            if (400..600).contains(&status) {
                return Err(read(&body).unwrap_or_else(|error| error));
            }
            if redirects {
                call_redirect_hook(&to);
            }
            Ok(body)
        })
    }
}
