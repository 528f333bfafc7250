//! What comes back from the browser: by itself to a page on loopback, or pasted into the terminal.
//!
//! What is in it is not understood here. The page answers each request with what came of it.

use std::convert::Infallible;
use std::io::BufRead;
use std::time::Duration;

use axum::Router;
use axum::http::{StatusCode, Uri};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::config::BaseUrl;

/// How long the browser may take to read the last answer.
const LAST_ANSWER: Duration = Duration::from_secs(2);

/// Something that came back.
pub(super) struct Arrival {
    /// A URL, or its path and query, or whatever was pasted.
    pub(super) text: String,
    answer: Option<oneshot::Sender<String>>,
}

impl Arrival {
    /// Tells the browser, if one waits, what came of it.
    pub(super) fn answer(self, text: String) {
        if let Some(answer) = self.answer {
            // A browser that does not wait any more loses nothing: the terminal says the same.
            let _ = answer.send(text);
        }
    }
}

/// Everything that comes back, in order.
pub(super) struct Arrivals {
    arrived: mpsc::Receiver<Arrival>,
    page: Option<Page>,
}

struct Page {
    close: oneshot::Sender<Infallible>,
    served: JoinHandle<std::io::Result<()>>,
}

impl Arrivals {
    /// Listens at the terminal, and at the URL if it is on loopback and its port is free.
    pub(super) async fn open(redirect: &BaseUrl) -> Self {
        let (sender, arrived) = mpsc::channel(4);
        let page = page(redirect, sender.clone()).await;
        read_terminal(sender);
        Self { arrived, page }
    }

    /// Whether a browser on this machine gets through.
    pub(super) fn listens(&self) -> bool {
        self.page.is_some()
    }

    /// The next; none when nothing can come any more.
    pub(super) async fn next(&mut self) -> Option<Arrival> {
        self.arrived.recv().await
    }

    /// Waits until the browser has its answer.
    pub(super) async fn close(self) {
        if let Some(Page { close, served }) = self.page {
            drop(close);
            // A browser may keep a connection open that it never uses.
            let _ = tokio::time::timeout(LAST_ANSWER, served).await;
        }
    }
}

/// A line at a time, in a thread of its own, because a read of the terminal cannot be given up.
fn read_terminal(arrivals: mpsc::Sender<Arrival>) {
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            let arrival = Arrival {
                text: line,
                answer: None,
            };
            if !arrival.text.trim().is_empty() && arrivals.blocking_send(arrival).is_err() {
                break;
            }
        }
    });
}

async fn page(redirect: &BaseUrl, arrivals: mpsc::Sender<Arrival>) -> Option<Page> {
    let (address, path) = place(redirect)?;
    let listener = TcpListener::bind(&address).await.ok()?;
    let router = Router::new().fallback(move |uri: Uri| {
        let (is_here, arrivals) = (uri.path() == path, arrivals.clone());
        async move {
            if is_here {
                (StatusCode::OK, hand_over(&uri, arrivals).await)
            } else {
                (StatusCode::NOT_FOUND, "There is nothing here.".to_owned())
            }
        }
    });
    let (close, closed) = oneshot::channel::<Infallible>();
    let closed = async move { drop(closed.await) };
    let serve = axum::serve(listener, router).with_graceful_shutdown(closed);
    let served = tokio::spawn(async move { serve.await });
    Some(Page { close, served })
}

async fn hand_over(uri: &Uri, arrivals: mpsc::Sender<Arrival>) -> String {
    let (answer, answered) = oneshot::channel();
    // Without a query it is still something to be answered.
    let text = format!("?{}", uri.query().unwrap_or_default());
    let arrival = Arrival {
        text,
        answer: Some(answer),
    };
    let gone = "This sign-in has ended; the terminal says how.".to_owned();
    match arrivals.send(arrival).await {
        Ok(()) => answered.await.unwrap_or(gone),
        Err(_) => gone,
    }
}

/// Where to listen, and the path that the browser is sent to; none for what is not plain HTTP to this machine.
fn place(redirect: &BaseUrl) -> Option<(String, String)> {
    let rest = redirect.as_str().strip_prefix("http://")?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let authority = authority.replace("localhost", "127.0.0.1");
    let has_port = authority
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let address = if has_port {
        authority
    } else {
        format!("{authority}:80")
    };
    redirect
        .is_loopback()
        .then(|| (address, format!("/{path}")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(url: &str) -> Option<(String, String)> {
        place(&url.parse().unwrap())
    }

    #[test]
    fn only_plain_http_to_this_machine_is_listened_for() {
        let place = |address: &str, path: &str| Some((address.to_owned(), path.to_owned()));
        assert_eq!(
            of("http://127.0.0.1:8793/callback"),
            place("127.0.0.1:8793", "/callback")
        );
        assert_eq!(of("http://localhost:1/a/b"), place("127.0.0.1:1", "/a/b"));
        assert_eq!(of("http://[::1]/"), place("[::1]:80", "/"));
        assert_eq!(of("https://127.0.0.1:8793/callback"), None);
        assert_eq!(of("http://agency.example/callback"), None);
    }
}
