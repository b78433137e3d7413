#!/usr/bin/env bash
# What a release has to pass beside .ci/run: the dependencies against deny.toml, and that the build is reproducible.
#
#     cargo install --locked cargo-deny@0.20.2
#     scripts/supply_chain.sh              # both
#     scripts/supply_chain.sh deny         # the dependencies alone, which takes seconds
#
# The advisories are fetched from GitHub. The build is two release builds: scripts/reproducible.sh.
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ "$#" -eq 0 ]; then
	set -- deny build
fi
for part; do
	case "$part" in
		deny) cargo deny --locked check ;;
		build) scripts/reproducible.sh ;;
		*)
			echo "usage: $0 [deny] [build]" >&2
			exit 2
			;;
	esac
done
