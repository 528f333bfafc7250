# syntax=docker/dockerfile:1
# Clara in one image: the binary, the system's certificates, a user without rights, one volume.

FROM rust:1.95-slim-bookworm AS build
# The vendored OpenSSL (docs/adr/0002) is C code configured by perl; nothing else is needed to build.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends build-essential perl \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
# The image's own toolchain is the one that rust-toolchain.toml asks for.
ENV RUSTUP_TOOLCHAIN=1.95.0
COPY . .
# Crates and compiled dependencies stay in cache mounts between builds, one per platform; the binary leaves them by the copy.
ARG TARGETPLATFORM=linux/amd64
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,id=target-${TARGETPLATFORM},target=/build/target,sharing=locked \
    cargo build --release --locked --package clara --bin clara \
    && install -D -m 0755 target/release/clara /out/clara

FROM debian:bookworm-slim AS runtime
# Certificates are what outgoing TLS trusts; time zones are inside the binary.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 clara \
    && useradd --system --uid 10001 --gid clara --home-dir /data --shell /usr/sbin/nologin clara \
    && install -d -o clara -g clara -m 0750 /data \
    && install -d -m 0755 /etc/clara
COPY --from=build /out/clara /usr/local/bin/clara

LABEL org.opencontainers.image.title="clara" \
      org.opencontainers.image.description="Plans, writes, validates, gets approved and posts the tweets of many X accounts, exactly once" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"

# Where the journal lives; a configuration under /etc/clara would otherwise keep it beside itself.
ENV CLARA_DATA_DIR=/data
USER 10001:10001
WORKDIR /data
# The configuration may lie anywhere, read-only; what Clara writes goes to the volume.
ENV CLARA_DATA_DIR=/data
VOLUME ["/data"]
# Health and metrics. From outside the container they answer only with `ops.listen = "0.0.0.0:9090"`; the check below needs nothing.
EXPOSE 9090
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["clara", "health", "--url", "http://127.0.0.1:9090/healthz"]
ENTRYPOINT ["clara"]
CMD ["run", "--config", "/etc/clara/clara.toml"]
