//! Files that a person gives with a command: which option each is for, and what Discord makes of its name and type.

use crate::discord::draft::FILE_LIMIT;
use crate::discord::ids::AttachmentId;
use crate::discord::message::Attachment;
use crate::discord::person_error::PersonError;
use crate::discord::uploads::Upload;

use super::line::OptionSpec;
use super::values::wrong;

/// The type of an option that takes a file.
pub(super) const ATTACHMENT: u8 = 11;

/// A file as it lies on a person's machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonFile {
    /// Its name there.
    pub name: String,
    /// What the person's browser takes it for; by its name where that says nothing.
    pub content_type: Option<String>,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// The files that came with a line, and those of them that its options took.
pub(super) struct Chosen<'f> {
    left: Vec<&'f PersonFile>,
    taken: Vec<Upload>,
}

impl<'f> Chosen<'f> {
    pub(super) fn new(files: &'f [PersonFile]) -> Self {
        Self {
            left: files.iter().collect(),
            taken: Vec::new(),
        }
    }

    /// The file that an option names, as it is uploaded.
    pub(super) fn take(
        &mut self,
        spec: &OptionSpec,
        name: &str,
        id: u64,
    ) -> Result<&Upload, PersonError> {
        let at = self.left.iter().position(|file| file.name == name);
        let at = at.ok_or_else(|| wrong(spec, "a file that comes with the command", name))?;
        let file = self.left.remove(at);
        if file.bytes.len() > FILE_LIMIT {
            return Err(PersonError::FileTooLarge {
                name: file.name.clone(),
                size: file.bytes.len(),
                most: FILE_LIMIT,
            });
        }
        self.taken.push(Upload::new(Attachment {
            id: AttachmentId(id),
            filename: uploaded_name(&file.name),
            description: None,
            content_type: content_type(file),
            bytes: file.bytes.clone(),
        }));
        Ok(&self.taken[self.taken.len() - 1])
    }

    /// Everything that was uploaded, if no file is left over.
    pub(super) fn finish(self) -> Result<Vec<Upload>, PersonError> {
        match self.left.first() {
            Some(stray) => Err(PersonError::StrayFile(stray.name.clone())),
            None => Ok(self.taken),
        }
    }
}

/// The name in the file's URL: Discord puts underscores for blanks, and does not keep what would have to be escaped.
fn uploaded_name(name: &str) -> String {
    let kept = |c: char| match c {
        c if c.is_ascii_alphanumeric() || "-_.".contains(c) => c,
        _ => '_',
    };
    name.chars().map(kept).collect()
}

fn content_type(file: &PersonFile) -> String {
    let told = file.content_type.as_deref().filter(|kind| !kind.is_empty());
    let ending = file.name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let kind = told.unwrap_or(match ending.to_ascii_lowercase().as_str() {
        "md" | "markdown" => "text/markdown",
        "txt" => "text/plain",
        "csv" => "text/csv",
        "html" => "text/html",
        "pdf" => "application/pdf",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        _ => "application/octet-stream",
    });
    if kind.starts_with("text/") && std::str::from_utf8(&file.bytes).is_ok() {
        return format!("{kind}; charset=utf-8");
    }
    kind.to_owned()
}
