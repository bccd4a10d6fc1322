# Shared by ./certify, ./selftest and .ci/run (sourced, not run): installing what is missing, building quietly.
set -euo pipefail
called_from=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD

# Debian's packages that building and running md5spec takes.
build_packages=(g++ cmake ninja-build pkg-config libasio-dev libyaml-cpp-dev libgtest-dev libgmock-dev libssl-dev
  libcli11-dev libfmt-dev nlohmann-json3-dev libpugixml-dev libre2-dev zlib1g-dev)
# What the tests take beyond that.
test_packages=(python3 python3-yaml python3-jsonschema python3-cryptography nodejs perl netcat-openbsd openssl clang-format
  chromium chromium-driver libxml2-utils)
tidy_packages=(clang-tidy)
fuzz_packages=(clang-16 libclang-rt-16-dev)
status_if_broken=1  # what to exit with where md5spec can't be built

say() { printf '== %s\n' "$*" >&2; }

# require PACKAGE…: installs those that are missing, or says what an administrator has to do.
require() {
  local missing=() package as_root=()
  if ! command -v dpkg-query >/dev/null; then
    say "this isn't Debian or a relative: make sure that what it calls the following is installed: $*"
    return
  fi
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      printf 'Some packages are missing. An administrator can install them with:\n\n  %s %s\n\n' \
        "apt-get update && apt-get install -y --no-install-recommends" "${missing[*]}" >&2
      exit 1
    fi
    as_root=(sudo -n)
  fi
  say "installing ${missing[*]}"
  mkdir -p build
  quietly build/install.log "${as_root[@]}" apt-get update
  quietly build/install.log "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "${missing[@]}"
}

# Of a build's output shows how far it is: on a terminal in one line, elsewhere every half minute.
progress() {
  local line shown=$SECONDS
  while IFS= read -r line; do
    [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]] || continue
    if [ -t 2 ]; then
      printf '\r   %s of %s \033[K' "${BASH_REMATCH[@]:1}" >&2
    elif [ $((SECONDS - shown)) -ge 30 ]; then
      shown=$SECONDS
      printf '   %s of %s\n' "${BASH_REMATCH[@]:1}" >&2
    fi
  done
  if [ -t 2 ]; then printf '\r\033[K' >&2; fi
}

# quietly LOG COMMAND…: shows the end of the command's output where it fails.
quietly() {
  local log=$1
  shift
  if ! "$@" 2>&1 </dev/null | tee "$log" | progress; then
    tail -n 80 "$log" >&2
    printf '\nfailed: %s\n(all of its output is in %s)\n' "$*" "$root/$log" >&2
    exit "$status_if_broken"
  fi
}

# A compiler may take a gigabyte.
build_jobs() {
  local processors memory
  processors=$(nproc)
  memory=$(awk '/^MemAvailable:/ {print int($2 / 1000000)}' /proc/meminfo)
  echo $((processors < memory ? processors : memory > 1 ? memory : 1))
}

# build PRESET [TARGET…]: configures and builds build/ or build-PRESET/. A folder that is configured already stays as it is.
build() {
  local preset=$1 folder=build began=$SECONDS launcher=()
  shift
  [ "$preset" = release ] || folder=build-$preset
  mkdir -p "$folder"
  say "building $folder/ (a few minutes the first time)"
  if [ -e "$folder/CMakeCache.txt" ]; then
    quietly "$folder/configure.log" cmake "$folder"
  else
    if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
    quietly "$folder/configure.log" cmake --preset "$preset" "${launcher[@]}"
  fi
  quietly "$folder/build.log" cmake --build "$folder" -j "$(build_jobs)" ${1+--target "$@"}
  say "built $folder/ in $((SECONDS - began)) s"
}
