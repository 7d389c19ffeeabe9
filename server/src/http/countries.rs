//! Enforces the allowed countries. The table of routes determines a request's door, so no spelling of a path avoids the
//! check. A refused client reads the reason in its own language.

use super::{api::problem::Problem, plain_page::plain_page, routes::routes, state::Http};
use app::{
    api::{ApiError, guard::ClientAddress},
    labels, prefs,
};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use domain::{countries::Door, refusal::Refusal};
use engine::{Engine, countries};
use std::{collections::HashMap, sync::Arc};

/// The doors of all routes.
#[derive(Debug, Clone)]
pub struct Doors(Arc<Table>);

#[derive(Debug)]
struct Table {
    engine: Engine,
    by_route: HashMap<String, Option<Door>>,
}

impl Doors {
    pub fn of(http: &Http) -> Self {
        let by_route = routes()
            .into_iter()
            .map(|route| (route.path, route.access.door()));
        Self(Arc::new(Table {
            engine: http.engine.clone(),
            by_route: by_route.collect(),
        }))
    }

    /// Everything outside the table belongs to the console: pages, server functions, and unknown addresses.
    fn at(&self, request: &Request) -> Option<Door> {
        let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
        let known = route.and_then(|route| self.0.by_route.get(route));
        known.copied().unwrap_or(Some(Door::Console))
    }
}

/// Answers 403 to a client outside the countries that the door's rule names.
pub async fn guard(State(doors): State<Doors>, request: Request, next: Next) -> Response {
    let address = request.extensions().get::<ClientAddress>();
    let (Some(door), Some(&ClientAddress(address))) = (doors.at(&request), address) else {
        return next.run(request).await;
    };
    if countries::admits(&doors.0.engine, door, address).await {
        return next.run(request).await;
    }
    let reason = Refusal::CountryNotAllowed { address };
    match door {
        Door::Api => Problem::from(reason).into_response(),
        Door::Webhooks => StatusCode::FORBIDDEN.into_response(),
        // A page that is still open goes on calling.
        Door::Console if request.uri().path().starts_with("/rpc/") && !reads_pages(request.headers()) => {
            (StatusCode::FORBIDDEN, axum::Json(ApiError::Refused(reason))).into_response()
        }
        Door::Console | Door::Files => {
            let locale = prefs::language_of(request.headers());
            let page = plain_page(locale, &labels::country_refused(locale, address));
            (StatusCode::FORBIDDEN, page).into_response()
        }
    }
}

fn reads_pages(headers: &HeaderMap) -> bool {
    let accepts = headers
        .get(header::ACCEPT)
        .and_then(|accepts| accepts.to_str().ok());
    accepts.is_some_and(|accepts| accepts.contains("text/html"))
}
