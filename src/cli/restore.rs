//! `clara restore`: puts a backup into a directory.

use super::offline::{to_its_end, told};
use super::{Exit, RestoreArgs, say};
use crate::books::restore;

pub(super) fn run(args: &RestoreArgs) -> Exit {
    let restored = to_its_end(restore::restore(&args.file, &args.dir));
    told(restored.map(|restored| say(&restored.text(&args.file, &args.dir))))
}
