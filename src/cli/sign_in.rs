//! `clara sign-in`: lets a client's account consent at X, and keeps its tokens.

use super::run::in_system;
use super::{Exit, SignInArgs, complain, say};
use crate::sign_in::SignIn;

pub(super) fn run(args: &SignInArgs) -> Exit {
    let config = super::load(&args.config, args.data_dir.as_deref())
        .map_err(|problems| complain(&problems.to_string()));
    let secrets = super::secrets().map_err(|problems| complain(&problems));
    let (Ok(config), Ok(secrets)) = (config, secrets) else {
        return Exit::Usage;
    };
    let sign_in = SignIn {
        client: &args.client,
        handle: args.handle.as_ref(),
        config: &config,
        secrets: &secrets,
    };
    match in_system(sign_in.run(say)) {
        Ok(()) => Exit::Fine,
        Err(error) => {
            complain(&error.for_a_person());
            if error.is_usage() {
                Exit::Usage
            } else {
                Exit::Failed
            }
        }
    }
}
