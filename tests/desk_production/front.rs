//! What stands between the desk and the pretended Discord: servers that take TLS off, and the proxy that leads to one.
//!
//! Bytes are passed on as they are; nothing here reads what is said.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_native_tls::TlsAcceptor;
use tokio_native_tls::native_tls::{self, Identity};

/// The one place that the proxy leads to.
pub(crate) const DISCORD: &str = "discord.com:443";

/// Takes TLS off connections and passes them on.
pub(crate) struct Front {
    pub(crate) address: SocketAddr,
    secured: Arc<AtomicUsize>,
}

impl Front {
    pub(crate) async fn open(identity: Identity, to: SocketAddr) -> Self {
        let acceptor = TlsAcceptor::from(native_tls::TlsAcceptor::new(identity).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let secured = Arc::new(AtomicUsize::new(0));
        let counted = secured.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (acceptor, counted) = (acceptor.clone(), counted.clone());
                tokio::spawn(async move {
                    // Who does not trust the certificate goes away here.
                    let Ok(mut inside) = acceptor.accept(socket).await else {
                        return;
                    };
                    counted.fetch_add(1, Ordering::SeqCst);
                    pass_on(&mut inside, to).await;
                });
            }
        });
        Self { address, secured }
    }

    /// How many connections were made, up to the end of their handshake.
    pub(crate) fn connections(&self) -> usize {
        self.secured.load(Ordering::SeqCst)
    }
}

/// A proxy that knows CONNECT, and `discord.com` alone.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    pub(crate) async fn open(discord: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = asked.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(lead(socket, discord, log.clone()));
            }
        });
        Self { address, asked }
    }

    /// Every `host:port` that was asked for, also those that were refused.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn lead(socket: TcpStream, discord: SocketAddr, log: Arc<Mutex<Vec<String>>>) {
    let mut socket = BufReader::new(socket);
    let mut request = String::new();
    while !request.ends_with("\r\n\r\n") {
        match socket.read_line(&mut request).await {
            Ok(read) if read > 0 => {}
            _ => return,
        }
    }
    let target = request
        .strip_prefix("CONNECT ")
        .and_then(|rest| rest.split(' ').next());
    let wanted = target.unwrap_or(&request).to_owned();
    log.lock().unwrap().push(wanted.clone());
    let leads_there = wanted == DISCORD;
    let answer = if leads_there {
        "HTTP/1.1 200 Connection established\r\n\r\n"
    } else {
        "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n"
    };
    if socket.write_all(answer.as_bytes()).await.is_ok() && leads_there {
        pass_on(&mut socket, discord).await;
    }
}

/// An end of either side ends both: the other one sees a connection that closed, as on a real line.
async fn pass_on<S>(from: &mut S, to: SocketAddr)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    if let Ok(mut to) = TcpStream::connect(to).await {
        let _ = copy_bidirectional(from, &mut to).await;
    }
}
