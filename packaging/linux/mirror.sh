# Sourced by the other scripts: set the URLs of the Debian mirrors. They are the mirrors that this machine's apt uses, so
# that this file contains no URL; DEBIAN_MIRROR and DEBIAN_SECURITY_MIRROR override them.

mirror_of() {
    # Print the URL from which this machine gets the packages with a label.
    apt-get indextargets --format '$(LABEL)|$(REPO_URI)' 'Created-By: Packages' | sed -n "s/^$1|//p" | sort -u | head -n 1
}

mirror=${DEBIAN_MIRROR-$(mirror_of Debian)}
security=${DEBIAN_SECURITY_MIRROR-$(mirror_of Debian-Security)}
[ -n "$mirror" ] || { echo "no Debian mirror found: set DEBIAN_MIRROR" >&2; exit 1; }
[ -n "$security" ] || security=${mirror%/}-security
