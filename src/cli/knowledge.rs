//! `clara knowledge`: notes of a client, from files or standard input; where Clara runs she takes them herself.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use clara_domain::knowledge::{MAX_FILE_BYTES, named, read};

use super::offline::{to_its_end, told};
use super::{Exit, KnowledgeCommand, say};
use crate::books::knowledge::{Wish, knowledge};
use crate::books::{Place, Trouble};

/// A file that is longer is not read to its end: it is too long in any case.
const MOST_READ: u64 = MAX_FILE_BYTES as u64;

pub(super) fn run(command: KnowledgeCommand) -> Exit {
    told(wish(command).and_then(|(dir, client, wish)| {
        let place = Place::find(&dir)?;
        to_its_end(knowledge(&place, &client, wish)).map(|text| say(&text))
    }))
}

type Asked = (std::path::PathBuf, clara_domain::ids::ClientId, Wish);

fn wish(command: KnowledgeCommand) -> Result<Asked, Trouble> {
    Ok(match command {
        KnowledgeCommand::Add {
            dir,
            client,
            file,
            title,
        } => {
            let text = note(&file)?;
            let name = file.file_name().and_then(|name| name.to_str());
            let name = name.filter(|name| *name != "-");
            let title = title.unwrap_or_else(|| named(name, &text));
            (dir, client, Wish::Add { title, text })
        }
        KnowledgeCommand::Remove { dir, client, note } => (dir, client, Wish::Remove { note }),
        KnowledgeCommand::List { dir, client } => (dir, client, Wish::List),
        KnowledgeCommand::Search { dir, client, brief } => {
            (dir, client, Wish::Search { text: brief })
        }
    })
}

fn note(file: &Path) -> Result<String, Trouble> {
    let shown = file.display();
    let usage = |why: String| Trouble::Usage(format!("Nothing was added: {why}."));
    let mut bytes = Vec::new();
    let got = if file == Path::new("-") {
        io::stdin().lock().take(MOST_READ).read_to_end(&mut bytes)
    } else {
        File::open(file).and_then(|open| open.take(MOST_READ).read_to_end(&mut bytes))
    };
    got.map_err(|error| usage(format!("{shown} cannot be read: {error}")))?;
    read(&bytes).map_err(|error| usage(format!("{shown} cannot become a note: {error}")))
}
