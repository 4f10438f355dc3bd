//! The models that a server says it has, for a message about one that it has not.

use super::super::model::Endpoint;
use super::super::secret::Secrets;
use super::{client, live};
use reqwest::Url;
use serde_json::Value;
use std::time::Duration;

/// How long the list is waited for: it is only a help.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of a list at most.
const LONGEST: usize = 4 << 20;

/// `GET {url}/models`: the ids in `data`, as both dialects give them. Nothing
/// where there is no such list. `written` are headers as a call has them, with
/// `[from $VARIABLE]` for secrets.
pub(super) async fn names(endpoint: &Endpoint, written: &[(String, String)]) -> Vec<String> {
    let asked = tokio::time::timeout(PATIENCE, ask(endpoint, written)).await;
    asked.ok().flatten().unwrap_or_default()
}

async fn ask(endpoint: &Endpoint, written: &[(String, String)]) -> Option<Vec<String>> {
    let url = Url::parse(&format!("{}/models", endpoint.url)).ok()?;
    let headers = live::headers(endpoint, written).ok()?;
    let client = client::client(endpoint, &url).ok()?;
    let sending = client.get(url).headers(headers).send();
    let mut response = client::beside(sending).await.ok()?.ok()?;
    if !response.status().is_success() {
        return None;
    }
    let mut body = Vec::new();
    while let Some(bytes) = response.chunk().await.ok()? {
        body.extend_from_slice(&bytes);
        if body.len() > LONGEST {
            return None;
        }
    }
    let value: Value = serde_json::from_slice(&body).ok()?;
    let ids = value.get("data")?.as_array()?.iter();
    let secrets = Secrets::of(endpoint);
    let name = |entry: &Value| Some(secrets.remove_from(entry.get("id")?.as_str()?));
    Some(ids.filter_map(name).collect())
}
