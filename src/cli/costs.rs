//! `clara costs export`: what clients cost in a month, as CSV.

use clara_actors::ports::Clock;
use clara_adapters::clock::SystemClock;
use clara_domain::pricing::Month;

use super::offline::{to_its_end, told};
use super::{CostsExportArgs, Exit, complain, load, say};
use crate::books::{Place, costs};

pub(super) fn export(args: &CostsExportArgs) -> Exit {
    let prices = match load(&args.config, None) {
        Ok(config) => config.prices.list(),
        Err(problems) => {
            complain(&problems.to_string());
            return Exit::Usage;
        }
    };
    let place = match Place::find(&args.dir) {
        Ok(place) => place,
        Err(trouble) => return told(Err(trouble)),
    };
    let month = args.month.unwrap_or_else(|| Month::at(SystemClock.now()));
    let done = to_its_end(async {
        let costs = costs::costs(&place, args.client.as_ref(), month, &prices).await?;
        match &args.file {
            Some(file) => costs.to_file(&place, file).await.map(|done| say(&done)),
            None => {
                print(&costs.csv());
                Ok(())
            }
        }
    });
    told(done)
}

/// As it is: its lines end as a CSV's do. That nobody reads it any more is no reason to fail.
fn print(text: &str) {
    use std::io::Write;
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}
