# The commands of this repository; `just --list` shows them.

# Run every test.
test:
    cargo test --locked

# What CI runs.
ci:
    .ci/run

# Accept changed snapshots after reading them.
review:
    cargo insta review

# Run the examples of the built-in rules alone.
rules:
    cargo test --locked --test rules

# Build the documentation site and check its links; `just site test` opens it in a browser too.
site *ARGS:
    scripts/site.sh {{ ARGS }}

# Benchmarks: parse, shell, whole lint.
bench *ARGS:
    cargo bench --locked -- {{ ARGS }}

# Lint the Dockerfiles of a folder.
lint *PATHS:
    cargo run --release --locked -- {{ PATHS }}
