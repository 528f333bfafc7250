//! Files that came with commands: ephemeral attachments, which belong to no message and are read at a signed URL.
//! They die with the process, as interactions do; of many only the newest are kept.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Discord;
use super::ids::AttachmentId;
use super::message::Attachment;

/// How many are kept.
const MOST: usize = 100;

/// A file that came with a command.
#[derive(Clone, Debug)]
pub(super) struct Upload {
    pub(super) file: Attachment,
    /// The `hm` of its URL, without which nobody gets it.
    pub(super) signature: String,
}

impl Upload {
    pub(super) fn new(file: Attachment) -> Self {
        let signature = super::unguessable(&format!("file {}", file.id));
        Self { file, signature }
    }
}

/// The files that are kept.
#[derive(Debug, Default)]
pub(super) struct Uploads(BTreeMap<AttachmentId, Upload>);

impl Uploads {
    /// Keeps files, and forgets the oldest where there are too many.
    pub(super) fn keep(&mut self, new: Vec<Upload>) {
        self.0
            .extend(new.into_iter().map(|upload| (upload.file.id, upload)));
        while self.0.len() > MOST {
            self.0.pop_first();
        }
    }

    /// The file with this id, for whoever has its signature.
    pub(super) fn signed(&self, id: AttachmentId, signature: &str) -> Option<&Attachment> {
        let upload = self.0.get(&id)?;
        (upload.signature == signature).then_some(&upload.file)
    }
}

impl Discord {
    /// The attachment object of a command's `resolved` (documentation, "Attachment Structure").
    pub(super) fn upload_json(&self, upload: &Upload) -> Value {
        let (base, file) = (&self.shared().base_url, &upload.file);
        let application = self.directory().guild().application_id;
        // Until when and since when it is signed, in seconds since 1970 as hex digits.
        let since = self.now().as_second();
        let until = since + 24 * 60 * 60;
        let url = format!(
            "{base}/discord/ephemeral-attachments/{application}/{}/{}?ex={until:x}&is={since:x}&hm={}&",
            file.id, file.filename, upload.signature
        );
        json!({
            "id": file.id, "filename": file.filename, "size": file.bytes.len(), "content_type": file.content_type,
            "url": url, "proxy_url": url, "ephemeral": true,
        })
    }
}
