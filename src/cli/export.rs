//! `clara export`: one client's audit trail, into a file or to standard output.

use std::io::{self, Write};

use async_trait::async_trait;
use clara_adapters::archive::Sink;

use super::offline::{to_its_end, told};
use super::{Exit, ExportArgs, say};
use crate::books::{Place, export};

/// Standard output.
struct Stdout;

#[async_trait]
impl Sink for Stdout {
    async fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        io::stdout().lock().write_all(bytes)
    }
}

pub(super) fn run(args: &ExportArgs) -> Exit {
    let place = match Place::find(&args.dir) {
        Ok(place) => place,
        Err(trouble) => return told(Err(trouble)),
    };
    told(match &args.file {
        Some(file) => {
            to_its_end(export::to_file(&place, &args.client, file)).map(|text| say(&text))
        }
        None => to_its_end(export::to_sink(&place, &args.client, &mut Stdout)),
    })
}
