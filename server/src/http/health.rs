//! For monitoring: is the process up, is it ready, and its metrics.

use super::{api::Caller, state::Http};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::access::Scope;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::{convert::Infallible, sync::OnceLock, time::Duration};

/// The process is up.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// The database answers and the server is not stopping.
pub async fn ready(State(http): State<Http>) -> Response {
    match http.engine.ready().await {
        Ok(()) if !http.stopping.has_begun() => "ready\n".into_response(),
        Ok(()) => (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
        }
    }
}

/// Metrics in Prometheus' format, for a caller with a token of any scope that is not bound. An address is no proof: behind a
/// reverse proxy on this machine every request comes from here, and not every proxy says for whom.
pub async fn metrics(State(http): State<Http>, headers: HeaderMap) -> Response {
    match Caller::of(&http.engine, &headers).await {
        Ok(caller) if caller.require(Scope::Read).is_ok() && caller.0.reaches_everything().is_ok() => {}
        Ok(_) => return StatusCode::FORBIDDEN.into_response(),
        Err(refused) => return refused.into_response(),
    }
    if let Err(error) = engine::metrics::observe(&http.engine).await {
        tracing::warn!(%error, "the gauges are not up to date");
    }
    if let Some(bytes) = resident_memory() {
        ::metrics::gauge!(MEMORY).set(bytes);
    }
    ::metrics::gauge!(PROCESSOR).set(processor_time().as_secs_f64());
    match recorder() {
        Some(recorder) => {
            let format = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
            (format, recorder.render()).into_response()
        }
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// The process's resident memory in bytes, under the name that dashboards expect.
const MEMORY: &str = "process_resident_memory_bytes";

fn resident_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024.0)
}

/// The processor time that the process has used, under the name that dashboards expect.
const PROCESSOR: &str = "process_cpu_seconds_total";

fn processor_time() -> Duration {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(
        used.tv_sec.unsigned_abs(),
        u32::try_from(used.tv_nsec).unwrap_or(0),
    )
}

/// The process has one recorder, however many servers a test starts in it.
pub fn recorder() -> Option<&'static PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    let buckets = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
    ];
    let install = || {
        let durations = Matcher::Suffix("_seconds".to_owned());
        let builder = PrometheusBuilder::new().set_buckets_for_metric(durations, &buckets);
        let installed = builder.and_then(PrometheusBuilder::install_recorder);
        installed
            .inspect_err(|error| tracing::error!(%error, "there will be no metrics"))
            .ok()
    };
    RECORDER.get_or_init(install).as_ref()
}

/// How often the recorder aggregates its samples; until then each sample takes memory.
const UPKEEP: Duration = Duration::from_secs(5);

/// Aggregates the samples, even if nobody ever scrapes them.
pub async fn keep_up() -> Infallible {
    loop {
        tokio::time::sleep(UPKEEP).await;
        if let Some(recorder) = recorder() {
            recorder.run_upkeep();
        }
    }
}
