# Shared by ./certify, ./selftest and .ci/run (sourced, not run): installing what is missing, building quietly.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Debian's packages that building and running md5spec takes.
build_packages=(g++ cmake ninja-build pkg-config libasio-dev libyaml-cpp-dev libgtest-dev libgmock-dev libssl-dev
  libcli11-dev libfmt-dev nlohmann-json3-dev libpugixml-dev libre2-dev)
# What the tests take beyond that.
test_packages=(python3 python3-yaml python3-jsonschema nodejs perl clang-format git)
tidy_packages=(clang-tidy)

say() { printf '== %s\n' "$*" >&2; }

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# require PACKAGE…: installs those that are missing, or says what an administrator has to do.
require() {
  local missing=() package
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  if ! command -v apt-get >/dev/null; then
    printf 'These Debian packages (or what they are called here) are missing: %s\n' "${missing[*]}" >&2
    exit 1
  fi
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      printf 'Some packages are missing. An administrator can install them with:\n\n  apt-get update && apt-get install -y --no-install-recommends %s\n\n' \
        "${missing[*]}" >&2
      exit 1
    fi
    as_root=(sudo -n)
  fi
  say "installing ${missing[*]}"
  "${as_root[@]}" apt-get update -qq >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2 </dev/null
}

# quietly LOG COMMAND…: shows the command's output only where it fails.
quietly() {
  local log=$1
  shift
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 80 "$log" >&2
    printf 'failed: %s (all of its output: %s)\n' "$*" "$log" >&2
    exit 1
  fi
}

# build PRESET [TARGET…]: configures and builds build/ or build-PRESET/.
build() {
  local preset=$1 folder=build began=$SECONDS
  shift
  [ "$preset" = release ] || folder=build-$preset
  mkdir -p "$folder"
  say "building $folder/ (a few minutes the first time)"
  local launcher=()
  command -v ccache >/dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  quietly "$folder/configure.log" cmake --preset "$preset" "${launcher[@]}"
  quietly "$folder/build.log" cmake --build "$folder" ${1+--target "$@"}
  say "built $folder/ in $((SECONDS - began)) s"
}
