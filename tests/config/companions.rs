//! `[knowledge]` and `[moderation]`: who makes vectors and who judges, with which key, at which price.

use clara::config::Secrets;
use clara_actors::ports::moderation::WhenDown;
use secrecy::ExposeSecret;

use super::*;

fn with_sections(sections: &str) -> String {
    format!("{MAIN}\n{sections}\n")
}

fn load(sections: &str) -> Config {
    Files::new(&with_sections(sections), &[]).load()
}

fn secrets(variables: &[(&str, &str)]) -> Secrets {
    let owned = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Secrets::read(&owned.collect()).unwrap()
}

#[test]
fn without_a_model_nobody_makes_vectors_or_judges() {
    let config = load("");
    assert_eq!(config.knowledge.embedding_model, None);
    assert_eq!(config.moderation.model, None);
    assert!(!config.embeds_elsewhere() && !config.judges_elsewhere());
}

#[test]
fn both_are_asked_where_texts_are_written_unless_another_place_is_named() {
    let config = load(
        "[openai]\nbase_url = \"http://writer/v1\"\n[knowledge]\nembedding_model = \"text-embedding-3-small\"\n\
         dimensions = 512\nlikeness = 0.5\n[moderation]\nmodel = \"omni-moderation-latest\"\n\
         base_url = \"http://judge/v1\"\nwhen_down = \"warn\"",
    );
    assert_eq!(config.embedding_url().as_str(), "http://writer/v1");
    assert_eq!(config.moderation_url().as_str(), "http://judge/v1");
    assert!((config.knowledge.meaning().likeness - 0.5).abs() < 1e-9);
    assert_eq!(config.moderation.when_down, WhenDown::Warn);
    assert_eq!(config.vectors_dir(), config.data_dir.join("vectors"));
}

#[test]
fn no_service_is_given_the_key_of_another_one() {
    let same = load(
        "[knowledge]\nembedding_model = \"text-embedding-3-small\"\n[moderation]\nmodel = \"m\"",
    );
    let apart = load(
        "[knowledge]\nembedding_model = \"text-embedding-3-small\"\nbase_url = \"http://vectors/v1\"\n\
         [moderation]\nmodel = \"m\"\nbase_url = \"http://judge/v1\"",
    );
    let keys = |config: &Config, variables: &[(&str, &str)]| {
        let secrets = secrets(variables);
        [
            secrets.embedding_key(config),
            secrets.moderation_key(config),
        ]
        .map(|key| key.map_or(String::new(), |key| key.expose_secret().to_owned()))
    };
    let writers = ("CLARA_OPENAI_API_KEY", "writers");
    let own = [
        writers,
        ("CLARA_EMBEDDING_API_KEY", "vectors"),
        ("CLARA_MODERATION_API_KEY", "judges"),
    ];
    assert_eq!(keys(&same, &[writers]), ["writers", "writers"]);
    assert_eq!(keys(&apart, &[writers]), ["", ""]);
    assert_eq!(keys(&apart, &own), ["vectors", "judges"]);
    let missing = clara::app::missing(&apart, &secrets(&[writers]));
    let named = |name: &str| missing.iter().any(|what| what.starts_with(name));
    assert!(
        named("CLARA_EMBEDDING_API_KEY: http://vectors/v1 will refuse")
            && named("CLARA_MODERATION_API_KEY: http://judge/v1 will refuse"),
        "{missing:?}"
    );
    assert_eq!(clara::app::missing(&apart, &secrets(&own)), [""; 0]);
}

#[test]
fn what_they_cannot_take_is_placed() {
    insta::assert_snapshot!(complaint_of_main(&with_sections(
        "[knowledge]\nembedding_model = \" \"\nbase_url = \"vectors\"\ndimensions = 0\nlikeness = 30\nmodel = \"m\"\n\
         [moderation]\nmodel = 4\nwhen_down = \"drop\"",
    )));
}

#[test]
fn a_model_that_makes_vectors_needs_a_price_as_one_that_writes_does() {
    let unpriced = "[knowledge]\nembedding_model = \"local-vectors\"";
    insta::assert_snapshot!(complaint_of_main(&with_sections(unpriced)));
    load(&format!(
        "{unpriced}\n[prices]\nembeddings.\"local-vectors\" = {{ input = 0 }}"
    ));
    let unknown = format!("{unpriced}\n[prices]\nunknown_models = \"count_as_unknown\"");
    load(&unknown);
    let hard = with_sections(&format!("{unknown}\n[budgets]\nday = \"5\""));
    assert!(complaint_of_main(&hard).contains("no budget can be kept with it"));
}
