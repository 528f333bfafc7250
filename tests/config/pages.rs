//! The example files and the page of keys: in step with what is read.

use super::*;

#[test]
fn the_examples_are_valid() {
    let config = Config::load(&at("config/clara.toml")).unwrap();
    assert!(config.clients.contains_key(&"example".parse().unwrap()));
}

#[test]
fn the_examples_show_every_key_and_are_valid_with_all_of_them() {
    let main = uncommented(&std::fs::read_to_string(at("config/clara.toml")).unwrap());
    let client = uncommented(&std::fs::read_to_string(at("config/clients/example.toml")).unwrap());
    let files = Files::new(&main, &[("example.toml", &client)]);
    files.load();
    assert_eq!(written(&main), named(reference::MAIN), "config/clara.toml");
    assert_eq!(
        written(&client),
        named(reference::CLIENT),
        "config/clients/example.toml"
    );
}

#[test]
fn what_the_example_shows_as_defaults_are_the_defaults() {
    let shown = uncommented(&std::fs::read_to_string(at("config/clara.toml")).unwrap());
    let same = |text: &str| {
        let examples = [
            "api_base = \"http://127",
            "base_url = \"http://127",
            "embedding_model = ",
            "dimensions = ",
            "model = \"omni",
            "client_id = ",
            "day = ",
            "month = ",
            "each_client.",
            "clients.",
            "temperature = ",
            "variants = ",
        ];
        !examples.iter().any(|start| text.starts_with(start))
    };
    let shown: String = shown
        .lines()
        .filter(|line| same(line))
        .map(|line| format!("{line}\n"))
        .collect();
    let (shown, plain) = (
        Files::new(&shown, &[]).load(),
        Config::load(&at("config/clara.toml")).unwrap(),
    );
    let value = |config: &Config| {
        let mut value = serde_json::to_value(config).unwrap();
        value["data_dir"] = Value::Null;
        value["clients_dir"] = Value::Null;
        value["prompts"]["dir"] = Value::Null;
        value
    };
    assert_eq!(value(&shown), value(&plain));
}

#[test]
fn the_reference_lists_the_keys_that_are_read_and_no_others() {
    let main =
        format!("{MAIN}\n[prompts.variants]\nv1 = 1\n[budgets.clients.harbour]\nday = \"1\"\n");
    let config = Files::new(&main, &[("harbour.toml", CLIENT)]).load();
    let read = |value: &Value| {
        let mut keys = BTreeSet::new();
        flatten("", value, &mut keys);
        keys
    };
    assert_eq!(
        read(&serde_json::to_value(&config).unwrap()),
        named(reference::MAIN)
    );
    let client = &config.clients[&"harbour".parse().unwrap()];
    assert_eq!(
        read(&serde_json::to_value(client).unwrap()),
        named(reference::CLIENT)
    );
}

#[test]
fn the_page_of_keys_is_in_step_with_the_reference() {
    let page = std::fs::read_to_string(at("docs/configuring.md")).unwrap();
    let (main, client) = (
        reference::table(reference::MAIN),
        reference::table(reference::CLIENT),
    );
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let page = replaced(&replaced(&page, "main", &main), "client", &client);
        std::fs::write(at("docs/configuring.md"), page).unwrap();
        return;
    }
    let advice = "docs/configuring.md is behind: run `UPDATE_DOCS=1 cargo test --test config`";
    assert!(page.contains(&main) && page.contains(&client), "{advice}");
}

fn replaced(page: &str, name: &str, table: &str) -> String {
    let (begin, end) = (
        format!("<!-- {name} -->\n"),
        format!("<!-- end of {name} -->"),
    );
    let (head, rest) = page.split_once(&begin).unwrap();
    let (_, tail) = rest.split_once(&end).unwrap();
    format!("{head}{begin}{table}{end}{tail}")
}

fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// An example with its commented keys in force; a comment in words has a blank after its `#`.
fn uncommented(text: &str) -> String {
    let line = |line: &str| match line.strip_prefix('#') {
        Some(key) if !key.starts_with(' ') => format!("{key}\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

fn written(text: &str) -> BTreeSet<String> {
    let table: toml::Table = text.parse().unwrap();
    let mut keys = BTreeSet::new();
    flatten("", &serde_json::to_value(table).unwrap(), &mut keys);
    keys
}

fn named(keys: &[reference::Key]) -> BTreeSet<String> {
    keys.iter().map(|key| key.name.to_owned()).collect()
}

/// The dotted names of everything in a value, as the reference has them: quotas and prices are one value, names that people
/// choose are `*`.
fn flatten(path: &str, value: &Value, keys: &mut BTreeSet<String>) {
    let is_price = [
        "prices.models.*",
        "prices.embeddings.*",
        "prices.moderation",
        "prices.x",
    ];
    match value {
        Value::Object(fields)
            if !fields.contains_key("per")
                && !is_price.contains(&path)
                && path != "rules.severity" =>
        {
            for (name, value) in fields {
                let named = [
                    "prices.models",
                    "prices.embeddings",
                    "budgets.clients",
                    "prompts.variants",
                ];
                let name = if named.contains(&path) { "*" } else { name };
                let path = if path.is_empty() {
                    name.to_owned()
                } else {
                    format!("{path}.{name}")
                };
                flatten(&path, value, keys);
            }
        }
        _ => {
            keys.insert(path.to_owned());
        }
    }
}
