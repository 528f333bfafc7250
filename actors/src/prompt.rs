//! What the model is asked: a request for texts made into messages and a schema, and its answer read back.
//!
//! Templates come in versions; which one a tweet gets is decided by its client, or else drawn once and for all. Files are
//! read elsewhere. The invariant: a version that is in [`Prompts`] renders every request.

mod answer;
mod estimate;
mod judge;
mod material;
mod version;

use std::collections::BTreeMap;
use std::sync::Arc;

use clara_domain::effect::{CheckRequest, GenerationRequest};
use clara_domain::prompt_stamp::{PromptStamp, Variants};
use sha2::{Digest, Sha256};

use crate::ports::model::ChatRequest;

pub use answer::read;
pub use estimate::{Estimate, estimate};
pub(crate) use judge::read_judgement;
pub use material::{Material, Passage, Squeeze};
pub use version::{PromptError, Sources};

use version::Version;

/// Tokens that a segment may take, with the JSON around it.
const TOKENS_PER_SEGMENT: u32 = 200;

/// The version that is built in.
pub const BUILT_IN: &str = "v1";

/// The prompt templates in all their versions. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Prompts {
    versions: BTreeMap<String, Arc<Version>>,
    usual: String,
    variants: Variants,
}

impl Default for Prompts {
    fn default() -> Self {
        Self::new([], BUILT_IN, Variants::default())
            .expect("the built-in templates are rendered in a test")
    }
}

impl Prompts {
    /// The built-in version and those that are given, which go before it where they have its name. A request gets the
    /// version that its client wants, else one of the variants, else the usual one.
    ///
    /// # Errors
    /// The first template that cannot be used, or a version that is named and not there.
    pub fn new(
        given: impl IntoIterator<Item = Sources>,
        usual: &str,
        variants: Variants,
    ) -> Result<Self, PromptError> {
        let mut versions = BTreeMap::new();
        for sources in [Sources::built_in()].into_iter().chain(given) {
            let name = sources.version.clone();
            versions.insert(name, Arc::new(Version::new(sources)?));
        }
        let prompts = Self {
            versions,
            usual: usual.to_owned(),
            variants,
        };
        let drawn = prompts.variants.versions().map(|(name, _)| name);
        for name in drawn.chain([usual]) {
            prompts.version(name)?;
        }
        Ok(prompts)
    }

    /// The names of the versions.
    pub fn versions(&self) -> impl Iterator<Item = &str> {
        self.versions.keys().map(String::as_str)
    }

    /// The version that a request gets. One that its client wants and that is not there is an error: a text must not be
    /// written in another way than its people expect.
    pub fn version_for<'p>(&'p self, request: &'p GenerationRequest) -> &'p str {
        let drawn = || self.variants.choose(&request.client, request.tweet);
        let wanted = request.prompt.as_deref();
        wanted.or_else(drawn).unwrap_or(&self.usual)
    }

    /// The question for a request, by the version that it gets, with what is known beside the request.
    pub fn question(
        &self,
        request: &GenerationRequest,
        material: Material,
    ) -> Result<Question, PromptError> {
        Ok(Question {
            version: self.version(self.version_for(request))?.clone(),
            request: request.clone(),
            material,
        })
    }

    /// The whole question for a request with nothing known beside it.
    pub fn render(&self, request: &GenerationRequest) -> Result<ChatRequest, PromptError> {
        self.question(request, Material::default())?
            .at(Squeeze::WHOLE)
    }

    /// The question whether a text sounds like its client. Variants are all judged by the usual version: they could not
    /// be compared otherwise.
    pub fn judge(&self, request: &CheckRequest) -> Result<ChatRequest, PromptError> {
        let wanted = request.prompt.as_deref().unwrap_or(&self.usual);
        let system = self.version(wanted)?.render_judge(request)?;
        Ok(judge::question(system, &request.texts))
    }

    fn version(&self, name: &str) -> Result<&Arc<Version>, PromptError> {
        self.versions.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.versions().collect();
            PromptError::no_version(name, &known)
        })
    }
}

/// A question that can be asked at several lengths.
#[derive(Debug, Clone)]
pub struct Question {
    version: Arc<Version>,
    request: GenerationRequest,
    material: Material,
}

impl Question {
    /// The question, made shorter as far as it is said: what is left out first is what the text suffers from least.
    pub fn at(&self, squeeze: Squeeze) -> Result<ChatRequest, PromptError> {
        let values = material::values(&self.request, &self.material, squeeze);
        let (system, user) = self.version.render(&values)?;
        let texts = u32::from(self.request.segments) * u32::from(self.request.candidates);
        Ok(ChatRequest {
            system,
            user,
            schema_name: "tweets".to_owned(),
            schema: answer::schema(&self.request),
            max_tokens: 200 + TOKENS_PER_SEGMENT * texts,
            model: None,
            temperature: None,
        })
    }

    /// The version of the templates.
    pub fn version(&self) -> &str {
        self.version.name()
    }

    /// What goes with a text that came of this question: `asked` as it was sent, `model` as the service named it.
    pub fn stamp(&self, asked: &ChatRequest, model: &str) -> PromptStamp {
        PromptStamp {
            version: self.version.name().to_owned(),
            templates: self.version.fingerprint().to_owned(),
            hash: hash(asked),
            model: model.to_owned(),
            temperature: asked.temperature,
            max_tokens: asked.max_tokens,
        }
    }
}

/// A hash of what is sent: system, user and schema, each with its length before it.
fn hash(asked: &ChatRequest) -> String {
    let schema = asked.schema.to_string();
    hex(&digest([&asked.system, &asked.user, &schema]))
}

/// A digest of texts in which none can pass for a part of another.
fn digest<const N: usize>(texts: [&str; N]) -> Vec<u8> {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    hash.finalize().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
