"""The contract by which a platform is calibrated: where its seals are sent to, and what was seen of each.

The numbers that go to the platform are those of this file, whatever the environment is set to, so that what is seen
tells what the platform makes of them. Every seal has a blank window of its own that holds it whatever it makes.
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
    from esign_desktop.domain.document import Document

PAGE_WIDTH_PT: Final = 595.0
PAGE_HEIGHT_PT: Final = 842.0
PAGE_COUNT: Final = 3

KEYWORD: Final = "CALIBRATIONMARK"
KEYWORD_OFFSET_PT: Final = (60.0, -150.0)
CELL_PT: Final = 1.0
"""Side of the cells in which a seal's ink is summed up; the windows lie on their grid."""
PIXELS_PER_CELL: Final = 6
PIXEL_PT: Final = CELL_PT / PIXELS_PER_CELL
"""What is measured is no finer than this."""

ORGANIZATION_WIDTH_PT: Final = 120.0
KEYWORD_WIDTH_PT: Final = 60.0
PERSON_WIDTH_PT: Final = 60.0
CROSS_PAGE_CENTER_PT: Final = 421.0
SIGNING_DAYS: Final = 1

INVENTED_PERSON: Final = Person("校准用虚构人员", id_number="110101190001010014", third_id="calibration-1")
"""Nobody: born in 1900, with a check digit that fits. Accounts are made for them only to see what comes of it."""
SECOND_THIRD_ID: Final = "calibration-2"


class Seal(StrEnum):
    """The seals of the contract."""

    SCALED = "scaled"
    OWN = "own"
    KEYWORD = "keyword"
    CROSS_PAGE = "cross_page"
    PERSON_SCALED = "person_scaled"
    PERSON_OWN = "person_own"


@dataclass(frozen=True, slots=True)
class Spot:
    """A seal on one page: the point that is sent, the width that is sent, and the blank window it has to itself.

    ``point`` of a keyword's seal is its offset; of a cross-page seal only y is sent. ``width_pt`` None sends none.
    """

    seal: Seal
    page_number: int
    point: PagePoint
    width_pt: float | None
    window: PageRect

    @property
    def is_at_keyword(self) -> bool:
        """Whether the point counts from the keyword."""
        return self.seal is Seal.KEYWORD

    @property
    def is_of_person(self) -> bool:
        """Whether a person's seal goes there, not an organization's."""
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
    """A cross at a known point with a text beside it, by which a page is recognised as unmoved."""

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
    """How much of each cell of a window is inked, from 0 to 255: rows from the bottom up, cells from the left."""

    window: PageRect
    rows: tuple[bytes, ...]

    def share(self, x_pt: float, y_pt: float) -> float:
        """Return how much of the cell at a point is inked, from 0 to 1; nothing is outside of the window."""
        column, row = int((x_pt - self.window.left_pt) // CELL_PT), int((y_pt - self.window.bottom_pt) // CELL_PT)
        if not (0 <= row < len(self.rows) and 0 <= column < len(self.rows[row])):
            return 0.0
        return self.rows[row][column] / 255


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is seen at a spot: the box of the seal's ink in page space, None where nothing is.

    ``is_cut`` tells ink at the window's border, where more of it may be hidden. ``others`` is further ink in the
    window that is not the seal's.
    """

    seal: Seal
    page_number: int
    box: PageRect | None = None
    ink: Ink | None = None
    is_cut: bool = False
    others: tuple[PageRect, ...] = ()


@dataclass(frozen=True, slots=True)
class Sightings:
    """All that was seen of a signed contract, and where its keyword stands in it.

    ``unexplained`` are changes outside of every window, by page number: a footer, or a mark to look the file up by.
    """

    seen: tuple[Sighting, ...]
    keyword_box: PageRect
    unexplained: tuple[tuple[int, PageRect], ...] = ()

    def of(self, seal: Seal) -> tuple[Sighting, ...]:
        """Return what was seen of a seal, in page order."""
        return tuple(sorted((one for one in self.seen if one.seal is seal), key=lambda one: one.page_number))


@dataclass(frozen=True, slots=True)
class Sealer:
    """An organization whose seal may be set silently, with who acts for it; both by their accounts."""

    organization: Organization
    agent: Person


def spots(*, with_person: bool) -> tuple[Spot, ...]:
    """Return the spots of a contract; without the person's where no person signs."""
    return tuple(spot for spot in SPOTS if with_person or not spot.is_of_person)


def measuring_contract(
    document: Document, title: str, *, with_person: bool, sealer: Sealer | None = None
) -> ContractDraft:
    """Return the contract whose seals are measured.

    The application or the ``sealer``, and a person who is nobody, seal it silently.
    """
    application: Signer = ApplicationSigner(new_signer_id())
    if sealer is not None:
        silently = SigningTerms(is_silent=True)
        application = OrganizationSigner(new_signer_id(), sealer.organization, sealer.agent, silently)
    person = PersonSigner(new_signer_id(), INVENTED_PERSON, SigningTerms(is_silent=True))
    signers: tuple[Signer, ...] = (application, person) if with_person else (application,)
    placements: list[Placement] = []
    for spot in spots(with_person=with_person):
        signer = person if spot.is_of_person else application
        pages = PageRanges.single(spot.page_number)
        match spot.seal:
            case Seal.KEYWORD:
                x, y = KEYWORD_OFFSET_PT
                placements.append(
                    KeywordPlacement(
                        new_placement_id(), signer.id, document.id, KEYWORD, x, y, spot.width_pt, confirmed_hits=1
                    )
                )
            case Seal.CROSS_PAGE:
                if spot.page_number == 1:
                    placements.append(
                        CrossPagePlacement(
                            new_placement_id(),
                            signer.id,
                            document.id,
                            PageRanges.all_of(PAGE_COUNT),
                            spot.point.y_pt,
                            spot.width_pt,
                        )
                    )
            case _:
                placements.append(
                    CoordinatePlacement(new_placement_id(), signer.id, document.id, pages, spot.point, spot.width_pt)
                )
    draft = ContractDraft.new()
    return ContractDraft(draft.id, (document,), signers, tuple(placements), _options(title), is_ordered=False)


def link_contract(document: Document, title: str) -> ContractDraft:
    """Return the contract that is started only to see whether links are told, and is called back unseen."""
    person = PersonSigner(new_signer_id(), INVENTED_PERSON)
    spot = SPOTS[0]
    placement = CoordinatePlacement(
        new_placement_id(), person.id, document.id, PageRanges.single(spot.page_number), spot.point, spot.width_pt
    )
    draft = ContractDraft.new()
    return ContractDraft(draft.id, (document,), (person,), (placement,), _options(title), is_ordered=False)


def _options(title: str) -> FlowOptions:
    # Nobody is to be told by the platform: there is nobody.
    return FlowOptions(business_scene=title, deadline=SignWithin(SIGNING_DAYS * MS_PER_DAY), notices=frozenset())
