//! The HTTP clients, one for each way of connecting, so that all calls to a
//! server share its connections; and the runtime on which connections live.

use super::super::error::{CallError, Kind};
use super::super::model::Endpoint;
use reqwest::{Client, Url, redirect};
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Mutex, Once, OnceLock, PoisonError};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::task::{AbortHandle, JoinError};

/// How long an idle connection with TLS is kept: its handshake costs more than
/// the rare request that meets a closing. Without TLS none is kept. A new one
/// costs nothing beside a call, and servers close theirs as they like (llama.cpp
/// after every stream, though it promises otherwise): a request that meets the
/// closing is lost.
const IDLE_TLS: Duration = Duration::from_secs(55);

/// A way of connecting.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Way {
    http1: bool,
    connect: Duration,
    loopback: bool,
    tls: bool,
}

/// The client for an endpoint.
pub(super) fn client(endpoint: &Endpoint, url: &Url) -> Result<Client, CallError> {
    static CLIENTS: OnceLock<Mutex<HashMap<Way, Client>>> = OnceLock::new();
    let way = Way {
        http1: endpoint.http1,
        connect: endpoint.timeouts.connect,
        loopback: loopback(url),
        tls: url.scheme() == "https",
    };
    let clients = CLIENTS.get_or_init(Mutex::default);
    let mut clients = clients.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(client) = clients.get(&way) {
        return Ok(client.clone());
    }
    let client = build(way)?;
    clients.insert(way, client.clone());
    Ok(client)
}

/// Runs something on the runtime of the connections. Each session has a runtime
/// of its own, which ends with it and is not always polled; a connection that
/// lived there would take the calls of other sessions with it. Dropping the
/// future stops what it runs.
pub(super) async fn beside<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, CallError> {
    static RUNTIME: OnceLock<std::io::Result<Runtime>> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("http")
            .enable_all()
            .build()
    });
    let runtime = runtime.as_ref().map_err(|why| {
        CallError::new(Kind::Connect, format!("no thread for connections: {why}"))
            .help("Look at the limits of this account (ulimit -u), and start again")
    })?;
    let task = runtime.spawn(work);
    let _stop = Stop(task.abort_handle());
    task.await.map_err(|why: JoinError| {
        CallError::new(Kind::Cut, format!("the sending broke down: {why}"))
            .help("That is a fault of this program; trying again may help")
    })
}

/// Stops a task when it is dropped.
struct Stop(AbortHandle);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn build(way: Way) -> Result<Client, CallError> {
    static RING: Once = Once::new();
    // An error says that there is one already, which is as good.
    RING.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    let mut builder = Client::builder()
        .user_agent(concat!("stategen/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .referer(false)
        .gzip(true)
        .connect_timeout(way.connect)
        .tcp_keepalive(Duration::from_secs(30));
    if way.http1 {
        builder = builder.http1_only();
    }
    if way.loopback {
        builder = builder.no_proxy();
    }
    builder = if way.tls {
        builder.pool_idle_timeout(IDLE_TLS)
    } else {
        // Without TLS nobody needs the machine's certificates, and there may be none.
        builder.pool_max_idle_per_host(0).tls_certs_only([])
    };
    builder.build().map_err(|error| {
        let why = super::fault::deepest(&error.without_url());
        CallError::new(Kind::Tls, format!("TLS cannot be set up here: {why}")).help(
            "Install the system's CA certificates, or name a PEM file with them in SSL_CERT_FILE",
        )
    })
}

/// Whether an address is this machine's own: no proxy stands before it.
fn loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<std::net::IpAddr>() {
        Ok(ip) => ip.is_loopback() || ip.is_unspecified(),
        Err(_) => bare == "localhost" || bare.ends_with(".localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_by_its_addresses() {
        for (url, own) in [
            ("http://localhost:1/v1", true),
            ("http://127.0.0.1:8080", true),
            ("http://[::1]:8080", true),
            ("http://a.localhost", true),
            ("http://10.0.0.1", false),
            ("https://localhost.example.com", false),
        ] {
            assert_eq!(loopback(&Url::parse(url).unwrap()), own, "{url}");
        }
    }
}
