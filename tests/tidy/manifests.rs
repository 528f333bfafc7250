//! Rules over the crates' manifests: which layer may use which, and where an outside crate may appear.
//!
//! Only what a manifest says is looked at; cargo resolves the rest, and deny.toml judges what comes with it.

use std::collections::BTreeSet;

use toml::{Table, Value};

use crate::tree::Tree;

/// Which of our crates each may use in what it ships, as DESIGN draws the arrows.
const ARROWS: [(&str, &[&str]); 5] = [
    ("clara-domain", &[]),
    ("clara-sandbox", &[]),
    ("clara-actors", &["clara-domain"]),
    ("clara-adapters", &["clara-domain", "clara-actors"]),
    (
        "clara",
        &[
            "clara-domain",
            "clara-actors",
            "clara-adapters",
            "clara-sandbox",
        ],
    ),
];

/// Outside crates that must stay behind one of ours, so that replacing one touches one crate.
const HOMES: [(&str, &str); 3] = [
    ("reqwest", "clara-adapters"),
    ("sled", "clara-adapters"),
    ("serenity", "clara"),
];

/// What would bring a runtime, a wire or a disk into the pure core.
const IMPURE: [&str; 13] = [
    "actix",
    "actix-rt",
    "async-trait",
    "axum",
    "futures",
    "governor",
    "hyper",
    "rand",
    "reqwest",
    "serenity",
    "sled",
    "tokio",
    "tracing",
];

/// What one crate's manifest says that it uses.
pub(crate) struct Manifest {
    name: String,
    path: String,
    /// In the binary: normal and build dependencies, on any platform.
    shipped: BTreeSet<String>,
    /// In tests too: all kinds together.
    any: BTreeSet<String>,
}

impl Manifest {
    /// The manifests of all the crates in the tree; the root's is the app's.
    pub(crate) fn workspace(tree: &Tree) -> Vec<Self> {
        let manifests = tree.ending("Cargo.toml");
        manifests
            .map(|(path, text)| Self::parse(path, text))
            .collect()
    }

    fn parse(path: &str, text: &str) -> Self {
        let table: Table = text.parse().expect("cargo has read this manifest already");
        let mut tables = vec![&table];
        if let Some(targets) = table.get("target").and_then(Value::as_table) {
            tables.extend(targets.values().filter_map(Value::as_table));
        }
        let of = |kind: &str| tables.iter().flat_map(|table| names(table, kind)).collect();
        let mut shipped: BTreeSet<String> = of("dependencies");
        shipped.extend::<BTreeSet<String>>(of("build-dependencies"));
        let mut any: BTreeSet<String> = of("dev-dependencies");
        any.extend(shipped.iter().cloned());
        let name = table["package"]["name"].as_str().unwrap_or(path).to_owned();
        let path = path.to_owned();
        Self {
            name,
            path,
            shipped,
            any,
        }
    }
}

/// The packages of one dependency table; a renamed one counts under its own name.
fn names(table: &Table, kind: &str) -> Vec<String> {
    let Some(entries) = table.get(kind).and_then(Value::as_table) else {
        return Vec::new();
    };
    let package = |(key, value): (&String, &Value)| {
        let renamed = value.get("package").and_then(Value::as_str);
        renamed.unwrap_or(key).to_owned()
    };
    entries.iter().map(package).collect()
}

/// The arrows between our crates. Tests may look outwards; the sandbox never imports one of ours, not even there.
pub(crate) fn layers(manifests: &[Manifest]) -> Vec<String> {
    let mut complaints = Vec::new();
    for manifest in manifests {
        let known = ARROWS.iter().find(|(name, _)| *name == manifest.name);
        let Some((_, allowed)) = known else {
            complaints.push(format!(
                "{}: {} has no place in the layers; add it to ARROWS in \
                    tests/tidy/manifests.rs and to ARCHITECTURE.md",
                manifest.path, manifest.name
            ));
            continue;
        };
        let used = if manifest.name == "clara-sandbox" {
            &manifest.any
        } else {
            &manifest.shipped
        };
        for one in used
            .iter()
            .filter(|one| one.starts_with("clara") && !allowed.contains(&one.as_str()))
        {
            complaints.push(format!(
                "{}: {} must not use {one}; move what it needs inwards, or put a port between them",
                manifest.path, manifest.name
            ));
        }
    }
    complaints
}

