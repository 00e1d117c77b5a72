# What the tests have in common that follow a manual of docs/ on a copy of the sources. To be sourced; `sources`,
# `folder` (made again; what stays in it is the built tree, for a look at what failed) and `name` are set.
readonly tree=$folder/tree build=$folder/tree/build/release

fail() {
  echo "$name: $*" >&2
  exit 1
}

copy_sources() {
  rm -rf "$folder"
  mkdir -p "$tree"
  cp -r "$sources"/{CMakeLists.txt,CMakePresets.json,src,modules,migrations,config,scripts} "$tree/"
  mkdir "$tree/tests"
  cp -r "$sources"/tests/{CMakeLists.txt,support} "$tree/tests/"
}

# Makes what a manual has in it: "File: `path`" and the block after it are that file; blocks of the kind diff are
# the edits.
apply_manual() {
  awk -v tree="$tree" -v edits="$folder/edits.diff" '
    /^File: `/ { split($0, part, "`"); file = tree "/" part[2]; next }
    /^```/ && inside { inside = 0; file = ""; close(target); next }
    /^```/ {
      target = $0 == "```diff" ? edits : file
      if (target != "") {
        if (target == edits && !begun) { begun = 1; printf "" > edits; close(edits) }
        inside = 1
        folder = target; sub("/[^/]*$", "", folder); system("mkdir -p \"" folder "\"")
      }
      next
    }
    inside && target == edits { print >> target; next }
    inside { print > target }
  ' "$1"
  patch --quiet -p1 -d "$tree" <"$folder/edits.diff" || fail "the edits do not apply to the tree"
}

# A compiler cache knows files by their place relative to the build folder.
build() {
  (cd "$tree" && cmake --preset release -DORDERFLOW_CONSOLE=OFF) >"$folder/configure.log" 2>&1 || {
    cat "$folder/configure.log" >&2
    fail "CMake does not take the tree"
  }
  cmake --build "$build" --target "$@" >"$folder/build.log" 2>&1 || {
    tail -40 "$folder/build.log" >&2
    fail "it does not compile"
  }
}

# Starts a node; `address` is where it listens then.
serve() {
  "$build/orderflow" serve --config "$tree/config/orderflow.json" --port 0 --data "$folder/data" \
    >"$folder/node.log" 2>&1 &
  node=$!
  trap 'kill "$node" 2>/dev/null || true; wait "$node" 2>/dev/null || true' EXIT
  wait_for 'http://127\.0\.0\.1:[0-9]+' cat "$folder/node.log"
  address=$(grep -o 'http://127\.0\.0\.1:[0-9]*' "$folder/node.log" | head -1)
}

# Waits up to 30 s for the output of a command to match.
wait_for() {
  local pattern=$1 answer
  shift
  for _ in {1..300}; do
    answer=$("$@" 2>/dev/null || true)
    [[ $answer =~ $pattern ]] && return 0
    kill -0 "$node" 2>/dev/null || break
    sleep 0.1
  done
  cat "$folder/node.log" >&2
  fail "no answer matched $pattern; the last one was: $answer"
}
