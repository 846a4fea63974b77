# Read by the scripts beside it: where Debian's packages come from. That is where this machine takes its own, so that no
# address stands here; DEBIAN_MIRROR and DEBIAN_SECURITY_MIRROR name other places.

mirror_of() {
    # Where this machine's packages of a label come from.
    apt-get indextargets --format '$(LABEL)|$(REPO_URI)' 'Created-By: Packages' | sed -n "s/^$1|//p" | sort -u | head -n 1
}

mirror=${DEBIAN_MIRROR-$(mirror_of Debian)}
security=${DEBIAN_SECURITY_MIRROR-$(mirror_of Debian-Security)}
[ -n "$mirror" ] || { echo "where Debian's packages are is not known here: name it in DEBIAN_MIRROR" >&2; exit 1; }
[ -n "$security" ] || security=${mirror%/}-security
