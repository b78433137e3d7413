#!/usr/bin/env bash
# Builds packages into dist/ from a reproducible release build: `scripts/package.sh deb wheel npm`, or some of them.
#
# It takes cargo-deb (cargo install --locked cargo-deb) for the first, maturin (pip install maturin) and npm for the others.
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target="${CARGO_TARGET_DIR:-target}"
oi_lint="$target/release/oi-lint"

# Manual pages and completions, which oi-lint writes itself, as they lie below /usr.
share() {
	rm -rf "$1"
	"$oi_lint" man "$1/man/man1"
	mkdir -p "$1/bash-completion/completions" "$1/fish/vendor_completions.d" "$1/zsh/site-functions"
	"$oi_lint" completions bash > "$1/bash-completion/completions/oi-lint"
	"$oi_lint" completions fish > "$1/fish/vendor_completions.d/oi-lint.fish"
	"$oi_lint" completions zsh > "$1/zsh/site-functions/_oi-lint"
}

if [ "$#" -eq 0 ]; then
	echo "usage: $0 deb|wheel|npm ..." >&2
	exit 2
fi
# The builds of maturin and cargo-deb get the same flags by it.
# shellcheck source=scripts/release_env.sh
. scripts/release_env.sh
cargo build --release --locked
mkdir -p dist
for package; do
	case "$package" in
		deb)
			share target/share
			cargo deb --no-build --locked --output dist/
			;;
		wheel)
			# maturin packs a folder of this name.
			share oi_lint.data/data/share
			maturin build --release --locked --out dist
			rm -rf oi_lint.data
			;;
		npm)
			system="$(node --print 'process.platform + "-" + process.arch')"
			mkdir -p "npm/native/$system"
			cp "$oi_lint" "npm/native/$system/"
			cp LICENSE README.md npm/
			share target/share
			rm -rf npm/man
			cp -r target/share/man/man1 npm/man
			npm pack --silent --pack-destination dist ./npm
			;;
		*)
			echo "error: no package is called $package: deb, wheel, npm" >&2
			exit 2
			;;
	esac
done
