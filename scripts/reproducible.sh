#!/usr/bin/env bash
# Builds the release of HEAD twice, in folders of other names and lengths and with another home of cargo, and compares the bytes.
# It takes two release builds; CARGO_BUILD_JOBS and nice(1) make them slower and the machine freer.
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cargo fetch --locked
home="${CARGO_HOME:-$HOME/.cargo}"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

# build <clone> <target> <home of cargo>
build() {
	git clone --quiet . "$1"
	(
		cd "$1"
		export CARGO_TARGET_DIR="$2" CARGO_HOME="$3"
		# shellcheck source=scripts/release_env.sh
		. scripts/release_env.sh
		cargo build --release --locked --offline
	)
}

mkdir -p "$scratch/home/registry"
cp -r "$home/registry/index" "$home/registry/cache" "$scratch/home/registry/"
build "$scratch/first" "$scratch/first/target" "$home"
build "$scratch/of/another/length/second" "$scratch/built" "$scratch/home"

first="$scratch/first/target/release/oi-lint"
second="$scratch/built/release/oi-lint"
sha256sum "$first" "$second"
if ! cmp "$first" "$second"; then
	echo "error: the two builds differ; they are in dist/differ" >&2
	mkdir -p dist/differ
	cp "$first" dist/differ/first
	cp "$second" dist/differ/second
	exit 1
fi
for path in "$scratch" "$home"; do
	if grep --quiet --text --fixed-strings "$path" "$first"; then
		echo "error: the program names $path" >&2
		exit 1
	fi
done
echo "The two are the same, byte for byte, and name no folder that they were built in."
