//! The configuration: what the examples say, what each mistake is answered with, and that the reference is true.
#![allow(clippy::unwrap_used)]

#[path = "config/alone.rs"]
mod alone;
#[path = "config/companions.rs"]
mod companions;
#[path = "config/pages.rs"]
mod pages;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clara::config::{Config, reference};
use serde_json::Value;

/// The shortest main file that is valid.
const MAIN: &str = r#"
[discord]
application_id = "1180000000000000001"
guild_id = "1180000000000000003"
alert_channel = "1180000000000000202"
"#;

/// The shortest client's file that is valid.
const CLIENT: &str = r#"
name = "Harbour Coffee"
handle = "harbourcoffee"
time_zone = "Europe/Oslo"
approval_channel = "1180000000000000203"
"#;

/// A directory with a main file and clients' files.
struct Files(tempfile::TempDir);

impl Files {
    fn new(main: &str, clients: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("clients")).unwrap();
        std::fs::write(dir.path().join("clara.toml"), main).unwrap();
        for (name, text) in clients {
            std::fs::write(dir.path().join("clients").join(name), text).unwrap();
        }
        Self(dir)
    }

    fn main(&self) -> PathBuf {
        self.0.path().join("clara.toml")
    }

    fn load(&self) -> Config {
        Config::load(&self.main()).unwrap()
    }

    /// What a person reads, with the directory's name taken out.
    fn complaint(&self) -> String {
        self.hide(&Config::load(&self.main()).unwrap_err().to_string())
    }

    fn hide(&self, text: &str) -> String {
        let directory = format!("{}/", self.0.path().display());
        text.replace(&directory, "")
    }
}

fn complaint_of_main(main: &str) -> String {
    Files::new(main, &[]).complaint()
}

fn complaint_of_client(client: &str) -> String {
    Files::new(MAIN, &[("harbour.toml", client)]).complaint()
}

fn with(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from} is not there to be replaced");
    text.replace(from, to)
}

#[test]
fn a_minimal_file_is_short_and_everything_else_has_a_default() {
    let files = Files::new(MAIN, &[("harbour.toml", CLIENT)]);
    let config = files.load();
    assert_eq!(config.openai.base_url.as_str(), "https://api.openai.com/v1");
    assert_eq!(config.x.api_base.as_str(), "https://api.x.com");
    assert_eq!(config.ops.listen.to_string(), "127.0.0.1:9090");
    assert_eq!(config.data_dir, files.0.path().join("data"));
    assert_eq!(config.clients.len(), 1);
}

