# shellcheck shell=sh
# What ./run, ./test and tools/package share: an interpreter, .venv, librsync and the tools that
# tests and builds call.
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

# Whether the interpreter has the shared library that goes into a frozen program.
shared_probe='
import ctypes, sysconfig
name = sysconfig.get_config_var("INSTSONAME")
try:
    ctypes.CDLL(name)
except OSError:
    ctypes.CDLL(sysconfig.get_config_var("LIBDIR") + "/" + name)
'

say() {
    printf '%s\n' "$*" >&2
}

stop() {
    say "$@"
    exit 1
}

# set_up MODE: make .venv ready for "run", "test", "freeze" (the downloads), "accept" (their
# tests) or "debian" (tests in one); a few milliseconds when it is.
set_up() {
    mode=$1
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
        [ "$(describe)" = "$(cat "$venv/ready-to-$mode" 2>/dev/null)" ]
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
    python=
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

# What the tests and the build call, by command name, and what the build puts into the downloads.
missing_tools() {
    tools=
    case $mode in
        test)
            tools="Xvfb rdiff zstd xdotool shellcheck desktop-file-validate appstreamcli \
                update-mime-database gio gtk-update-icon-cache mandoc zsh fish gcc strace valgrind setfacl \
                xz bzip2"
            ;;
        freeze) tools="gcc objcopy" ;;
        accept) tools="Xvfb gcc objcopy debootstrap" ;;
        debian) tools=debootstrap ;;
        arm64) tools="debootstrap qemu-aarch64-static update-binfmts" ;;
        windows) tools="wine x86_64-w64-mingw32-gcc Xvfb rdiff" ;;
    esac
    for tool in $tools; do
        command -v "$tool" >/dev/null || printf '%s ' "$tool"
    done
    case $mode in
        freeze | accept)
            [ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ] || printf 'dejavu '
            interpreter=${python:-$venv/bin/python}
            "$interpreter" -I -c "$shared_probe" >/dev/null 2>&1 || printf 'libpython '
            ;;
    esac
}

# Ends with $python set, librsync loadable (or $extra naming the bundled one), and all tools there.
provide_system_packages() {
    needs=
    if [ -z "$python" ]; then
        needs="python librsync"
    elif ! librsync_loads "$python"; then
        needs=librsync
    fi
    needs="$needs $(missing_tools)"
    [ "$needs" != " " ] || return 0
    if can_install; then
        install_packages
    fi
    [ -n "$python" ] || find_python || stop_for_packages "Python 3.11 or newer with tkinter and venv"
    tools=$(missing_tools)
    case $mode in
        freeze) purpose=build ;;
        *) purpose=tests ;;
    esac
    [ -z "$tools" ] || stop_for_packages "For the $purpose: ${tools% }"
    librsync_loads "$python" && return
    newest_minor=$bundled_newest_minor
    find_python || stop_for_packages "librsync"
    extra='[bundled]'
    say "No librsync on this system; taking the copy from PyPI."
}

stop_for_packages() {
    stop "$1 is missing. Install it with:
  $(install_command)
and start again."
}

can_install() {
    command -v apt-get >/dev/null || return 1
    [ "$(id -u)" -ne 0 ] || return 0
    # With a terminal sudo can ask for the password, without one it has to do without.
    command -v sudo >/dev/null && { [ -t 2 ] || sudo -n true 2>/dev/null; }
}

install_packages() {
    # Lists are missing in fresh containers; old ones name versions that are gone.
    apt-cache show python3-tk >/dev/null 2>&1 || apt_get update || return 0
    packages=$(packages_for apt)
    say "Installing $packages."
    # shellcheck disable=SC2086  # a list of names
    apt_get install --no-install-recommends $packages && return
    # shellcheck disable=SC2086  # a list of names
    apt_get update && apt_get install --no-install-recommends $packages && return
    say "apt-get failed:"
    show_log
}

apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" \
        </dev/null >>"$log" 2>&1 9>&-
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# The command that brings all of $needs, for the package manager that is here.
install_command() {
    if command -v apt-get >/dev/null; then
        echo "sudo apt-get install $(packages_for apt)"
    elif command -v dnf >/dev/null; then
        echo "sudo dnf install $(packages_for dnf)"
    elif command -v pacman >/dev/null; then
        echo "sudo pacman -S $(packages_for pacman)"
    elif command -v brew >/dev/null; then
        echo "brew install $(packages_for brew)"
    else
        echo "(your system's package manager) $needs"
    fi
}

