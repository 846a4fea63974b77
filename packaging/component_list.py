"""Write the component list of a release, a CycloneDX 1.6 document, from pinned requirements.

packaging/component_list.py --system linux --requirements requirements/frozen.txt --output FILE

The same requirements always result in the same file: the timestamp is the time of the commit, and the serial number is
derived from the components. Before the document is written, it is validated against the schema of the CycloneDX
standard.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from pins import PinError, bundled, licence_of, own_version, read_pins, source_date

if TYPE_CHECKING:
    from pins import Bundled, Pin

NAME: Final = "esign-desktop"
NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_OID, NAME)
MARKER: Final = "esign-desktop:environment-marker"


def main() -> int:
    """Write the component list, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--system", choices=("wheel", "linux", "windows"), required=True, help="the kind of package")
    parser.add_argument("--requirements", type=Path, action="append", required=True, help="pinned packages, repeatable")
    parser.add_argument("--output", type=Path, required=True)
    parsed = parser.parse_args()
    try:
        text = component_list(read_pins(parsed.requirements), bundled(parsed.system), own_version())
    except (PinError, OSError) as error:
        print(f"component-list: {error}", file=sys.stderr)
        return 1
    if fault := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        print(f"component-list: not a valid CycloneDX document: {fault}", file=sys.stderr)
        return 1
    parsed.output.parent.mkdir(parents=True, exist_ok=True)
    parsed.output.write_text(text, encoding="utf-8", newline="\n")
    return 0


def component_list(pins: list[Pin], others: list[Bundled], version: str) -> str:
    """Return the component list as JSON text. ``others`` are components that are not Python packages."""
    components = [*(_of_pin(pin) for pin in pins), *(_of_bundled(other) for other in others)]
    own = Component(
        type=ComponentType.APPLICATION,
        name=NAME,
        version=version,
        bom_ref=NAME,
        licenses=[LicenseFactory().make_from_string("AGPL-3.0-or-later")],
    )
    digest = hashlib.sha256(repr((version, pins, others)).encode()).hexdigest()
    bom = Bom(components=components, serial_number=uuid.uuid5(NAMESPACE, digest))
    bom.metadata.component = own
    bom.metadata.timestamp = datetime.fromtimestamp(int(source_date()), UTC)
    bom.register_dependency(own, components)
    return JsonV1Dot6(bom).output_as_string(indent=2) + "\n"


def _of_pin(pin: Pin) -> Component:
    """Return the component for a pinned package. It lists the hashes of all files that pip may choose."""
    return Component(
        type=ComponentType.LIBRARY,
        name=pin.name,
        version=pin.version,
        bom_ref=f"{pin.name}=={pin.version}",
        purl=PackageURL("pypi", name=pin.name, version=pin.version),
        licenses=[LicenseFactory().make_from_string(licence_of(pin))],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=sha256) for sha256 in pin.sha256],
        properties=[Property(name=MARKER, value=pin.marker)] if pin.marker else [],
    )


def _of_bundled(other: Bundled) -> Component:
    return Component(
        type=ComponentType.LIBRARY,
        name=other.name,
        bom_ref=f"bundled:{other.name}",
        description=other.note or None,
        licenses=[LicenseFactory().make_from_string(other.licence)],
    )


if __name__ == "__main__":
    sys.exit(main())
