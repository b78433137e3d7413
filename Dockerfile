# A stage of its own, so that neither the toolchain nor what it downloads is in the image.
FROM rust:1.98-slim-trixie AS build

WORKDIR /usr/src/oi-lint
COPY Cargo.toml Cargo.lock build.rs ./
COPY benches benches
COPY data data
COPY docs/oi-lint.schema.json docs/
COPY rules rules
COPY src src
RUN cargo install --locked --path . --root /usr/local

FROM debian:trixie-slim

COPY --from=build /usr/local/bin/oi-lint /usr/local/bin/

WORKDIR /work
CMD ["oi-lint"]