#[test]
fn a_client_without_access_of_its_own_has_the_teams() {
    let main = format!("{MAIN}\n[team]\napprove.roles = [\"11\"]\n");
    let own = format!("{CLIENT}\n[access]\napprove.roles = [\"22\"]\n");
    let own = with(&own, "harbourcoffee", "fjordbikes");
    let files = Files::new(&main, &[("harbour.toml", CLIENT), ("fjord.toml", &own)]);
    let config = files.load();
    let roles = |client: &str| {
        let settings = &config.clients[&client.parse().unwrap()];
        settings
            .access
            .approve
            .roles
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(roles("harbour"), ["11"]);
    assert_eq!(roles("fjord"), ["22"]);
}

#[test]
fn without_a_clients_directory_there_are_no_clients() {
    let main = format!("clients_dir = \"nowhere\"\n{MAIN}");
    assert!(Files::new(&main, &[]).load().clients.is_empty());
}

#[test]
fn an_unknown_key_is_named_with_the_nearest_known_one() {
    insta::assert_snapshot!(complaint_of_main(&format!(
        "{MAIN}\n[openai]\nmodle = \"x\"\ncolour = 1\n"
    )));
}

#[test]
fn an_unknown_section_is_named() {
    insta::assert_snapshot!(complaint_of_main(&format!(
        "{MAIN}\n[discrod]\nguild = 1\n"
    )));
}

#[test]
fn a_secret_in_the_file_is_refused_and_not_repeated() {
    let text = complaint_of_main(&format!(
        "{MAIN}\n[openai]\napi_key = \"hunter2\"\n[x]\nclient_secret = 7\n"
    ));
    assert!(!text.contains("hunter2"));
    insta::assert_snapshot!(text);
}

#[test]
fn values_of_the_wrong_type_are_all_named_at_once() {
    let main = format!(
        "{MAIN}\n[openai]\ntimeout = 60\nmodel = 4\nstrict_schema = \"yes\"\n\n[log]\nformat = \"xml\"\n"
    );
    insta::assert_snapshot!(complaint_of_main(&main));
}

#[test]
fn missing_keys_are_named_with_what_is_expected() {
    let text = complaint_of_main("[discord]\nguild_id = \"1\"\n\n[ops]\nlisten = \"9090\"\n");
    insta::assert_snapshot!(text);
}

#[test]
fn an_empty_file_lacks_the_one_section_that_is_needed() {
    insta::assert_snapshot!(complaint_of_main(""));
}

#[test]
fn an_id_without_quotes_is_told_to_have_them() {
    insta::assert_snapshot!(complaint_of_main(&with(
        MAIN,
        "\"1180000000000000003\"",
        "1180000000000000003"
    )));
}

#[test]
fn a_bad_url_says_what_a_good_one_looks_like() {
    insta::assert_snapshot!(complaint_of_main(&format!(
        "{MAIN}\n[x]\napi_base = \"api.x.com\"\n"
    )));
}

#[test]
fn limits_that_allow_nothing_are_refused() {
    let main = format!(
        "{MAIN}\n[limits]\nx.app = {{ calls = 0, per = \"1h\" }}\nx.client = {{ calls = 1, per = \"1h\" }}\nx.at_once = 0\n"
    );
    insta::assert_snapshot!(complaint_of_main(&main));
}

#[test]
fn a_log_filter_that_is_none_is_refused() {
    insta::assert_snapshot!(complaint_of_main(&format!(
        "{MAIN}\n[log]\nfilter = \"clara=loud=x\"\n"
    )));
}

#[test]
fn what_is_not_toml_is_placed() {
    insta::assert_snapshot!(complaint_of_main("[discord\napplication_id = \"1\"\n"));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let problems = Config::load(Path::new("nowhere/clara.toml")).unwrap_err();
    insta::assert_snapshot!(problems.to_string());
}

#[test]
fn an_unknown_zone_is_answered_with_the_nearest() {
    insta::assert_snapshot!(complaint_of_client(&with(
        CLIENT,
        "Europe/Oslo",
        "Europe/Olso"
    )));
}

#[test]
fn a_slot_that_no_clock_shows_is_placed_within_its_list() {
    let client = format!(
        "{CLIENT}\n[schedule]\nslots = [\n  \"weekdays 09:00\",\n  \"mon 25:00\",\n]\nquiet = [\"late\"]\n"
    );
    insta::assert_snapshot!(complaint_of_client(&client));
}

#[test]
fn a_handle_is_written_without_its_at_sign() {
    insta::assert_snapshot!(complaint_of_client(&with(
        CLIENT,
        "harbourcoffee",
        "@harbour coffee"
    )));
}

#[test]
fn a_client_without_a_channel_or_a_name_is_refused() {
    let client = with(CLIENT, "approval_channel = \"1180000000000000203\"", "");
    insta::assert_snapshot!(complaint_of_client(&with(&client, "Harbour Coffee", "")));
}

#[test]
fn numbers_out_of_range_are_refused() {
    let client =
        format!("{CLIENT}\n[approval]\nneeded = 9\n[generation]\ncandidates = 0\nrounds = -1\n");
    insta::assert_snapshot!(complaint_of_client(&client));
}

#[test]
fn two_clients_of_one_account_are_refused() {
    let other = with(CLIENT, "harbourcoffee", "HarbourCoffee");
    insta::assert_snapshot!(
        Files::new(MAIN, &[("fjord.toml", CLIENT), ("harbour.toml", &other)]).complaint()
    );
}

#[test]
fn a_file_name_that_is_no_client_id_is_refused() {
    insta::assert_snapshot!(Files::new(MAIN, &[("Harbour Coffee.toml", CLIENT)]).complaint());
}

#[test]
fn problems_of_all_files_are_told_at_once() {
    let clients = [("a.toml", "name = 1"), ("b.toml", "nonsense")];
    let text = Files::new(&format!("{MAIN}\n[x]\ntimeout = \"soon\"\n"), &clients).complaint();
    for part in ["x.timeout", "clients/a.toml", "clients/b.toml"] {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
}

/// A main file beside versions of the prompt: (path below `prompts/`, text).
fn with_prompts(main: &str, clients: &[(&str, &str)], templates: &[(&str, &str)]) -> Files {
    let files = Files::new(main, clients);
    for (path, text) in templates {
        let file = files.0.path().join("prompts").join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    files
}

const TEMPLATES: [(&str, &str); 2] = [
    ("v2/system.j2", "You write for {{ client }}."),
    ("v2/user.j2", "Brief: {{ brief }}"),
];

#[test]
fn versions_of_the_prompt_are_read_from_the_directory_beside_the_file() {
    let main = format!("{MAIN}\n[prompts]\nversion = \"v2\"\nvariants = {{ v1 = 30, v2 = 70 }}\n");
    let client = format!("{CLIENT}\n[generation]\nprompt = \"v2\"\n");
    let config = with_prompts(&main, &[("harbour.toml", &client)], &TEMPLATES).load();
    let templates = config.prompts.templates().unwrap();
    assert_eq!(templates.versions().collect::<Vec<_>>(), ["v1", "v2"]);
}

#[test]
fn without_a_directory_there_is_the_version_that_is_built_in() {
    let config = Files::new(MAIN, &[]).load();
    assert_eq!(config.prompts.version, "v1");
    assert!(config.prompts.found.is_empty());
    assert!(config.prompts.templates().is_ok());
}

#[test]
fn a_template_with_a_mistake_is_placed() {
    let bad = [
        ("v2/system.j2", "You write.\n{{ voice.tone }}"),
        ("v2/user.j2", "{{ brief }}"),
        ("v3/system.j2", "{% if %}"),
        ("v3/user.j2", "{{ brief }}"),
        ("v4/system.j2", "alone"),
    ];
    let text = with_prompts(MAIN, &[], &bad).complaint();
    let known = text.lines().filter(|line| !line.contains("os error"));
    insta::assert_snapshot!(known.collect::<Vec<_>>().join("\n"));
    assert!(text.contains("prompts/v4/user.j2"), "{text}");
}

#[test]
fn a_version_of_the_prompt_that_is_not_there_is_refused_wherever_it_is_named() {
    let main = format!("{MAIN}\n[prompts]\nversion = \"v8\"\n[prompts.variants]\nv2 = 1\nv9 = 1\n");
    let client = format!("{CLIENT}\n[generation]\nprompt = \"v7\"\n");
    let files = with_prompts(&main, &[("harbour.toml", &client)], &TEMPLATES);
    insta::assert_snapshot!(files.complaint());
}

#[test]
fn a_voice_is_read_whole_and_its_mistakes_are_placed() {
    let voice = "\n[voice]\npersona = \"Dry.\"\ndo = [\"Name the roast.\"]\nlanguages = [\"EN\"]\nemoji = \"none\"\nhashtags.max = 0\n";
    let config = Files::new(MAIN, &[("harbour.toml", &format!("{CLIENT}{voice}"))]).load();
    let read = &config.clients[&"harbour".parse().unwrap()].voice;
    assert_eq!((read.dos.len(), read.languages[0].code()), (1, "en"));
    let wrong =
        "\n[voice]\ndos = []\nemoji = \"lots\"\nlanguages = [\"english\"]\nhashtags.max = 999\n";
    insta::assert_snapshot!(complaint_of_client(&format!("{CLIENT}{wrong}")));
    let long = format!(
        "{CLIENT}\n[voice]\npersona = \"{}\"\n",
        "long ".repeat(5_000)
    );
    assert!(complaint_of_client(&long).contains("at most 20000"));
}

#[test]
fn a_chain_of_models_names_each_once_and_every_one_has_a_price() {
    let of = |models: &str| format!("{MAIN}\n[openai]\n{models}\n");
    let one = Files::new(&of("model = \"gpt-4.1-mini\""), &[]).load();
    assert_eq!(one.openai.models.names(), ["gpt-4.1-mini"]);
    let two = "models = [\"gpt-4.1-mini\", \"gpt-4.1-mini-2025-04-14\"]";
    assert_eq!(
        Files::new(&of(two), &[]).load().openai.models.names().len(),
        2
    );
    for (models, words) in [
        ("models = []", "expected the name of a model"),
        (
            "models = [\"gpt-4.1-mini\", \"gpt-4.1-mini\"]",
            "named twice",
        ),
        ("models = [\"gpt-4.1-mini\", \"unpriced\"]", "unpriced"),
        (
            "model = \"gpt-4.1-mini\"\nmodels = [\"gpt-4.1-mini\"]",
            "duplicate field",
        ),
        ("temperature = 3", "0 to 2"),
        ("tokens_per_second = 0", "1 or more"),
    ] {
        let text = complaint_of_main(&of(models));
        assert!(text.contains(words), "{models}: {text}");
    }
}

#[test]
fn a_model_without_a_price_is_refused_and_told_what_to_write() {
    insta::assert_snapshot!(complaint_of_main(&format!(
        "{MAIN}\n[openai]\nmodel = \"local-writer\"\n"
    )));
}

#[test]
fn a_model_may_go_without_a_price_where_that_was_said_and_no_budget_stops() {
    let unpriced = format!(
        "{MAIN}\n[openai]\nmodel = \"local-writer\"\n[prices]\nunknown_models = \"count_as_unknown\"\n"
    );
    Files::new(&unpriced, &[]).load();
    let soft = format!("{unpriced}[budgets]\nday = \"5\"\nstop = false\n");
    Files::new(&soft, &[]).load();
    let hard = format!("{unpriced}[budgets]\nday = \"5\"\n");
    insta::assert_snapshot!(complaint_of_main(&hard));
}

#[test]
fn prices_may_change_from_a_day_on() {
    let main = format!(
        "{MAIN}\n[prices]\nmodels.\"gpt-4.1-mini\" = [\n  {{ input = 1, cached_input = 1, output = 1 }},\n  \
         {{ from = \"2026-04-20\", input = 2000000, cached_input = 2, output = 2 }},\n]\n"
    );
    let prices = Files::new(&main, &[]).load().prices.list();
    let item = clara_domain::metering::Item::Chat {
        model: "gpt-4.1-mini-2026-01-01".to_owned(),
        tokens: clara_domain::metering::Tokens {
            prompt: 1_000_000,
            ..Default::default()
        },
    };
    let micro = |day: &str| prices.price(&item, day.parse().unwrap()).known().unwrap().0;
    assert_eq!((micro("2026-04-19"), micro("2026-04-20")), (1, 2_000_000));
}

#[test]
fn prices_and_budgets_that_are_none_are_placed() {
    let main = format!(
        "{MAIN}\n[prices]\nmoderation = {{ texts = 0 }}\nx = {{ create = 1 }}\nembeddings.\"e\" = \"cheap\"\n\
         models.\"gpt-4.1-mini\" = [\n  {{ input = 1, cached_input = 1, output = 1 }},\n  \
         {{ input = 2, cached_input = 1, output = 1 }},\n]\n\n[budgets]\nday = 5.00\nmonth = \"5,00\"\n\
         clients.harbour.day = \"0.1234567\"\nclients.\"No One\".day = \"1\"\n"
    );
    insta::assert_snapshot!(complaint_of_main(&main));
}

#[test]
fn a_budget_of_a_client_that_no_file_declares_is_told_and_holds_nothing_up() {
    let main = format!(
        "{MAIN}\n[budgets.clients]\nharbuor.day = \"1\"\nharbour.day = \"1\"\nsouth-pole.month = \"2\"\n"
    );
    let files = Files::new(&main, &[("harbour.toml", CLIENT)]);
    let doubts = files.load().doubts;
    let doubts: Vec<String> = doubts.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(files.hide(&doubts.join("\n")));
}

#[test]
fn budgets_are_exact_and_a_clients_own_goes_before_each_ones() {
    let main = format!(
        "{MAIN}\n[budgets]\nday = \"5.00\"\neach_client.month = \"20.1\"\nclients.harbour.day = \"0.000001\"\n"
    );
    let budgets = Files::new(&main, &[]).load().budgets.budgets();
    let micro = |amount: Option<clara_domain::money::MicroUsd>| amount.map(|amount| amount.0);
    let (harbour, fjord) = ("harbour".parse().unwrap(), "fjord".parse().unwrap());
    assert_eq!(micro(budgets.all.day), Some(5_000_000));
    assert_eq!(micro(budgets.of(&harbour).day), Some(1));
    assert_eq!(micro(budgets.of(&harbour).month), None);
    assert_eq!(micro(budgets.of(&fjord).month), Some(20_100_000));
    assert!(budgets.stop && !budgets.stop_posting);
}
