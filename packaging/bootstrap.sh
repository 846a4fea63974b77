#!/bin/sh
# Prepare what `make` needs: system packages where permitted, a virtual environment and the Python packages.
#
#   packaging/bootstrap.sh run      to start the application
#   packaging/bootstrap.sh check    to run the quick checks
#   packaging/bootstrap.sh test     to run all tests
#   packaging/bootstrap.sh packages to make packages and test them in minimal Debian trees
#   packaging/bootstrap.sh windows  to make the program for Windows, and test it under Wine
#
# A repeated call has nothing to do and takes a fraction of a second. PYTHON=… selects the interpreter. With ASK=1 the
# script asks before it installs system packages.
set -eu

purpose=${1:?run, check, test, packages or windows}
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
venv=$root/.venv

say() { printf '%s\n' "bootstrap: $*" >&2; }


as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
    command -v apt-get >/dev/null 2>&1 || return 1
    [ "$(id -u)" -eq 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; }
}

agreed() {
    # sudo without a password would install without any question.
    if [ "${ASK-}" = 1 ]; then
        { printf 'bootstrap: install them? [y/N] ' >/dev/tty && read -r answer </dev/tty; } 2>/dev/null || return 1
        case $answer in [yY]*) return 0 ;; *) return 1 ;; esac
    fi
    [ "$(id -u)" -ne 0 ] || return 0
    say "installing with sudo in five seconds; press Ctrl+C to stop (ASK=1 asks first)"
    sleep 5
}

apt_update() {
    [ -n "${apt_updated-}" ] && return 0
    apt_updated=yes
    as_root apt-get update -qq </dev/null >&2 || say "apt-get update failed; continuing with the existing package lists"
}

apt_install() {
    # If they cannot be installed together, install them one by one: an unknown name must not prevent the others.
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" \
        </dev/null >&2 && return 0
    [ $# -gt 1 ] || return 1
    for package in "$@"; do apt_install "$package" || true; done
}

missing_packages() {
    # Read package names and print those that are not installed.
    while read -r name; do
        case $(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null) in
            installed) ;;
            *) printf '%s ' "$name" ;;
        esac
    done
}

ensure_system_packages() {
    command -v dpkg-query >/dev/null 2>&1 || return 0
    missing=$(cat "$@" | missing_packages)
    [ -n "$missing" ] || return 0
    if may_install && say "Debian packages to install: $missing" && agreed; then
        apt_update
        # shellcheck disable=SC2086
        apt_install $missing || true
        missing=$(cat "$@" | missing_packages)
        [ -n "$missing" ] || return 0
    fi
    say "some features will fail without these Debian packages, which could not be installed:"
    say "    apt-get install $missing"
}


suits() {
    # True for an interpreter of a supported version with the standard modules that the application imports.
    "$1" -c '
import sys
if not (3, 11) <= sys.version_info < (3, 14):
    sys.exit(1)
import ctypes, sqlite3, ssl, venv' >/dev/null 2>&1
}

candidates() {
    [ -z "${PYTHON-}" ] || printf '%s\n' "$PYTHON"
    for name in python3.11 python3.12 python3.13 python3; do
        printf '%s\n' "$name" "/usr/local/bin/$name" "/usr/bin/$name"
    done
    # Version managers keep interpreters outside the PATH.
    for python in "$HOME"/.pyenv/versions/3.1[123]*/bin/python3; do
        [ ! -x "$python" ] || printf '%s\n' "$python"
    done
}

create_venv() {
    for python in $(candidates); do
        suits "$python" || continue
        rm -rf "$venv"
        if "$python" -m venv "$venv" >/dev/null 2>&1 && "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
            say "using $("$python" -c 'import sys; print(sys.executable, sys.version.split()[0])')"
            return 0
        fi
        say "$python has no working venv module"
    done
    rm -rf "$venv"
    return 1
}

ensure_venv() {
    # An environment that was moved or copied still contains its original path.
    if [ -f "$venv/made-for" ] && [ "$(cat "$venv/made-for")" != "$venv" ]; then rm -rf "$venv"; fi
    if [ -x "$venv/bin/python" ] && suits "$venv/bin/python" && "$venv/bin/python" -m pip --version >/dev/null 2>&1
    then
        printf '%s\n' "$venv" >"$venv/made-for"
        return 0
    fi
    create_venv || {
        if may_install && say "Debian package to install: python3-venv" && agreed; then
            apt_update
            apt_install python3-venv || true
        fi
        create_venv
    } || {
        say "no Python from 3.11 to 3.13 with a working venv module was found."
        say "Install one (on Debian: apt-get install python3-venv) or name it: make PYTHON=/path/to/python3.11 …"
        exit 1
    }
    printf '%s\n' "$venv" >"$venv/made-for"
}

pip="$venv/bin/python -m pip --disable-pip-version-check --no-input install --quiet"

ensure_python_packages() {
    # $1: run or dev. A stamp with the checksum of the requirements records the installation;
    # the development packages include those of the application.
    wanted=$(cat "requirements/$1.txt" pyproject.toml | cksum)
    for done_kind in "$1" dev; do
        stamp=$venv/installed-$done_kind
        [ -f "$stamp" ] || continue
        known=$(cat "requirements/$done_kind.txt" pyproject.toml | cksum)
        [ "$(cat "$stamp")" = "$known" ] && return 0
    done
    say "installing Python packages (requirements/$1.txt)"
    rm -f "$venv/installed-run" "$venv/installed-dev"
    $pip --require-hashes -r "requirements/$1.txt" </dev/null
    $pip --no-deps --no-build-isolation --editable . </dev/null
    printf '%s\n' "$wanted" >"$venv/installed-$1"
}

ensure_reader_of_scans() {
    # Large, and needed only by the OCR tests, which are skipped without it.
    wanted=$(cksum <requirements/ocr.txt)
    stamp=$venv/installed-ocr
    [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ] || return 0
    say "installing Python packages (requirements/ocr.txt)"
    if $pip --no-deps --require-hashes -r requirements/ocr.txt </dev/null; then
        printf '%s\n' "$wanted" >"$stamp"
    else
        say "the OCR packages could not be installed; the OCR tests will be skipped"
    fi
}

ensure_translations() {
    for source in resources/i18n/*.ts; do
        compiled=${source%.ts}.qm
        [ "$compiled" -nt "$source" ] || { "$venv/bin/python" packaging/strings.py --compile; break; }
    done
    # The script itself detects whether the pages are up to date.
    "$venv/bin/python" packaging/manual.py
}

case $purpose in
    run)
        ensure_system_packages packaging/debian-run.txt
        ensure_venv
        ensure_python_packages run
        ;;
    check)
        ensure_system_packages packaging/debian-run.txt
        ensure_venv
        ensure_python_packages dev
        ;;
    test)
        ensure_system_packages packaging/debian-run.txt packaging/debian-test.txt
        ensure_venv
        ensure_python_packages dev
        ensure_reader_of_scans
        ;;
    packages)
        ensure_system_packages packaging/debian-run.txt packaging/debian-packages.txt
        ensure_venv
        ensure_python_packages dev
        ;;
    windows)
        ensure_system_packages packaging/debian-run.txt packaging/debian-windows.txt
        ensure_venv
        ensure_python_packages dev
        ;;
    *)
        say "unknown purpose: $purpose"
        exit 2
        ;;
esac
ensure_translations
