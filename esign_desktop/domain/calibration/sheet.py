"""The *calibration sheet* (the contract that is sent to measure a platform), its seal positions and the measurements.

The coordinates and widths in this module are sent unchanged, regardless of the environment's configured behavior. Each
seal has its own blank area, which is large enough for every possible behavior.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from esign_desktop.domain.account import Organization, Person
from esign_desktop.domain.contract.draft import ContractDraft
from esign_desktop.domain.geometry import PagePoint, PageRect
from esign_desktop.domain.options import MS_PER_DAY, FlowOptions, SignWithin
from esign_desktop.domain.page_ranges import PageRanges
from esign_desktop.domain.placing.placement import (
    CoordinatePlacement,
    CrossPagePlacement,
    KeywordPlacement,
    Placement,
    new_placement_id,
)
from esign_desktop.domain.signer import (
    ApplicationSigner,
    OrganizationSigner,
    PersonSigner,
    Signer,
    SigningTerms,
    new_signer_id,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esign_desktop.domain.document import Document

PAGE_WIDTH_PT: Final = 595.0
PAGE_HEIGHT_PT: Final = 842.0
PAGE_COUNT: Final = 3

KEYWORD: Final = "CALIBRATIONMARK"
KEYWORD_OFFSET_PT: Final = (60.0, -150.0)
CELL_PT: Final = 1.0
"""The side length of the cells into which a seal's ink is divided. The windows are aligned with this grid."""
PIXELS_PER_CELL: Final = 6
PIXEL_PT: Final = CELL_PT / PIXELS_PER_CELL
"""The measurement resolution, in points."""

ORGANIZATION_WIDTH_PT: Final = 120.0
KEYWORD_WIDTH_PT: Final = 60.0
PERSON_WIDTH_PT: Final = 60.0
CROSS_PAGE_CENTER_PT: Final = 421.0
SIGNING_DAYS: Final = 1

INVENTED_PERSON: Final = Person("校准用虚构人员", id_number="110101190001010014", third_id="calibration-1")
"""A fictitious person, born in 1900, whose ID number has a valid check digit.

Accounts that are created for this person show how the platform responds.
"""
SECOND_THIRD_ID: Final = "calibration-2"


class Seal(StrEnum):
    """The seals on the calibration sheet."""

    SCALED = "scaled"
    OWN = "own"
    KEYWORD = "keyword"
    CROSS_PAGE = "cross_page"
    PERSON_SCALED = "person_scaled"
    PERSON_OWN = "person_own"


@dataclass(frozen=True, slots=True)
class Spot:
    """A seal on one page of the sheet, with the point and width that are sent and the blank window around the seal.

    ``point`` and ``window`` are in page space. For a keyword seal, ``point`` is the offset from the keyword. For a
    cross-page seal, only the point's y coordinate is sent. If ``width_pt`` is None, no width is sent.
    """

    seal: Seal
    page_number: int
    point: PagePoint
    width_pt: float | None
    window: PageRect

    @property
    def is_at_keyword(self) -> bool:
        """Whether the point is relative to the keyword."""
        return self.seal is Seal.KEYWORD

    @property
    def is_of_person(self) -> bool:
        """Whether the seal belongs to a person and not to an organization."""
        return self.seal in {Seal.PERSON_SCALED, Seal.PERSON_OWN}


_UPPER: Final = PageRect(60, 480, 440, 780)
_LOWER: Final = PageRect(60, 50, 440, 450)
_EDGE: Final = PageRect(450, 200, PAGE_WIDTH_PT, 660)

SPOTS: Final = (
    Spot(Seal.SCALED, 1, PagePoint(190, 620), ORGANIZATION_WIDTH_PT, _UPPER),
    Spot(Seal.OWN, 1, PagePoint(190, 220), None, _LOWER),
    Spot(Seal.KEYWORD, 2, PagePoint(*KEYWORD_OFFSET_PT), KEYWORD_WIDTH_PT, PageRect(60, 380, 440, 660)),
    *(
        Spot(Seal.CROSS_PAGE, number, PagePoint(PAGE_WIDTH_PT, CROSS_PAGE_CENTER_PT), ORGANIZATION_WIDTH_PT, _EDGE)
        for number in range(1, PAGE_COUNT + 1)
    ),
    Spot(Seal.PERSON_SCALED, 3, PagePoint(190, 620), PERSON_WIDTH_PT, _UPPER),
    Spot(Seal.PERSON_OWN, 3, PagePoint(190, 220), None, _LOWER),
)


@dataclass(frozen=True, slots=True)
class RegisterMark:
    """A cross printed at a known point, with text beside it. A shifted cross reveals that the page was shifted."""

    page_number: int
    at: PagePoint
    text: str


REGISTER_MARKS: Final = tuple(
    RegisterMark(number, at, f"REGISTER{number}{name}")
    for number in range(1, PAGE_COUNT + 1)
    for name, at in (("TOP", PagePoint(40, 810)), ("END", PagePoint(440, 26)))
)


