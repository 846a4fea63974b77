"""Every option of a contract with every kind of signer: checked, sent, described, kept as a preset and shown."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Final

import pytest

from esign_desktop.api.payload import SignerAccounts, start_body
from esign_desktop.api.wire import START_PATH
from esign_desktop.domain.contract import edits
from esign_desktop.domain.contract.checks import obstacles
from esign_desktop.domain.options import (
    AccountParty,
    FlowOptions,
    NoticeChannel,
    SignerParty,
    SignPlatform,
    SignUntil,
    SignWithin,
)
from esign_desktop.domain.preset.making import kept_document, preset_of
from esign_desktop.domain.signer import ApplicationSigner, CertificateType, SealType, SignerId, SigningTerms
from esign_desktop.services.editing.session import EditName
from esign_desktop.ui.presets.lines import preset_lines
from esign_desktop.ui.send.plan import plan_in_a_line
from tests.drafts import (
    NOW_MS,
    make_application_signer,
    make_document,
    make_draft,
    make_organization_signer,
    make_person_signer,
    make_seal,
)
from tests.ui.made_pdfs import write_text_pdf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from esign_desktop.domain.contract.draft import ContractDraft
    from esign_desktop.domain.signer import Signer
    from tests.api.openapi import OpenApi
    from tests.ui.prepare.conftest import RoomDesk

BASE: Final = FlowOptions()
PERSON, COMPANY, APPLICATION = make_person_signer(), make_organization_signer(), make_application_signer()

OPTIONS: Final[dict[str, FlowOptions]] = {
    "as made": BASE,
    "without notices": replace(BASE, notices=frozenset()),
    **{f"notice by {channel.name}": replace(BASE, notices=frozenset({channel})) for channel in NoticeChannel},
    "all notices": replace(BASE, notices=frozenset(NoticeChannel)),
    **{f"signed on {platform.name}": replace(BASE, platforms=frozenset({platform})) for platform in SignPlatform},
    "all platforms": replace(BASE, platforms=frozenset(SignPlatform)),
    "without a deadline": replace(BASE, deadline=None),
    "a deadline in an hour": replace(BASE, deadline=SignWithin(3_600_000)),
    "a deadline on a day": replace(BASE, deadline=SignUntil(NOW_MS + 86_400_000)),
    "archived": replace(BASE, archive_until_ms=NOW_MS + 10 * 86_400_000),
    "a return address": replace(BASE, redirect_url="https://example.com/done"),
    "a title": replace(BASE, business_scene="借款合同"),
    "paid by the signer": replace(BASE, payer=SignerParty(PERSON.id)),
    "paid by an account": replace(BASE, payer=AccountParty("account 9", "某机构")),
    "initiated by the signer": replace(BASE, initiator=SignerParty(PERSON.id)),
    "initiated by an account": replace(BASE, initiator=AccountParty("account 9", "某机构")),
}


TERMS: Final[dict[str, Callable[[SigningTerms], SigningTerms]]] = {
    "as made": lambda terms: terms,
    "signing automatically": lambda terms: replace(terms, is_silent=True),
    "without an order": lambda terms: replace(terms, step=0),
    "placing freely": lambda terms: replace(terms, free_documents=("id of 合同",)),
    **{f"with {kind.name}": partial(replace, certificate=kind) for kind in CertificateType},
    **{f"by {kind.name}": partial(replace, seal_types=frozenset({kind})) for kind in SealType},
}
SIGNERS: Final[dict[str, Signer]] = {
    **{f"person {words}": replace(PERSON, terms=change(PERSON.terms)) for words, change in TERMS.items()},
    **{
        f"organization {words}": replace(COMPANY, id=PERSON.id, terms=change(COMPANY.terms))
        for words, change in TERMS.items()
    },
    "application": replace(APPLICATION, id=PERSON.id),
}


def drafts() -> Iterator[tuple[str, ContractDraft]]:
    for (option, options), (kind, signer), is_ordered in product(OPTIONS.items(), SIGNERS.items(), (True, False)):
        places = () if signer.terms.free_documents else (make_seal(),)
        draft = make_draft(signers=(signer,), placements=places, options=options, is_ordered=is_ordered)
        yield f"{option}, {kind}, {'ordered' if is_ordered else 'in any order'}", draft


def test_every_option_has_an_example() -> None:
    names = [one.name for one in fields(FlowOptions)]
    used = {name for options in OPTIONS.values() for name in names if getattr(options, name) != getattr(BASE, name)}
    assert set(names) - used == set(), "add an example of each to OPTIONS"


def test_every_pair_is_checked_and_sent_as_the_platform_describes_it(openapi: OpenApi) -> None:
    wrong = []
    for words, draft in drafts():
        if obstacles(draft):
            wrong.append(f"{words}: forbidden")
        signer = draft.signers[0]
        accounts = SignerAccounts("account 1", "organization 1" if hasattr(signer, "organization") else "")
        body = start_body(
            draft,
            doc_ids={document.id: "doc" for document in draft.documents},
            account_ids={signer.id: accounts},
            auto_initiate=0,
            behaviour=draft.behaviour,
            sent_at_ms=NOW_MS,
        )
        wrong += [f"{words}: {error}" for error in openapi.request_errors(START_PATH, body)]
    assert wrong == []


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_pair_has_its_words_in_both_languages(speak: Callable[[str], None], language: str) -> None:
    speak(language)
    kept = kept_document(make_document(), ())
    for words, draft in drafts():
        sentence = plan_in_a_line(draft, {})
        assert sentence, words
        assert "{" not in sentence, words
        preset = preset_of(draft, (), {kept.id: kept}, name="预设")
        for label, line in preset_lines(preset).items():
            assert "{" not in line.text, (words, label)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_room_shows_every_option_with_signers_of_each_kind(
    desk: RoomDesk, tmp_path: Path, speak: Callable[[str], None], language: str
) -> None:
    speak(language)
    desk.open(write_text_pdf(tmp_path / "contract.pdf", [["甲方"], ["乙方"]]))
    for number, signer in enumerate(SIGNERS.values()):
        known = replace(signer, id=SignerId(f"signer {number}"), terms=replace(signer.terms, free_documents=()))
        if not isinstance(signer, ApplicationSigner) or number == len(SIGNERS) - 1:
            desk.session.apply(EditName.ADD_SIGNER, partial(edits.add_signer, signer=known))
    for options in OPTIONS.values():
        desk.session.apply(EditName.CHANGE_OPTIONS, partial(edits.set_options, options=options))
        desk.qtbot.wait(1)
        assert len(desk.room.signers._cards) == len(desk.session.draft.signers)  # noqa: SLF001
