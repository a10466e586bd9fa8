# shellcheck shell=sh
# What ./run, ./test and tools/package share: an interpreter, .venv, and what the system lacks.
# Sourced with $root, the project's folder. Speaks on stderr only, so that pipes stay clean, and
# never reads standard input.

: "${root:?is the project folder, set by whoever sources this}"
venv=$root/.venv
notes=$root/.run
log=$notes/set-up.log
python=
extra=
locked=
newest_minor=99

# The bundled librsync (the wheel python-rsync) exists up to this Python.
bundled_newest_minor=12

# Prints the real path of an interpreter that can carry the program, or fails. No shim: a venv
# made from one would follow it to another version later.
probe='
import os, sys
if not (3, 11) <= sys.version_info[:2] <= (3, int(sys.argv[1])):
    sys.exit(1)
import ensurepip, tkinter, venv
print(os.path.realpath(sys.executable))
'

say() {
    printf '%s\n' "$*" >&2
}

stop() {
    say "$@"
    exit 1
}

# set_up PURPOSE [GROUPS [TOOLS]]: make .venv ready; a few milliseconds when it is.
# PURPOSE "run" is the program's own; others have dependency groups of pyproject.toml, and call tools:
# commands or files, each with its Debian packages behind a colon where they are called otherwise
# (gcc:gcc,libc6-dev).
set_up() {
    purpose=$1 groups=${2-} tools=${3-}
    if is_ready && [ -z "$(missing_tools)" ]; then
        return
    fi
    trap 'say "Set-up stopped. The next start takes it up again."; exit 130' INT
    trap 'exit 143' TERM
    mkdir -p "$notes" || stop "Nothing can be written in $root."
    # Where there is no Python to lock with yet, apt-get's own lock has to do until there is.
    find_python && lock
    if ! is_ready || [ -n "$(missing_tools)" ]; then
        say "Setting up rdiff-gui in $venv (once; the details are in $log)."
        : >"$log"
        provide_system_packages
        lock
        is_ready || provide_venv
    fi
    exec 9>&-
    trap - INT TERM
}

# Whether .venv was finished in this very folder, for this very pyproject.toml.
is_ready() {
    [ -x "$venv/bin/python" ] &&
        [ "$(describe)" = "$(cat "$venv/ready-to-$purpose" 2>/dev/null)" ]
}

describe() {
    printf '%s\n' "$root"
    cat "$root/pyproject.toml"
}

# One set-up at a time. The lock belongs to descriptor 9 and ends with this shell, however it ends.
lock() {
    [ -z "$locked" ] || return 0
    exec 9>>"$notes/lock"
    "$python" -I -c '
import fcntl, sys
try:
    fcntl.flock(0, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    print("Another set-up of this folder is running; waiting for it.", file=sys.stderr)
    fcntl.flock(0, fcntl.LOCK_EX)
' <&9 || stop "The lock $notes/lock could not be taken."
    locked=yes
}

# Sets $python to an interpreter no newer than 3.$newest_minor that has tkinter and can make a venv.
find_python() {
    set -f
    for name in python3.14 python3.13 python3.12 python3.11 python3 python; do
        old_ifs=$IFS
        IFS=:
        for folder in $PATH; do
            IFS=$old_ifs
            if [ "${folder#/}" != "$folder" ] && [ -x "$folder/$name" ] &&
                python=$("$folder/$name" -I -c "$probe" "$newest_minor" </dev/null 2>/dev/null); then
                set +f
                return 0
            fi
        done
        IFS=$old_ifs
    done
    set +f
    python=
    return 1
}

# The program's own loader answers, so both mean the same librsync.
librsync_loads() {
    "$1" -I -B -c '
import sys
sys.path.insert(0, sys.argv[1])
from rdiff_gui.librsync.loader import load_library
load_library()
' "$root" </dev/null >>"$log" 2>&1
}

# What of $tools is not here.
missing_tools() {
    for tool in $tools; do
        command -v "${tool%%:*}" >/dev/null || [ -e "${tool%%:*}" ] || printf '%s ' "$tool"
    done
}

# Ends with $python set, librsync loadable (or $extra naming the bundled one), and all tools there.
provide_system_packages() {
    needs=$(missing_tools)
    if [ -z "$python" ]; then
        needs="python librsync.so.2 $needs"
    elif ! librsync_loads "$python"; then
        needs="librsync.so.2 $needs"
    fi
    [ -n "$needs" ] || return 0
    install_packages || :
    [ -n "$python" ] || find_python || stop_for "Python 3.11 or newer with tkinter and venv"
    tools=$(missing_tools)
    [ -z "$tools" ] || needs=$tools stop_for
    librsync_loads "$python" && return
    newest_minor=$bundled_newest_minor
    find_python || needs=librsync.so.2 stop_for
    extra='[bundled]'
    say "No librsync on this system; taking the copy from PyPI."
}

# Say what is missing (all of $needs, or what is given) and how Debian calls it, and end.
stop_for() {
    stop "Missing: ${1:-$(names)}. $(advice)
Then start again."
}

names() {
    # shellcheck disable=SC2086  # a list of names
    printf '%s\n' $needs | sed 's/:.*//' | paste -sd ' '
}

advice() {
    printf 'Install it with the package manager of your system; on Debian and Ubuntu:\n  %s' \
        "sudo apt-get install $(packages)"
}

# The Debian packages of $needs.
packages() {
    for need in $needs; do
        case $need in
            python) debian_python ;;
            *:*) printf '%s\n' "${need#*:}" | tr ',' '\n' ;;
            lib*.so.*) debian_library "$need" ;;
            *) printf '%s\n' "$need" ;;
        esac
    done | paste -sd ' '
}

