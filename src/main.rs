//! The `clara` binary: reads the command line and does what it says. Everything else is in the library.

use std::process::ExitCode;

use clap::Parser;
use clara::cli::Cli;

fn main() -> ExitCode {
    Cli::parse().run().into()
}
