//! What the engine needs of the outside world. Adapters implement these; simulations script them.

pub mod clock;
pub mod desk;
pub mod embed;
pub mod ids;
pub mod journal;
pub mod model;
pub mod moderation;
pub mod x;

pub use clock::Clock;
pub use desk::Desk;
pub use embed::Embedder;
pub use ids::Ids;
pub use journal::Journal;
pub use model::LanguageModel;
pub use moderation::Moderator;
pub use x::XApi;
