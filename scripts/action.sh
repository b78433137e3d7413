#!/usr/bin/env bash
# The steps of action.yml: `install` builds oi-lint into the folder that is cached, `lint` runs it as the INPUT_* say.
set -Eeuo pipefail

# What oi-lint is told so that findings become annotations, and a report for code scanning.
annotations=(--format github)
sarif=(--output sarif:oi-lint.sarif)

# action.yml caches this folder.
home="$HOME/.cache/oi-lint-action"

# Words of an input, one a line; a blank or a line ends a word, and no word is a pattern.
words() { tr -s ' \t\r\n' '\n' <<< "$1" | sed '/^$/d'; }

case "$1" in
	install)
		export CARGO_TARGET_DIR="${RUNNER_TEMP:-/tmp}/oi-lint-target"
		rustup toolchain install stable --profile minimal --no-self-update
		cargo +stable install --locked --force --path "$(dirname "${BASH_SOURCE[0]}")/.." --root "$home"
		rm -rf "$CARGO_TARGET_DIR"
		;;
	lint)
		set -- "${annotations[@]}"
		if [ "${INPUT_SARIF:-false}" = true ]; then set -- "$@" "${sarif[@]}"; fi
		if [ -n "${INPUT_PROFILE:-}" ]; then set -- "$@" --profile "$INPUT_PROFILE"; fi
		if [ -n "${INPUT_FAIL_ON:-}" ]; then set -- "$@" --fail-on "$INPUT_FAIL_ON"; fi
		while IFS= read -r word; do set -- "$@" "$word"; done < <(words "${INPUT_ARGS:-}")
		while IFS= read -r word; do set -- "$@" "$word"; done < <(words "${INPUT_PATHS:-.}")
		exec "${OI_LINT:-$home/bin/oi-lint}" "$@"
		;;
	*)
		echo "usage: $0 install|lint" >&2
		exit 2
		;;
esac
