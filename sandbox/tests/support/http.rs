//! A raw HTTP/1.1 client of a few lines: one connection for each request, so that a lost answer is seen as one.
#![allow(dead_code, clippy::unwrap_used, unreachable_pub)]

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("not JSON ({e}): {}", self.body))
    }
}

/// A request being put together.
pub struct Request {
    addr: SocketAddr,
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: String,
}

pub fn get(addr: SocketAddr, path: &str) -> Request {
    request(addr, "GET", path)
}

pub fn post(addr: SocketAddr, path: &str) -> Request {
    request(addr, "POST", path)
}

pub fn delete(addr: SocketAddr, path: &str) -> Request {
    request(addr, "DELETE", path)
}

pub fn put(addr: SocketAddr, path: &str) -> Request {
    request(addr, "PUT", path)
}

pub fn patch(addr: SocketAddr, path: &str) -> Request {
    request(addr, "PATCH", path)
}

fn request(addr: SocketAddr, method: &'static str, path: &str) -> Request {
    Request {
        addr,
        method,
        path: path.into(),
        headers: Vec::new(),
        body: String::new(),
    }
}

impl Request {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn json(mut self, body: &Value) -> Self {
        self.body = body.to_string();
        self.header("content-type", "application/json")
    }

    pub fn raw(mut self, kind: &str, body: &str) -> Self {
        self.body = body.into();
        self.header("content-type", kind)
    }

    /// The answer; `None` if the connection ended without a byte of one.
    pub async fn try_send(self) -> Option<Reply> {
        let mut stream = TcpStream::connect(self.addr).await.ok()?;
        let extra: String = self
            .headers
            .iter()
            .map(|(n, v)| format!("{n}: {v}\r\n"))
            .collect();
        let head = format!(
            "{} {} HTTP/1.1\r\nhost: sandbox\r\nconnection: close\r\ncontent-length: {}\r\n{extra}\r\n",
            self.method,
            self.path,
            self.body.len()
        );
        stream.write_all(head.as_bytes()).await.ok()?;
        stream.write_all(self.body.as_bytes()).await.ok()?;
        let mut bytes = Vec::new();
        let read = stream.read_to_end(&mut bytes).await;
        if bytes.is_empty() {
            return None;
        }
        read.unwrap();
        Some(parsed(&String::from_utf8(bytes).unwrap()))
    }

    /// The answer, which there must be.
    pub async fn send(self) -> Reply {
        let what = format!("{} {}", self.method, self.path);
        self.try_send()
            .await
            .unwrap_or_else(|| panic!("no answer to {what}"))
    }
}

fn parsed(text: &str) -> Reply {
    let (head, rest) = text.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines
        .next()
        .unwrap()
        .split(' ')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    let headers: Vec<(String, String)> = lines
        .filter_map(|l| l.split_once(": "))
        .map(|(n, v)| (n.to_lowercase(), v.into()))
        .collect();
    let chunked = headers
        .iter()
        .any(|(n, v)| n == "transfer-encoding" && v == "chunked");
    Reply {
        status,
        headers,
        body: if chunked {
            unchunked(rest)
        } else {
            rest.into()
        },
    }
}

fn unchunked(mut rest: &str) -> String {
    let mut body = String::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            break;
        }
        body.push_str(&after[..size]);
        rest = &after[size + 2..];
    }
    body
}
