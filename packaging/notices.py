"""Write the license, the third-party notices and the offer of source code for a package.

packaging/notices.py --system linux --requirements requirements/frozen.txt --packages PATH --output FOLDER

The script writes LICENSE.txt, THIRD-PARTY-NOTICES.txt and SOURCE-OFFER.txt. It requires only the standard library. The
license texts are read from the Python packages that are installed in the folders given with ``--packages``.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pins import ROOT, PinError, bundled, distributor, folded, licence_of, own_version, read_pins

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pins import Distributor, Pin

NAMES: Final = ("LICENSE.txt", "THIRD-PARTY-NOTICES.txt", "SOURCE-OFFER.txt")
SYSTEMS: Final = ("wheel", "linux", "windows")
RULE: Final = f"{'=' * 100}\n"
COMMON_LICENCES: Final = Path("/usr/share/common-licenses")
# Licenses that some libraries reference only by name.
SHARED_LICENCES: Final = ("LGPL-3", "GPL-3", "LGPL-2.1", "GPL-2", "Apache-2.0", "MPL-2.0")
_LICENCE_FILE: Final = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)


def main() -> int:
    """Write the three files, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--system", choices=SYSTEMS, required=True, help="the kind of package")
    parser.add_argument("--requirements", type=Path, action="append", required=True, help="pinned packages, repeatable")
    parser.add_argument("--packages", type=Path, action="append", default=[], help="folders of installed packages")
    parser.add_argument("--output", type=Path, required=True)
    parsed = parser.parse_args()
    try:
        pins = read_pins(parsed.requirements)
        notices = "".join(notice_parts(pins, parsed.system, parsed.packages))
    except (PinError, OSError) as error:
        print(f"notices: {error}", file=sys.stderr)
        return 1
    parsed.output.mkdir(parents=True, exist_ok=True)
    licence, third_party, offer = (parsed.output / name for name in NAMES)
    shutil.copyfile(ROOT / "LICENSE", licence)
    third_party.write_text(notices, encoding="utf-8", newline="\n")
    offer.write_text(source_offer(own_version(), distributor()), encoding="utf-8", newline="\n")
    return 0


def notice_parts(pins: list[Pin], system: str, folders: Iterable[Path]) -> Iterator[str]:
    """Yield the parts of the third-party notices: the list of all components, and then their license texts."""
    yield f"Third-party components of esign-desktop {own_version()}\n\n"
    if system == "wheel":
        yield "pip installs these packages together with esign-desktop; this file only lists them.\n\n"
    else:
        yield "This package contains these components, as their authors published them. The list includes packages\n"
        yield "that are needed only to build it, or only on other systems.\n\n"
    yield "Python packages:\n\n"
    for pin in pins:
        yield f"    {pin.name} {pin.version}: {licence_of(pin)}{f'   [{pin.marker}]' if pin.marker else ''}\n"
    yield "\nOther components:\n\n"
    for component in bundled(system):
        yield f"    {component.name}: {component.licence}{f' ({component.note})' if component.note else ''}\n"
    yield "\n"
    if system == "wheel":
        return
    installed = {folded(found.metadata["Name"]): found for found in metadata.distributions(path=[*map(str, folders)])}
    for pin in pins:
        if pin.name in installed:
            yield f"{RULE}{pin.name} {pin.version}: {licence_of(pin)}\n"
            yield from licence_texts(installed[pin.name])
    for name in SHARED_LICENCES:
        shared = COMMON_LICENCES / name
        if shared.is_file():
            yield f"{RULE}{name}\n\n{shared.read_text('utf-8')}"
        else:
            print(f"notices: {COMMON_LICENCES} has no {name}, so its text is not included", file=sys.stderr)


def licence_texts(package: metadata.Distribution) -> Iterator[str]:
    """Yield the license texts that an installed Python package contains."""
    for path in sorted(package.files or (), key=str):
        place = Path(str(path.locate()))
        if _LICENCE_FILE.match(path.name) and ".dist-info" in str(path) and place.is_file():
            yield f"\n--- {path.name}\n\n{place.read_text('utf-8', errors='replace')}\n"


def source_offer(version: str, by: Distributor) -> str:
    """Return the offer of the source code and the distributor's contact addresses, in English and Chinese."""
    name = by.name or "the organization that gave you this package"
    contact = by.source_contact or "the address from which you received this package"
    security = by.security_contact or "the same address"
    announcements = by.announcements or "the same address"
    chinese_security, chinese_announcements = by.security_contact or "同上", by.announcements or "同上"
    chinese_name = by.name or "向您提供本软件包的机构"
    chinese_contact = by.source_contact or "您取得本软件包时所用的联系地址"
    return f"""\
Source code of esign-desktop {version}

esign-desktop is free software under the GNU Affero General Public License, version 3 or any later version
(LICENSE.txt). It comes without any warranty.

The archive esign-desktop-{version}-source.tar.gz, which is distributed together with the packages, contains the
complete source of the program and the scripts that build this package. THIRD-PARTY-NOTICES.txt names every library in
this package with its version and licence. The libraries are unmodified.

Offer: for at least three years after the distribution of this package, {name}
gives everyone who possesses the package the complete corresponding source of esign-desktop {version}, and of the
libraries in the package that are under the AGPL, GPL, LGPL or MPL, for no more than the cost of the copy. Contact:
{contact}

Report a vulnerability to: {security}
Fixes are announced at: {announcements}


esign-desktop {version} 的源代码

esign-desktop 是自由软件，采用 GNU Affero 通用公共许可证第 3 版或更高版本（见 LICENSE.txt），不提供任何担保。

与各软件包一同发布的 esign-desktop-{version}-source.tar.gz 包含本程序的完整源代码和制作本软件包所用的脚本。
THIRD-PARTY-NOTICES.txt 列出本软件包中每个程序库的版本和许可证。这些程序库均未经修改。

提供源代码的承诺：自发布本软件包起至少三年内，{chinese_name}向持有本软件包的任何人提供
esign-desktop {version} 以及包中采用 AGPL、GPL、LGPL 或 MPL 许可证的程序库的完整对应源代码，收费不超过复制成本。联系：
{chinese_contact}

报告安全漏洞：{chinese_security}
安全修复公告：{chinese_announcements}
"""


if __name__ == "__main__":
    sys.exit(main())
