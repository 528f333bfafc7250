//! Scenarios of settings that change while something is under way: approvals that were given under other rules, and sends
//! in doubt that left for another account.

use clara_domain::Rejection;
use clara_domain::client::NoticeKind;
use clara_domain::command::SlotChoice;
use clara_domain::content::Content;
use clara_domain::ids::Handle;
use clara_domain::person::{By, Grant};
use clara_domain::settings::ClientSettings;
use clara_domain::{Command, Effect, TweetEvent, effects};

use crate::world::{World, ana, approve, ben, cho, edit, first, minutes, recover, settings};

fn needing(needed: u8) -> ClientSettings {
    let mut settings = settings();
    settings.approval.needed = needed.try_into().unwrap();
    settings
}

/// Written by a person, and approved by her where two have to.
fn half_approved() -> World {
    let mut world = World::with(needing(2));
    world.plan(SlotChoice::NextFree);
    world.written();
    let command = edit(world.tweet(), Content::texts(["hello harbour"]));
    world.done(&cho(), command);
    assert_eq!(approved_by(&mut world, &cho()), Ok(vec!["approval_given"]));
    world
}

fn approved_by(world: &mut World, who: &By) -> Result<Vec<&'static str>, Rejection> {
    let command = approve(world.tweet());
    world.ask(who, command)
}

fn changed(world: &mut World, change: impl FnOnce(&mut ClientSettings)) -> Vec<&'static str> {
    let mut settings = world.client.settings.as_deref().unwrap().clone();
    change(&mut settings);
    let settings = Box::new(settings);
    world.done(&By::Engine, Command::Configure { settings })
}

fn only(people: &[&By]) -> Grant {
    let ids = people.iter().map(|person| person.who().unwrap().id);
    Grant {
        people: ids.collect(),
        ..Grant::default()
    }
}

#[test]
fn an_approval_of_somebody_who_may_not_approve_any_more_does_not_count() {
    let mut world = half_approved();
    changed(&mut world, |settings| {
        settings.access.approve = only(&[&ana(), &ben()]);
    });
    assert_eq!(approved_by(&mut world, &ben()), Ok(vec!["approval_given"]));
    assert_eq!(world.state(), "validated");
    let both = approved_by(&mut world, &ana());
    assert_eq!(both, Ok(vec!["approval_given", "approved"]));
}

#[test]
fn an_approval_of_the_author_does_not_count_once_the_policy_says_so() {
    let mut world = half_approved();
    changed(&mut world, |settings| {
        settings.approval.author_counts = false;
    });
    assert_eq!(approved_by(&mut world, &ben()), Ok(vec!["approval_given"]));
    assert_eq!(world.state(), "validated");
}

#[test]
fn a_journal_in_which_such_an_approval_was_counted_is_read_as_it_was_decided() {
    let mut world = half_approved();
    changed(&mut world, |settings| {
        settings.access.approve = only(&[&ana(), &ben()]);
    });
    approved_by(&mut world, &ben()).unwrap();
    let hash = world.tweet().current().unwrap().hash;
    let approved = TweetEvent::Approved { hash };
    assert_eq!(world.live(&approved.of(first())), "approved");
    assert_eq!(world.state(), "approved");
}

#[test]
fn where_fewer_are_needed_than_before_one_who_has_approved_can_do_so_again() {
    let mut world = half_approved();
    changed(&mut world, |settings| {
        settings.approval.needed = 1.try_into().unwrap();
    });
    let again = approved_by(&mut world, &cho());
    assert_eq!(again, Ok(vec!["approval_given", "approved"]));
}

#[test]
fn people_are_told_once_that_approvals_are_void_and_the_card_shows_it() {
    let mut world = half_approved();
    let before = world.tweet().change;
    changed(&mut world, |settings| {
        settings.approval.needed = 3.try_into().unwrap();
    });
    assert_eq!(world.tweet().approvals, []);
    let change = before + 1;
    let tweet = first();
    assert!(effects(&world.client, world.now).contains(&Effect::ShowCard { tweet, change }));
    let told: Vec<_> = world.client.notices.iter().map(|n| &n.kind).collect();
    assert_eq!(told, [&NoticeKind::ApprovalsVoid { tweets: 1 }]);
    // There is nothing left to be void.
    changed(&mut world, |settings| {
        settings.approval.needed = 2.try_into().unwrap();
    });
    assert_eq!(world.tweet().change, change);
    assert_eq!(world.client.notices.len(), 1);
}

#[test]
fn other_settings_leave_approvals_alone() {
    let mut world = half_approved();
    changed(&mut world, |settings| {
        settings.name = "Harbour Coffee & Cake".to_owned();
        settings.access.write = only(&[&cho()]);
    });
    assert!(world.client.notices.is_empty());
    let second = approved_by(&mut world, &ana());
    assert_eq!(second, Ok(vec!["approval_given", "approved"]));
}

#[test]
fn what_was_approved_stays_approved_whatever_the_settings_say_then() {
    let mut world = World::ready(1);
    changed(&mut world, |settings| {
        settings.approval.needed = 2.try_into().unwrap();
        settings.access.approve = only(&[&ben()]);
    });
    assert!(world.client.notices.is_empty());
    world.now = world.tweet().slot;
    world.pass(minutes(1));
    assert_eq!(world.begin(), ["publish_started"]);
}

fn renamed(world: &mut World) -> Vec<&'static str> {
    changed(world, |settings| {
        settings.handle = Handle::new("fjordcoffee").unwrap();
    })
}

/// What people are asked, and which account they are to look at.
fn asked(world: &World) -> (String, String) {
    let uncertain = world.tweet().state.uncertain().unwrap();
    assert_eq!(uncertain.next_look, None);
    let account = uncertain.account.as_ref().unwrap();
    (uncertain.reason.clone(), account.to_string())
}

#[test]
fn a_send_in_doubt_is_not_looked_for_under_another_account_but_asked_about() {
    let mut world = World::sending(1);
    world.done(&By::Engine, recover([]));
    assert_eq!(renamed(&mut world), ["person_asked", "configured"]);
    assert_eq!(world.owed(), []);
    let (reason, account) = asked(&world);
    assert_eq!(account, "harbour");
    assert!(reason.contains("@fjordcoffee"), "{reason}");
    let told = &world.client.notices.back().unwrap().kind;
    assert!(matches!(told, NoticeKind::PersonAsked { .. }), "{told:?}");
}

#[test]
fn a_send_on_its_way_is_in_doubt_as_soon_as_the_account_is_another() {
    let mut world = World::sending(1);
    let happened = renamed(&mut world);
    assert_eq!(happened, ["outcome_unknown", "person_asked", "configured"]);
    assert_eq!(asked(&world).1, "harbour");
}

#[test]
fn who_was_asked_already_is_asked_with_the_account_that_it_was_sent_to() {
    let mut world = World::sending(1);
    world.done(&By::Engine, recover([]));
    renamed(&mut world);
    let other = changed(&mut world, |settings| {
        settings.handle = Handle::new("baycoffee").unwrap();
    });
    assert_eq!(other, ["person_asked", "configured"]);
    assert_eq!(asked(&world).1, "harbour");
}

#[test]
fn another_account_changes_nothing_where_nothing_is_in_doubt() {
    let mut world = World::ready(1);
    assert_eq!(renamed(&mut world), ["configured"]);
    assert_eq!(world.state(), "approved");
}
