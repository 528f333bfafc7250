//! `clara audit`: checks an audit trail, from a file or from standard input.

use std::fs::File;
use std::io::{self, BufReader};

use super::{AuditArgs, Exit, complain, say};
use crate::books::trail;

pub(super) fn run(args: &AuditArgs) -> Exit {
    let (name, audited) = if args.file.as_os_str() == "-" {
        (
            "standard input".to_owned(),
            trail::audit(io::stdin().lock()),
        )
    } else {
        let name = args.file.display().to_string();
        match File::open(&args.file) {
            Ok(file) => (name, trail::audit(BufReader::new(file))),
            Err(error) => {
                complain(&format!(
                    "{name} cannot be read: {error}. Name a file that `clara export` made, or - for standard input."
                ));
                return Exit::Usage;
            }
        }
    };
    match audited {
        Ok(audit) => {
            say(&audit.text(&name));
            match audit.is_sound() {
                true => Exit::Fine,
                false => Exit::Failed,
            }
        }
        Err(flaw) => {
            complain(&trail::refusal(&name, &flaw));
            Exit::Failed
        }
    }
}
