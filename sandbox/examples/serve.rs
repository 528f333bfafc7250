//! Starts the sandbox alone, for use by hand: `cargo run -p clara-sandbox --example serve -- 8080 /tmp/world`.
#![allow(clippy::print_stdout)]

use clara_sandbox::{Options, Sandbox};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let port = arguments.next().map_or(Ok(8080), |port| port.parse())?;
    let dir = arguments.next().map(Into::into);
    let sandbox = Sandbox::start(Options {
        dir,
        port,
        ..Options::default()
    })
    .await?;
    println!("the sandbox is at {}", sandbox.url());
    std::future::pending::<()>().await;
    Ok(())
}
