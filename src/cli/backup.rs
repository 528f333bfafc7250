//! `clara backup`: everything that was recorded, in one file.

use super::offline::{to_its_end, told};
use super::{BackupArgs, Exit, say};
use crate::books::{Place, backup};

pub(super) fn run(args: &BackupArgs) -> Exit {
    let made = Place::find(&args.dir)
        .and_then(|place| to_its_end(backup::backup(&place, &args.file, args.leave_out_damaged)));
    told(made.map(|backup| say(&backup.text(&args.file))))
}
