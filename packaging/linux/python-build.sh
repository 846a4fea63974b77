#!/bin/sh
# Build OpenSSL, SQLite and Python into /opt/python, in the tree made by python.sh, from their sources in /build.
set -eu
cd /build
eval "$(dpkg-buildflags --export=sh)"
processors=$(nproc)

# Debian 11 has glibc 2.31. Some functions got a new version in 2.29 that differs only in System V error handling; using
# the old version lets the result run on systems with 2.28.
for function in exp exp2 log log2 pow; do
    printf '__asm__(".symver %s,%s@GLIBC_2.2.5");\n' "$function" "$function"
done >older.h
export CFLAGS="$CFLAGS -include /build/older.h" CPPFLAGS="$CPPFLAGS -I/opt/python/include"
export LDFLAGS="$LDFLAGS -L/opt/python/lib"
printf '/opt/python/lib\n' >/etc/ld.so.conf.d/python.conf

dpkg-source --extract openssl_*.dsc openssl
(
    cd openssl
    # The folder in which Debian's OpenSSL looks for certificates.
    ./Configure linux-x86_64 shared no-tests --prefix=/opt/python --libdir=lib --openssldir=/usr/lib/ssl
    make -j "$processors" build_sw
    make install_sw
)
ldconfig

dpkg-source --extract sqlite3_*.dsc sqlite
(
    cd sqlite
    # Debian's options that the application needs.
    export CFLAGS="$CFLAGS -DSQLITE_SECURE_DELETE -DSQLITE_ENABLE_COLUMN_METADATA -DSQLITE_ENABLE_FTS5"
    ./configure --prefix=/opt/python --disable-static --disable-readline
    make -j "$processors"
    make install
)
ldconfig

dpkg-source --extract python3.11_*.dsc python
(
    cd python
    # sem_clockwait was added in glibc 2.30.
    ac_cv_func_sem_clockwait=no ./configure --prefix=/opt/python --enable-shared --with-system-expat --without-ensurepip \
        --with-openssl=/opt/python --disable-test-modules
    # Debian builds this module into its interpreter, whose headers Debian's patches include.
    sed -i 's/^MODULE_PYEXPAT_CFLAGS=.*/& -DPy_BUILD_CORE_MODULE/' Makefile
    make -j "$processors"
    make install
)
ldconfig
# The build skips modules that fail without an error, so import them.
/opt/python/bin/python3.11 -c 'import bz2, ctypes, decimal, hashlib, lzma, pyexpat, sqlite3, ssl, zlib
assert ssl.OPENSSL_VERSION_INFO[0] == 3, ssl.OPENSSL_VERSION'