@dataclass(frozen=True, slots=True)
class Ink:
    """The ink density in each cell of a window, from 0 (no ink) to 255.

    Rows are listed from bottom to top, and the cells of a row from left to right.
    """

    window: PageRect
    rows: tuple[bytes, ...]

    def share(self, x_pt: float, y_pt: float) -> float:
        """Return the ink density, from 0 to 1, at a point in page space. The density outside the window is 0."""
        column, row = int((x_pt - self.window.left_pt) // CELL_PT), int((y_pt - self.window.bottom_pt) // CELL_PT)
        if not (0 <= row < len(self.rows) and 0 <= column < len(self.rows[row])):
            return 0.0
        return self.rows[row][column] / 255


@dataclass(frozen=True, slots=True)
class Sighting:
    """The measurement at a spot. ``box`` is the bounding box of the seal's ink in page space.

    If no ink was found, ``box`` is None. ``is_cut`` means that ink touches the window's border, so part of the seal may
    be outside the window. ``others`` contains the bounding boxes of unrelated ink.
    """

    seal: Seal
    page_number: int
    box: PageRect | None = None
    ink: Ink | None = None
    is_cut: bool = False
    others: tuple[PageRect, ...] = ()


@dataclass(frozen=True, slots=True)
class Sightings:
    """All measurements of a signed sheet, and the position of the sheet's keyword in page space.

    ``unexplained`` lists the changed areas outside all windows, such as a footer, each with its page number.
    """

    seen: tuple[Sighting, ...]
    keyword_box: PageRect
    unexplained: tuple[tuple[int, PageRect], ...] = ()

    def of(self, seal: Seal) -> tuple[Sighting, ...]:
        """Return the measurements of a seal, in page order."""
        return tuple(
            sorted(
                (sighting for sighting in self.seen if sighting.seal is seal), key=lambda sighting: sighting.page_number
            )
        )


@dataclass(frozen=True, slots=True)
class Sealer:
    """An organization that may seal without confirmation, and its agent. Both have account ids."""

    organization: Organization
    agent: Person


def spots(*, with_person: bool) -> tuple[Spot, ...]:
    """Return the spots of a sheet, including the person's spots if ``with_person`` is set."""
    return tuple(spot for spot in SPOTS if with_person or not spot.is_of_person)


def measuring_contract(
    document: Document, title: str, *, with_person: bool, sealer: Sealer | None = None
) -> ContractDraft:
    """Return the contract that is sent to measure the platform.

    The integrating application, or ``sealer`` if given, seals the contract without confirmation. If ``with_person`` is
    set, the fictitious person also seals the contract.
    """
    application: Signer = ApplicationSigner(new_signer_id())
    if sealer is not None:
        silently = SigningTerms(is_silent=True)
        application = OrganizationSigner(new_signer_id(), sealer.organization, sealer.agent, silently)
    person = PersonSigner(new_signer_id(), INVENTED_PERSON, SigningTerms(is_silent=True))
    signers: tuple[Signer, ...] = (application, person) if with_person else (application,)
    placements: list[Placement] = []
    for spot in spots(with_person=with_person):
        same = (new_placement_id(), (person if spot.is_of_person else application).id, document.id)
        match spot.seal:
            case Seal.KEYWORD:
                placements.append(
                    KeywordPlacement(*same, KEYWORD, *KEYWORD_OFFSET_PT, width_pt=spot.width_pt, confirmed_hits=1)
                )
            case Seal.CROSS_PAGE:
                if spot.page_number == 1:
                    pages = PageRanges.all_of(PAGE_COUNT)
                    placements.append(CrossPagePlacement(*same, pages, spot.point.y_pt, spot.width_pt))
            case _:
                pages = PageRanges.single(spot.page_number)
                placements.append(CoordinatePlacement(*same, pages, spot.point, spot.width_pt))
    return _contract(document, signers, placements, title)


def link_contract(document: Document, title: str) -> ContractDraft:
    """Return a contract that only tests whether the platform returns links when a flow is started.

    The caller must revoke the contract immediately after it has been sent.
    """
    person, spot = PersonSigner(new_signer_id(), INVENTED_PERSON), SPOTS[0]
    pages = PageRanges.single(spot.page_number)
    placement = CoordinatePlacement(new_placement_id(), person.id, document.id, pages, spot.point, spot.width_pt)
    return _contract(document, (person,), [placement], title)


def _contract(
    document: Document, signers: tuple[Signer, ...], placements: Sequence[Placement], title: str
) -> ContractDraft:
    # The fictitious person cannot receive messages, so the platform is told to send none.
    deadline = SignWithin(SIGNING_DAYS * MS_PER_DAY)
    options = FlowOptions(business_scene=title, deadline=deadline, notices=frozenset())
    return ContractDraft(
        ContractDraft.new().id,
        documents=(document,),
        signers=signers,
        placements=tuple(placements),
        options=options,
        is_ordered=False,
    )