packages_for() {
    separator=
    for need in $needs; do
        case $1:$need in
            apt:python) name=$(debian_python) ;;
            apt:librsync) name=$(debian_library librsync.so.2) ;;
            apt:lib*.so.*) name=$(debian_library "$need") ;;
            dnf:lib*.so.*) name="'$need()(64bit)'" ;;
            apt:Xvfb) name=xvfb ;;
            apt:wine) name="wine wine64" ;;
            *:x86_64-w64-mingw32-gcc) name=gcc-mingw-w64-x86-64 ;;
            apt:gio) name=libglib2.0-bin ;;
            apt:xz) name=xz-utils ;;
            *:setfacl) name=acl ;;
            dnf:gio | pacman:gio) name=glib2 ;;
            brew:gio) name=glib ;;
            *:desktop-file-validate) name=desktop-file-utils ;;
            *:appstreamcli) name=appstream ;;
            *:update-mime-database) name=shared-mime-info ;;
            apt:gcc) name="gcc libc6-dev" ;;
            *:qemu-aarch64-static) name=qemu-user-static ;;
            *:update-binfmts) name=binfmt-support ;;
            apt:debootstrap) name="debootstrap debian-archive-keyring" ;;
            apt:objcopy) name=binutils ;;
            apt:dejavu) name=fonts-dejavu-core ;;
            apt:libpython) name=$(debian_libpython) ;;
            dnf:python) name="python3 python3-tkinter" ;;
            dnf:Xvfb) name=xorg-x11-server-Xvfb ;;
            dnf:rdiff | pacman:rdiff | brew:rdiff) name=librsync ;;
            pacman:python) name="python tk" ;;
            pacman:Xvfb) name=xorg-server-xvfb ;;
            brew:python) name="python-tk" ;;
            brew:Xvfb) name=xquartz ;;
            *) name=$need ;;
        esac
        printf '%s%s' "$separator" "$name"
        separator=' '
    done
}

# The release's own Python where that is new enough, else the newest that stands beside it.
debian_python() {
    minor=$(LC_ALL=C apt-cache policy python3 2>/dev/null |
        sed -n 's/^ *Candidate: 3\.\([0-9]*\).*/\1/p')
    if [ "${minor:-11}" -lt 11 ]; then
        for beside in 14 13 12 11; do
            if apt-cache show "python3.$beside" >/dev/null 2>&1; then
                printf '%s' "python3.$beside python3.$beside-venv python3-tk"
                return
            fi
        done
    fi
    printf '%s' "python3 python3-venv python3-tk"
}

# The shared library of $python, or of the release's own where there is no Python yet.
debian_libpython() {
    if [ -n "$python" ]; then
        "$python" -I -c 'import sys; print("libpython3.%d" % sys.version_info[1])'
    else
        printf '%s' libpython3-dev
    fi
}

# The package of a shared library: libXcursor.so.1 is in libxcursor1. Some changed their names with
# the move to 64-bit time: Debian 13, Ubuntu 24.04. Source: Debian Policy, 8.1.
debian_library() {
    name=$(printf '%s' "$1" | sed 's/\([0-9]\)\.so\./\1-/; s/\.so\.//
        y/ABCDEFGHIJKLMNOPQRSTUVWXYZ/abcdefghijklmnopqrstuvwxyz/')
    if apt-cache show "${name}t64" >/dev/null 2>&1; then
        name=${name}t64
    fi
    printf '%s' "$name"
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
    [ "$mode" = run ] || pip_install --upgrade "pip>=25.1"
    case $mode in
        test | windows) set -- "$@" --group dev ;;
        freeze) set -- "$@" --group freeze ;;
        accept) set -- "$@" --group dev --group freeze ;;
    esac
    pip_install "$@"
    librsync_loads "$venv/bin/python" || stop_with_log "librsync does not load"
    # Where Python may not write its own (PYTHONDONTWRITEBYTECODE, a folder of somebody else's),
    # every start would compile every module anew.
    "$venv/bin/python" -I -m compileall -q "$root/rdiff_gui" </dev/null >>"$log" 2>&1 || :
    rm -f "$notes/unfinished"
    provide_libraries
    describe >"$venv/ready-to-run.new"
    cp "$venv/ready-to-run.new" "$venv/ready-to-$mode"
    mv "$venv/ready-to-run.new" "$venv/ready-to-run"
}

# The shared libraries that what pip brought is linked with, and that this system does not have.
missing_libraries() {
    find "$venv/lib" -name '*.so*' -exec ldd {} + 2>/dev/null |
        sed -n 's/^[[:space:]]*\(lib[^ ]*\) => not found.*/\1/p' | sort -u | tr '\n' ' '
}

# The program starts without them, and its window says what does not work then; tests need all.
provide_libraries() {
    needs=$(missing_libraries)
    [ -n "$needs" ] && can_install && install_packages && needs=$(missing_libraries)
    [ -n "$needs" ] || return 0
    [ "$mode" = run ] || stop_for_packages "${needs% }"
    say "Without ${needs% }, a part of the program does not work. Install it with:
  $(install_command)"
}

# No more than one retry: each waits longer than the one before, at every start without a network.
pip_install() {
    (cd "$root" && PIP_RETRIES=${PIP_RETRIES:-1} exec "$venv/bin/python" -I -m pip --quiet \
        --disable-pip-version-check --no-input install "$@") </dev/null >>"$log" 2>&1 && return
    # pip itself came to an end and left nothing half done.
    rm -f "$notes/unfinished"
    problem=$(index_problem)
    [ -n "$problem" ] || stop_with_log "The Python packages could not be installed"
    stop "The Python packages could not be installed: $problem.
The downloads bring all they need: see Install in README.md. The whole story is in $log."
}

# Why the index gave nothing, which pip itself calls “no matching distribution”.
index_problem() {
    if grep -q CERTIFICATE_VERIFY_FAILED "$log"; then
        printf '%s' "the package index shows a certificate that this computer does not trust, as \
behind the proxy of a company (the file named in PIP_CERT is trusted)"
    elif grep -qE '(Connection|NameResolution|Timeout|Protocol|Proxy)Error' "$log"; then
        printf '%s' "the package index cannot be reached, for lack of a network or of the right proxy"
    fi
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
