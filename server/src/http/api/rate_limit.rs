//! Lets a token make only so many requests.

use super::{Caller, problem::Problem};
use crate::http::{body_limit, state::Http};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use domain::access::Actor;

/// The layer for all requests with a token.
pub async fn limit(State(http): State<Http>, request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>();
    let Some(Caller(Actor::Token { id, .. })) = caller else {
        return next.run(request).await;
    };
    let counted = http.rate_limits.count(*id);
    let mut response = match counted.is_refused {
        false => next.run(request).await,
        true => {
            let (head, body) = request.into_parts();
            body_limit::throw_away(&head.headers, body).await;
            Problem::rate_limited(counted.back_in).into_response()
        }
    };
    http.rate_limits.tell(response.headers_mut(), &counted);
    response
}
