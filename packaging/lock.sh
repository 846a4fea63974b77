#!/bin/sh
# Resolve the dependencies of pyproject.toml into requirements/*.txt: for Python 3.11 to 3.13 on every
# system, with hashes, naming no registry (docs/decisions/0003).
set -eu
cd "$(dirname -- "$0")/.."

compile() {
    uv pip compile pyproject.toml requirements/build.in "$@" --universal --python-version 3.11 \
        --generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links --no-annotate --quiet \
        --custom-compile-command "make lock"
}

compile -o requirements/run.txt "$@"
compile --group pyproject.toml:dev -o requirements/dev.txt "$@"
compile requirements/frozen-windows-macos.in -o requirements/frozen-windows-macos.txt "$@"

for tools in audit packages; do
    uv pip compile "requirements/$tools.in" --universal --python-version 3.11 --generate-hashes --no-strip-extras \
        --no-emit-index-url --no-emit-find-links --no-annotate --quiet --custom-compile-command "make lock" \
        -o "requirements/$tools.txt" "$@"
done

pinned() { sed -n 's/ \\$//; /^[a-z]/p' "$1"; }

# The OCR extra, installed in addition to the others: shared packages have the same versions.
mkdir -p build
pinned requirements/dev.txt >build/shared.txt
sed -n '/^ocr = \[$/,/^\]$/s/^ *"\(.*\)",.*/\1/p' pyproject.toml |
    uv pip compile - --constraint build/shared.txt --universal --python-version 3.11 --generate-hashes \
        --no-strip-extras --no-emit-index-url --no-emit-find-links --no-annotate --quiet \
        --custom-compile-command "make lock" -o requirements/ocr.txt "$@"

# For the frozen folder: one system and one Python version, with the versions above except for its own pins.
pinned requirements/run.txt | grep -v -e '^pyside6' -e '^shiboken6' |
    uv pip compile pyproject.toml requirements/frozen.in --constraint - --python-version 3.11 \
        --python-platform x86_64-manylinux_2_28 --generate-hashes --no-strip-extras --no-emit-index-url \
        --no-emit-find-links --no-annotate --quiet --custom-compile-command "make lock" -o requirements/frozen.txt "$@"
