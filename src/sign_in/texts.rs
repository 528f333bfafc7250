//! What the person reads at a sign-in, at the terminal and in the browser. No token or code is ever in it.

use clara_adapters::secrets::kept_in;
use clara_adapters::x::NoCode;
use clara_domain::ids::Handle;

use super::{SignIn, SignInError};
use crate::config::secrets;

/// What to do now. `listens` tells whether the browser finds this machine.
pub(super) fn invitation(
    sign_in: &SignIn<'_>,
    handle: &Handle,
    url: &str,
    listens: bool,
) -> String {
    let client = sign_in.client;
    let redirect = &sign_in.config.x.redirect_url;
    let after = if listens {
        "  2. Allow it. If the browser is on this machine, the rest goes by itself.\n     \
         If it is elsewhere, it ends at a page that does not load: paste that page's whole address\n     \
         here, within 30 seconds; X takes what it holds no longer."
    } else {
        "  2. Allow it. The browser then ends at a page that does not load: paste that page's whole\n     \
         address here, within 30 seconds; X takes what it holds no longer."
    };
    format!(
        "Signing {client} in at X as @{handle}. Nothing is stored before X says that the account is this one.\n\n\
         \x20 1. In a browser that is signed in at X as @{handle}, open\n\n{url}\n\n{after}\n\n\
         If X says that something went wrong: {redirect} has to be among the callback URLs of\n\
         the X app, letter by letter."
    )
}

/// Something came back that is of no use; the waiting goes on.
pub(super) fn not_this(why: NoCode) -> String {
    format!("That is not it: {why}. Nothing was changed; still waiting.")
}

/// How it ended, for the browser.
pub(super) fn in_the_browser(handle: &Handle, error: Option<&SignInError>) -> String {
    match error {
        None => format!(
            "@{handle} is signed in. You can close this page; the terminal says what is next."
        ),
        Some(error) => failed(error),
    }
}

/// It did not work.
pub(super) fn failed(error: &SignInError) -> String {
    format!("Nobody was signed in, and nothing was stored: {error}.")
}

/// It worked: what was stored where, and what to do next.
pub(super) fn signed_in(sign_in: &SignIn<'_>, handle: &Handle) -> String {
    let client = sign_in.client;
    let file = kept_in(&sign_in.config.secrets_dir(), client);
    let unused = if sign_in.secrets.x.contains_key(client) {
        let name = secrets::x_access_token(client);
        format!("\nThey go before {name}, which is set and not used any more: remove it.")
    } else {
        String::new()
    };
    format!(
        "Signed in: {client} posts as @{handle}. Its tokens are in {}, which only you can read.{unused}\n\
         Next: start Clara. If X had refused the client's credentials, it is paused: say\n\
         `/client resume client:{client}` in Discord.",
        file.display()
    )
}
