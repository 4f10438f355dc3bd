# What both scripts need: a folder that is thrown away, the program, packages.

# A folder for everything, gone at the end with whatever was started in it.
own_folder() {
    folder=$(mktemp -d)
    trap 'status=$?; for p in $(jobs -p); do kill "$p" 2>/dev/null || true; done; rm -rf "$folder"; exit $status' EXIT
    trap 'exit 130' INT TERM
}

# Where the program is: $STATEGEN_BIN, or what cargo builds.
program() {
    bin=${STATEGEN_BIN:-}
    if [ -z "$bin" ]; then
        (cd "$here/../.." && cargo build --quiet)
        bin=$(cd "$here/../.." && cargo metadata --no-deps --format-version 1 |
            sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/debug/stategen
    fi
    bin=$(realpath "$bin")
    [ -x "$bin" ] || { echo "there is no program at $bin"; exit 1; }
}

skip() {
    echo "skipped: $*"
    exit 0
}

# A Python of its own with the packages named; skips where they cannot be had.
python_env() {
    command -v python3 >/dev/null || skip "there is no python3"
    python3 -m venv "$folder/env" >/dev/null 2>&1 || skip "python3 has no venv"
    timeout 300 "$folder/env/bin/python" -m pip --disable-pip-version-check install --quiet \
        --retries 1 --timeout 20 ${pip_flags:-} "$@" >"$folder/pip.log" 2>&1 ||
        skip "the packages $* cannot be had: $(tail -1 "$folder/pip.log")"
}

# A package of Node's; 1 where it cannot be had.
node_package() {
    command -v npm >/dev/null && command -v node >/dev/null || {
        echo "skipped: there is no npm, so $1 is left out"
        return 1
    }
    mkdir -p "$folder/npm"
    (cd "$folder/npm" && echo '{"private": true}' >package.json &&
        timeout 300 npm install --silent --no-audit --no-fund --ignore-scripts --fetch-retries=1 "$1") \
        >"$folder/npm.log" 2>&1 || {
        echo "skipped: the package $1 cannot be had: $(tail -1 "$folder/npm.log")"
        return 1
    }
}
