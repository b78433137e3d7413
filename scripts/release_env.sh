# shellcheck shell=bash
# What a release build's environment holds, to be sourced in the folder of the repository: the same commit, toolchain and platform
# give the same bytes, in whatever folder it is built. scripts/reproducible.sh holds that.
#
# The folders of cargo, of the source and of the target are in the messages of panics; here they get names of their own. Cargo
# leaves `--remap-path-prefix` out of the hashes that crates are named by. Of two prefixes that fit rustc takes the last.
prefixes=(
	"$PWD=/oi-lint"
	"${CARGO_TARGET_DIR:-$PWD/target}=/target"
	"${CARGO_HOME:-$HOME/.cargo}=/cargo"
)
flags=""
for prefix in "${prefixes[@]}"; do
	flags+="${flags:+$'\x1f'}--remap-path-prefix=$prefix"
done
# It is read before RUSTFLAGS and what .cargo/config.toml says, so that no flag of somebody's own gets in.
export CARGO_ENCODED_RUSTFLAGS="$flags"
# The time in archives is that of the commit.
if [ -z "${SOURCE_DATE_EPOCH:-}" ] && time="$(git log -1 --format=%ct 2> /dev/null)"; then
	export SOURCE_DATE_EPOCH="$time"
fi
unset prefixes prefix flags time
