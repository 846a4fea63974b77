"""Decide whether documents are the forms of a remembered contract, and which document is which form."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nlargest
from typing import TYPE_CHECKING

from esign_desktop.domain.matching.comparing import MOST_COMPARED, Comparison, alike_forms, compare

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from esign_desktop.domain.matching.form import ReadForm, RememberedForm


@dataclass(frozen=True, slots=True)
class ContractMatch:
    """A remembered contract that documents were recognized as.

    ``index`` is the zero-based index of the contract. ``document_indices`` contains the zero-based index of the
    document for each of its forms, and ``comparisons`` the result of comparing the two.
    """

    index: int
    document_indices: tuple[int, ...]
    comparisons: tuple[Comparison, ...]

    @property
    def wording_count(self) -> int:
        """The number of differences other than values."""
        return sum(len(one.wording) for one in self.comparisons)


def most_alike_contract(
    contracts: Sequence[Sequence[RememberedForm]], reads: Sequence[ReadForm]
) -> ContractMatch | None:
    """Return the remembered contract that has most in common with these documents, or None.

    Each of its forms is one of the documents, and each document is one of its forms.
    """
    fitting = [index for index, forms in enumerate(contracts) if len(forms) == len(reads)]
    places = [(index, number) for index in fitting for number in range(len(reads))]
    forms = [contracts[index][number] for index, number in places]
    alike: dict[int, dict[tuple[int, int], float]] = {}
    """For each contract, the likeness of a form and a document, by their indices."""
    for document_index, read in enumerate(reads):
        for place, likeness in alike_forms(forms, read).items():
            index, number = places[place]
            alike.setdefault(index, {})[number, document_index] = likeness
    scores = []
    for index, pairs in alike.items():
        best = [
            max((likeness for pair, likeness in pairs.items() if pair[0] == number), default=0.0)
            for number in range(len(reads))
        ]
        if all(best) and len({document_index for _, document_index in pairs}) == len(reads):
            scores.append((sum(best), index))
    # Of contracts that share most of their clauses, the one with the fewest differences is meant.
    found = [
        (match.wording_count, -score, index, match)
        for score, index in nlargest(MOST_COMPARED, scores)
        if (match := _matched(index, contracts[index], reads, alike[index])) is not None
    ]
    return min(found, key=lambda one: one[:3])[3] if found else None


def _matched(
    index: int, forms: Sequence[RememberedForm], reads: Sequence[ReadForm], alike: Mapping[tuple[int, int], float]
) -> ContractMatch | None:
    """Return which document is which form, or None if a form or a document is left over.

    A document without differences from a form is that form. If a contract contains a form twice, the order of the
    documents decides. Otherwise, the pairs with the fewest differences belong together.
    """
    taken: dict[int, tuple[int, Comparison]] = {}
    others: list[tuple[int, float, int, int, Comparison]] = []

    def is_free(number: int, document_index: int) -> bool:
        return number not in taken and all(document_index != one for one, _ in taken.values())

    for number, document_index in sorted(alike, key=lambda pair: (pair[0] != pair[1], -alike[pair], *pair)):
        if not is_free(number, document_index):
            continue
        one = compare(forms[number], reads[document_index])
        if one.is_form and not one.wording:
            taken[number] = document_index, one
        elif one.is_form:
            others.append((len(one.wording), -alike[number, document_index], number, document_index, one))
    for _, _, number, document_index, one in sorted(others, key=lambda other: other[:4]):
        if is_free(number, document_index):
            taken[number] = document_index, one
    if len(taken) != len(forms):
        return None
    pairs = [taken[number] for number in range(len(forms))]
    return ContractMatch(index, tuple(at for at, _ in pairs), tuple(one for _, one in pairs))
