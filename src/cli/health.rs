//! `clara health`: asks a running Clara over plain HTTP, for container health checks.
//!
//! One GET on one connection, read to its end: not worth an HTTP client in this crate.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use anyhow::{Context, bail};

use super::{Exit, HealthArgs, complain, say};

const PATIENCE: Duration = Duration::from_secs(4);
/// An answer is a few lines; what is longer comes from somebody else.
const LONGEST_ANSWER: u64 = 64 * 1024;

pub(super) fn run(args: &HealthArgs) -> Exit {
    match ask(&args.url) {
        Ok((200, body)) => {
            say(body.trim());
            Exit::Fine
        }
        Ok((status, body)) => {
            complain(&format!("{} answered {status}: {}", args.url, body.trim()));
            Exit::Failed
        }
        Err(error) => {
            complain(&format!(
                "{} did not answer: {error:#}. Is Clara running, and is this her [ops] listen?",
                args.url
            ));
            Exit::Failed
        }
    }
}

fn ask(url: &str) -> anyhow::Result<(u16, String)> {
    let rest = url
        .strip_prefix("http://")
        .context("expected a URL that starts with `http://`")?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let authority = if authority.contains(':') {
        authority.to_owned()
    } else {
        format!("{authority}:80")
    };
    let address = authority
        .to_socket_addrs()?
        .next()
        .context("the host has no address")?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "GET /{path} HTTP/1.0\r\nHost: {authority}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.take(LONGEST_ANSWER).read_to_end(&mut answer)?;
    read(&String::from_utf8_lossy(&answer))
}

fn read(answer: &str) -> anyhow::Result<(u16, String)> {
    let (head, body) = answer
        .split_once("\r\n\r\n")
        .context("the answer is not HTTP")?;
    let mut words = head.split_whitespace();
    if !words.next().is_some_and(|word| word.starts_with("HTTP/1.")) {
        bail!("the answer is not HTTP");
    }
    let status = words
        .next()
        .and_then(|word| word.parse().ok())
        .context("the answer has no status")?;
    Ok((status, body.to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_answer_is_a_status_and_a_body() {
        let answer = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\n\r\nno";
        assert_eq!(read(answer).unwrap(), (503, "no".to_owned()));
        assert!(read("SSH-2.0-OpenSSH\r\n\r\n").is_err());
        assert!(read("").is_err());
    }

    #[test]
    fn only_plain_http_is_asked() {
        assert!(ask("https://127.0.0.1/healthz").is_err());
        assert!(ask("127.0.0.1:9090").is_err());
    }
}