/// The pure core stays free of runtimes, wires and disks.
pub(crate) fn pure_core(manifests: &[Manifest]) -> Vec<String> {
    let core = manifests
        .iter()
        .filter(|manifest| manifest.name == "clara-domain");
    let complain = |(path, one): (&str, &String)| {
        format!(
            "{path}: the core is pure, so it cannot use {one}; return an effect as \
                    data, and carry it out in clara-actors or clara-adapters"
        )
    };
    core.flat_map(|core| core.any.iter().map(|one| (core.path.as_str(), one)))
        .filter(|(_, one)| IMPURE.contains(&one.as_str()))
        .map(complain)
        .collect()
}

/// Each of the large outside crates is named by one manifest: its home's.
pub(crate) fn single_homes(manifests: &[Manifest]) -> Vec<String> {
    let mut complaints = Vec::new();
    for (outside, home) in HOMES {
        for manifest in manifests {
            let (uses, is_home) = (manifest.any.contains(outside), manifest.name == home);
            if uses && !is_home {
                complaints.push(format!(
                    "{}: {outside} belongs to {home} alone (tests too); use what {home} \
                        offers, or extend it",
                    manifest.path
                ));
            } else if is_home && !uses {
                complaints.push(format!(
                    "{}: {home} no longer uses {outside}; remove it from the workspace and \
                        from HOMES in tests/tidy/manifests.rs",
                    manifest.path
                ));
            }
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(name: &str, body: &str) -> Manifest {
        Manifest::parse(
            "x/Cargo.toml",
            &format!("[package]\nname = \"{name}\"\n{body}"),
        )
    }

    #[test]
    fn an_outward_arrow_is_refused_unless_only_tests_use_it() {
        let shipped = manifest(
            "clara-actors",
            "[dependencies]\nclara-adapters.workspace = true",
        );
        assert_eq!(layers(&[shipped]).len(), 1);
        let tests = manifest(
            "clara-actors",
            "[dev-dependencies]\nclara-adapters.workspace = true",
        );
        assert!(layers(&[tests]).is_empty());
    }

    #[test]
    fn an_arrow_hidden_in_a_target_or_a_build_script_or_a_rename_is_seen() {
        for body in [
            "[target.'cfg(unix)'.dependencies]\nclara-actors.workspace = true",
            "[build-dependencies]\nclara-actors.workspace = true",
            "[dependencies]\nx = { package = \"clara-actors\", path = \"y\" }",
        ] {
            assert_eq!(layers(&[manifest("clara-domain", body)]).len(), 1, "{body}");
        }
    }

    #[test]
    fn the_sandbox_uses_none_of_ours_even_in_tests() {
        let tests = manifest(
            "clara-sandbox",
            "[dev-dependencies]\nclara-domain.workspace = true",
        );
        assert_eq!(layers(&[tests]).len(), 1);
    }

    #[test]
    fn a_crate_outside_the_layers_is_found_and_refused() {
        let tree = Tree::of(&[("more/extra/Cargo.toml", "[package]\nname = \"clara-extra\"")]);
        assert_eq!(layers(&Manifest::workspace(&tree)).len(), 1);
    }

    #[test]
    fn a_runtime_in_the_core_is_refused() {
        let body = "[dev-dependencies]\ntokio.workspace = true";
        assert_eq!(pure_core(&[manifest("clara-domain", body)]).len(), 1);
        assert!(pure_core(&[manifest("clara-actors", body)]).is_empty());
    }

    #[test]
    fn a_second_home_and_a_lost_home_are_refused() {
        let second = manifest(
            "clara-sandbox",
            "[dev-dependencies]\nreqwest.workspace = true",
        );
        assert_eq!(single_homes(&[second]).len(), 1);
        let lost = manifest("clara-adapters", "[dependencies]\nsled.workspace = true");
        let complaints = single_homes(&[lost]);
        assert!(complaints.len() == 1 && complaints[0].contains("no longer uses reqwest"));
    }
}
