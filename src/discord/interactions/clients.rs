//! `/client add`, `/client pause` and `/client resume`, and the same for all clients: `/pause` and `/resume`.

use clara_actors::handle::Refusal;
use clara_domain::ids::{ClientId, Handle};
use clara_domain::person::Right;
use clara_domain::settings::{ApprovalPolicy, Approvals, ClientSettings, Voice};
use clara_domain::slots::parse_slots;
use clara_domain::zone::TimeZoneName;
use clara_domain::{Command, Rejection};

use super::asked::Asker;
use super::run::{Answer, say};
use super::trouble::Trouble;
use super::{Interactions, note};
use crate::discord::commands::NewClient;
use crate::discord::texts::answers;
use crate::discord::texts::settings::{BadSetting, MAX_NAME, MAX_PERSONA};

impl Interactions {
    pub(super) async fn add_client(&self, asker: &Asker, new: NewClient) -> Answer {
        // The domain asks the same of the settings; asked here first, nobody who may not add a client is told what is
        // wrong with one.
        if !self.options.team.allows(&asker.person, Right::Manage) {
            let rejection = Rejection::NotAllowed {
                right: Right::Manage,
            };
            return Err(Trouble::refused(Refusal::Rejected(rejection), None, None));
        }
        let id = ClientId::new(new.id.as_str()).map_err(|_| BadSetting::Id(new.id.clone()))?;
        note("client", &id);
        let settings = self.settings(new)?;
        let added = self.engine.add(id.clone(), asker.by(), settings).await;
        let client =
            added.map_err(|refusal| Trouble::refused(refusal, self.engine.view(&id).ok(), None))?;
        say(answers::client_added(&client))
    }

    fn settings(&self, new: NewClient) -> Result<ClientSettings, BadSetting> {
        let defaults = &self.options.client_defaults;
        let mut schedule = defaults.schedule.clone();
        if let Some(slots) = &new.slots {
            schedule.slots = parse_slots(slots).map_err(BadSetting::Slots)?;
        }
        let persona = new.persona.unwrap_or_default();
        within(persona.chars().count(), 0, MAX_PERSONA).map_err(BadSetting::Persona)?;
        within(new.name.chars().count(), 1, MAX_NAME).map_err(BadSetting::Name)?;
        let handle = new.handle.trim_start_matches('@');
        Ok(ClientSettings {
            handle: Handle::new(handle).map_err(|_| BadSetting::Handle(new.handle.clone()))?,
            name: new.name,
            time_zone: TimeZoneName::new(&new.zone).map_err(BadSetting::Zone)?,
            approval_channel: new.channel,
            access: self.options.team.clone(),
            approval: approval(new.approvals)?,
            schedule,
            voice: Voice {
                persona,
                ..Voice::default()
            },
            generation: defaults.generation.clone(),
            rules: defaults.rules.clone(),
        })
    }

    pub(super) async fn pause(&self, asker: &Asker, id: &ClientId, reason: String) -> Answer {
        self.client(id)?;
        let client = self.execute(asker, id, Command::Pause { reason }).await?;
        say(answers::paused(&client))
    }

    pub(super) async fn resume(&self, asker: &Asker, id: &ClientId) -> Answer {
        self.client(id)?;
        let client = self.execute(asker, id, Command::Resume).await?;
        say(answers::resumed(&client))
    }

    pub(super) async fn halt(&self, asker: &Asker, reason: String) -> Answer {
        let halted = self.engine.halt(asker.by(), reason).await;
        halted.map_err(|refusal| Trouble::refused(refusal, None, None))?;
        say(answers::halted())
    }

    pub(super) async fn release(&self, asker: &Asker) -> Answer {
        let released = self.engine.release(asker.by()).await;
        released.map_err(|refusal| Trouble::refused(refusal, None, None))?;
        say(answers::released())
    }
}

fn approval(given: Option<i64>) -> Result<ApprovalPolicy, BadSetting> {
    let mut policy = ApprovalPolicy::default();
    if let Some(given) = given {
        let number = u8::try_from(given)
            .ok()
            .and_then(|number| Approvals::try_from(number).ok());
        policy.needed = number.ok_or(BadSetting::Approvals(given))?;
    }
    Ok(policy)
}

fn within(length: usize, least: usize, most: usize) -> Result<(), usize> {
    if (least..=most).contains(&length) {
        Ok(())
    } else {
        Err(length)
    }
}
