//! Why a consent came to nothing. The texts are for the person at the terminal, and hold no secret.

use clara_domain::ids::Handle;

use crate::http::HttpError;

/// Why there is no code in what came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoCode {
    /// It is something else.
    #[error(
        "there is no code in it; what is needed is the whole address of the page that the browser ended at"
    )]
    Absent,
    /// Its `state` is not the one that was asked with: an older attempt, or somebody else's.
    #[error(
        "it belongs to another sign-in than this one; open the address above and take what comes back from it"
    )]
    OfAnother,
    /// The account's owner said no, or X did.
    #[error("the account did not allow it")]
    Denied,
}

/// Why there are no tokens.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConsentError {
    /// A URL is none, or there is no HTTP.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: {reason}")]
    NotRandom {
        /// What it says.
        reason: String,
    },
    /// X does not take the code.
    #[error(
        "X does not take the code ({reason}). It works once, within 30 seconds: sign in again, and paste sooner"
    )]
    CodeRefused {
        /// What X says.
        reason: String,
    },
    /// X does not take the app.
    #[error(
        "X does not take the app ({reason}). See `x.client_id` and the app's client secret, then sign in again"
    )]
    AppRefused {
        /// What X says.
        reason: String,
    },
    /// No answer, or none that says anything.
    #[error("X did not give the tokens ({reason}). Sign in again")]
    NoAnswer {
        /// What happened.
        reason: String,
    },
    /// There is no refresh token.
    #[error(
        "X gave a token that ends in two hours and nothing to renew it with. Let the app have `offline.access`, then \
         sign in again"
    )]
    EndsSoon,
    /// X did not say whose tokens they are.
    #[error("X did not say whose tokens they are ({reason}). Sign in again")]
    UnknownAccount {
        /// What happened.
        reason: String,
    },
    /// Somebody else consented.
    #[error(
        "the account that consented is @{account}, and the client's is @{meant}. Sign the browser in at X as @{meant}, \
         then sign in again"
    )]
    OtherAccount {
        /// Who should have.
        meant: Handle,
        /// Who did.
        account: Handle,
    },
}
