//! A key that is written alone: what is left out beside it is as usual, and what nothing reads is still refused.

use super::*;

/// The value of a configuration without the places of its files.
fn value(files: &Files) -> Value {
    let config = serde_json::to_string(&files.load()).unwrap();
    serde_json::from_str(&files.hide(&config)).unwrap()
}

/// The keys that have a value when they are left out, each as a line.
fn lines(keys: &[reference::Key]) -> Vec<String> {
    let written = keys.iter().filter(|key| {
        let is_a_value = !["required", "none"].contains(&key.default);
        is_a_value && !key.name.contains('*')
    });
    let lines = written.map(|key| format!("{} = {}\n", key.name, key.default));
    lines.collect()
}

#[test]
fn every_key_may_be_written_alone_and_its_documented_default_is_what_holds_without_it() {
    let plain = value(&Files::new(MAIN, &[("harbour.toml", CLIENT)]));
    for line in lines(reference::MAIN) {
        let files = Files::new(&format!("{line}{MAIN}"), &[("harbour.toml", CLIENT)]);
        assert_eq!(value(&files), plain, "{line}");
    }
    for line in lines(reference::CLIENT) {
        let files = Files::new(MAIN, &[("harbour.toml", &format!("{line}{CLIENT}"))]);
        assert_eq!(value(&files), plain, "{line}");
    }
}

#[test]
fn what_is_left_out_of_a_services_limits_is_as_usual_for_that_service() {
    let usual = Files::new(MAIN, &[]).load().limits;
    let alone = |line: &str| Files::new(&format!("{line}\n{MAIN}"), &[]).load().limits;
    let mut wanted = usual.clone();
    wanted.model.at_once = 1;
    assert_eq!(alone("limits.model.at_once = 1"), wanted);
    let mut wanted = usual.clone();
    wanted.x.client.calls = 10;
    assert_eq!(
        alone("limits.x.client = { calls = 10, per = \"15m\" }"),
        wanted
    );
    assert_ne!(usual.x.app, usual.model.app);
}

#[test]
fn a_price_that_is_written_leaves_the_others_as_they_are() {
    let own = "[prices]\nmodels.own = { input = 0, cached_input = 0, output = 0 }\n\
               embeddings.own = { input = 0 }\n";
    let prices = Files::new(&format!("{MAIN}{own}"), &[])
        .load()
        .prices
        .list();
    for model in ["own", "gpt-4.1-mini", "gpt-4.1-mini-2025-04-14"] {
        assert!(prices.knows_model(model), "{model}");
    }
    assert!(prices.knows_embedding("own") && prices.knows_embedding("text-embedding-3-small"));
    let dear = "[prices.models.\"gpt-4.1-mini\"]\ninput = 7\ncached_input = 7\noutput = 7\n";
    let prices = Files::new(&format!("{MAIN}{dear}"), &[]).load().prices;
    assert_eq!(prices.models["gpt-4.1-mini"].entries()[0].input.0, 7);
}

#[test]
fn a_half_of_a_quota_and_a_key_of_limits_that_nothing_reads_are_named() {
    insta::assert_snapshot!(complaint_of_main(&format!(
        "{MAIN}\n[limits.model]\nat_onec = 4\nclient = {{ calls = 1 }}\n\n[limits.x]\nat_once = \"two\"\n\n\
         [prices.x]\ncreate = 15000\n"
    )));
}
