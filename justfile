# The commands of everyday work. `just` lists them; each is one line that also works without just.

_default:
    @just --list --unsorted

# A pretend Discord, X and OpenAI with the real engine against them: prints a page to open
sandbox *ARGS:
    cargo run --release --locked -- sandbox {{ ARGS }}

# An agency's morning without a person; the report goes to target/demo-report.json
demo:
    cargo run --release --locked -- sandbox --script demo --report target/demo-report.json

# Every test, or those that match: just test an_edit_voids
test *FILTER:
    cargo test --locked {{ FILTER }}

# Formatting and clippy, as CI runs them
lint:
    cargo fmt --all --check
    cargo clippy --locked --workspace --all-targets -- -D warnings

# Licences, banned crates, sources and known vulnerabilities (needs cargo-deny)
deny:
    cargo deny check --hide-inclusion-graph

# Line coverage, at least 90 % (needs cargo-llvm-cov)
coverage:
    cargo llvm-cov --locked --workspace --fail-under-lines 90 --html

# The API documentation, warnings refused
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps

# The container image, tagged clara:dev
image:
    docker build --tag clara:dev .

# Everything that CI checks
ci:
    bash .ci/run