# Have apt-get bring $needs, if it is here and we may: as root, or by sudo, which can ask for the
# password where there is a terminal.
install_packages() {
    command -v apt-get >/dev/null || return 1
    sudo=
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null && { [ -t 2 ] || sudo -n true 2>/dev/null; } || return 1
        sudo=sudo
    fi
    # Lists are missing in fresh containers; old ones name versions that are gone.
    apt-cache show python3-tk >/dev/null 2>&1 || apt_get update || return 1
    say "Installing $(packages)."
    # shellcheck disable=SC2046  # a list of names
    apt_get install --no-install-recommends $(packages) && return
    # shellcheck disable=SC2046  # a list of names
    apt_get update && apt_get install --no-install-recommends $(packages) && return
    say "apt-get failed:"
    show_log
}

apt_get() {
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" \
        </dev/null >>"$log" 2>&1 9>&-
}

# The release's own Python where that is new enough, else the newest that stands beside it.
debian_python() {
    minor=$(LC_ALL=C apt-cache policy python3 2>/dev/null |
        sed -n 's/^ *Candidate: 3\.\([0-9]*\).*/\1/p')
    if [ "${minor:-11}" -lt 11 ]; then
        for beside in 14 13 12 11; do
            if apt-cache show "python3.$beside" >/dev/null 2>&1; then
                printf '%s\n' "python3.$beside" "python3.$beside-venv" python3-tk
                return
            fi
        done
    fi
    printf '%s\n' python3 python3-venv python3-tk
}

# The package of a shared library: libXcursor.so.1 is in libxcursor1. Some changed their names with
# the move to 64-bit time: Debian 13, Ubuntu 24.04. Source: Debian Policy, 8.1.
debian_library() {
    name=$(printf '%s' "$1" | sed 's/\([0-9]\)\.so\./\1-/; s/\.so\.//
        y/ABCDEFGHIJKLMNOPQRSTUVWXYZ/abcdefghijklmnopqrstuvwxyz/')
    apt-cache show "${name}t64" >/dev/null 2>&1 && name=${name}t64
    printf '%s\n' "$name"
}

provide_venv() {
    if [ -e "$notes/unfinished" ] ||
        ! "$venv/bin/python" -I -c "$probe" "$newest_minor" </dev/null >/dev/null 2>&1; then
        rm -rf "$venv"
    fi
    : >"$notes/unfinished"
    [ -d "$venv" ] || "$python" -I -m venv "$venv" </dev/null >>"$log" 2>&1 ||
        stop_with_log "The folder $venv could not be made"
    say "Installing the Python packages."
    set -- --editable ".$extra"
    # Dependency groups came with pip 25.1.
    [ -z "$groups" ] || pip_install --upgrade "pip>=25.1"
    for group in $groups; do
        set -- "$@" --group "$group"
    done
    pip_install "$@"
    librsync_loads "$venv/bin/python" || stop_with_log "librsync does not load"
    # Where Python may not write its own (PYTHONDONTWRITEBYTECODE, a folder of somebody else's),
    # every start would compile every module anew.
    "$venv/bin/python" -I -m compileall -q "$root/rdiff_gui" </dev/null >>"$log" 2>&1 || :
    rm -f "$notes/unfinished"
    provide_libraries
    describe >"$venv/ready-to-run.new"
    cp "$venv/ready-to-run.new" "$venv/ready-to-$purpose"
    mv "$venv/ready-to-run.new" "$venv/ready-to-run"
}

# The program starts without them, and its window says what does not work then; tests need all.
provide_libraries() {
    needs=$(missing_libraries)
    [ -n "$needs" ] && install_packages && needs=$(missing_libraries)
    [ -n "$needs" ] || return 0
    [ "$purpose" = run ] || stop_for
    say "Without $(names), a part of the program does not work. $(advice)"
}

# The shared libraries that what pip brought is linked with, and that this system does not have.
missing_libraries() {
    find "$venv/lib" -name '*.so*' -exec ldd {} + 2>/dev/null |
        sed -n 's/^[[:space:]]*\(lib[^ ]*\) => not found.*/\1/p' | sort -u
}

# No more than one retry: each waits longer than the one before, at every start without a network.
pip_install() {
    (cd "$root" && PIP_RETRIES=${PIP_RETRIES:-1} exec "$venv/bin/python" -I -m pip --quiet \
        --disable-pip-version-check --no-input install "$@") </dev/null >>"$log" 2>&1 && return
    # pip itself came to an end and left nothing half done.
    rm -f "$notes/unfinished"
    # Why the index gave nothing, which pip itself calls “no matching distribution”.
    if grep -q CERTIFICATE_VERIFY_FAILED "$log"; then
        problem="the package index shows a certificate that this computer does not trust, as \
behind the proxy of a company (the file named in PIP_CERT is trusted)"
    elif grep -qE '(Connection|NameResolution|Timeout|Protocol|Proxy)Error' "$log"; then
        problem="the package index cannot be reached, for lack of a network or of the right proxy"
    else
        stop_with_log "The Python packages could not be installed"
    fi
    stop "The Python packages could not be installed: $problem.
The downloads bring all they need: see Install in README.md. The whole story is in $log."
}

stop_with_log() {
    say "$1:"
    show_log
    stop "The whole story is in $log. The next start takes the set-up up again."
}

# What apt-get and pip themselves call errors; where they call nothing so, their last words.
show_log() {
    errors=$(grep -E '^ *(ERROR|E): |Error: ' "$log" | tail -n 3)
    printf '%s\n' "${errors:-$(tail -n 5 "$log")}" | sed 's/^ */  /' >&2
}
