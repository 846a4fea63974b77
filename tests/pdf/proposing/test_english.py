"""Contracts in English: what they call parties, and the ways in which they ask for a signature or a seal."""

from __future__ import annotations

import pytest

from esign_desktop.domain.proposal import PartyKind
from tests.pdf.proposing.written import CLAUSE, proposal_of, told

HEAD = ["SERVICES AGREEMENT", "Party A: Harbour Light Trading Co., Ltd.", "Party B: Nordvik Maskin AS"]
SENTENCE = "9. This Agreement takes effect when it has been signed by both parties, each of which holds one original."


@pytest.mark.parametrize(
    ("rows", "marks"),
    [
        (
            ["Party A (Seal): ______      Party B (Seal): ______", "Legal representative:       Legal representative:"],
            {"Party A": "seal signature", "Party B": "seal signature"},
        ),
        (
            ["Landlord's Signature: ____________ Date: ________", "Signature of Tenant: ____________ Date: ________"],
            {"Landlord": "signature", "Tenant": "signature"},
        ),
        (
            ["CLIENT:                     CONTRACTOR:", "By: __________              By: __________", "Title:"],
            {"CLIENT": "signature", "CONTRACTOR": "signature"},
        ),
        (
            ["Lender (Company Seal): ______", "Authorized signatory: ______", "Co-Borrower's signature: ______"],
            {"Lender": "seal signature", "Co-Borrower": "signature"},
        ),
        (
            ["For and on behalf of the Supplier", "(Authorised Signature & Chop)", "For the Buyer:", "Signature:"],
            {"Supplier": "seal", "Buyer": "signature"},
        ),
        (
            ["Owner: ____________ Date: ________", "Contractor: ______ Date: ________"],
            {"Owner": "signature", "Contractor": "signature"},
        ),
        (
            [
                "For and on behalf of Nordvik Maskin AS",
                "Signature: ________",
                "For and on behalf of Other Foods Ltd.",
                "By:",
            ],
            {"Nordvik Maskin AS": "signature", "Other Foods Ltd.": "signature"},
        ),
        (
            [
                "Example Foods Ltd.          Other Foods Inc.",
                "______________              ______________",
                "Signature                   Signature",
            ],
            {"Example Foods Ltd.": "signature", "Other Foods Inc.": "signature"},
        ),
        (
            ["SELLER - Signature/Name: ________", "Senior Creditor:", "Example Foods Ltd.", "By: ________"],
            {"SELLER": "signature", "Senior Creditor": "signature"},
        ),
        (
            ["Employer's seal:", "Grandparent's Signature: ________", "Witness: ______"],
            {"Employer": "seal", "Grandparent": "signature"},
        ),
    ],
)
def test_whoever_is_asked_for_a_mark_is_a_party(rows: list[str], marks: dict[str, str]) -> None:
    found = told(proposal_of([*HEAD, SENTENCE, *rows]))
    assert {role: " ".join(kind for _, kind, _ in each) for role, each in found.items()} == marks


def test_who_signs_by_its_name_is_called_what_the_first_sentence_calls_it() -> None:
    found = proposal_of(
        [
            'This Agreement is made by and between Blue Fen Holdings Pte. Ltd. (the "Client")',
            'and Alex Sample (hereinafter referred to as the "Contractor"). Other Firm Ltd. is no party.',
            SENTENCE,
            "Blue Fen Holdings Pte. Ltd.           Alex Sample",
            "By: __________                        Signature: __________",
        ]
    )
    assert [(one.role, one.aliases, one.name, one.kind) for one in found.parties] == [
        ("Client", ("Blue Fen Holdings Pte. Ltd.",), "Blue Fen Holdings Pte. Ltd.", PartyKind.ORGANIZATION),
        ("Contractor", ("Alex Sample",), "Alex Sample", PartyKind.EITHER),
    ]


def test_a_company_is_a_party_where_the_contract_says_so() -> None:
    rows = [SENTENCE, "COMPANY:                    EMPLOYEE:", "By: __________              Signature: __________"]
    defined = 'Agreement between Example Foods Ltd. (the "Company") and the undersigned employee (the "Employee")'
    assert list(told(proposal_of([defined, *rows]))) == ["Company", "EMPLOYEE"]
    assert list(told(proposal_of(rows))) == ["EMPLOYEE"]


@pytest.mark.parametrize(
    ("rows", "marks"),
    [
        (["For and on behalf of          For and on behalf of", "Blue Fen Co., Ltd.            Nordvik Limited"],
         {"Blue Fen Co., Ltd.": "g", "Nordvik Limited": "g"}),
        (["Signed by __________          In the presence of", "for and on behalf of the Landlord    Witness signature:",
          "Signature:", "Company seal:", "Signed by the Guarantor          In the presence of",
          "                              Witness signature:", "Signature:"],
         {"Landlord": "gs", "Guarantor": "g"}),
        (["Signed for and on behalf of", "the Client", "Authorised signatory: ______", "(Company chop)"],
         {"Client": "sg"}),
        (["VENDOR:", "Signed by: ________", "PURCHASER:", "Signed by: ________"], {"VENDOR": "g", "PURCHASER": "g"}),
        (["SIGNED, SEALED and DELIVERED by", "the ASSIGNOR in the presence of:", "the ASSIGNEE in the presence of:"],
         {"ASSIGNOR": "g", "ASSIGNEE": "g"}),
        (["FRANCHISOR               FRANCHISEE", "Per: ________            Signed: ________"],
         {"FRANCHISOR": "g", "FRANCHISEE": "g"}),
        (["SELLER", "SIGNED by LEONG KAR WAI ________", "CO-GUARANTOR", "Signed: ________"],
         {"SELLER": "g", "CO-GUARANTOR": "g"}),
        (["LANDLORD(S):", "1. Signature: ________", "2. Signature: ________"], {"LANDLORD": "gg"}),
        (["Signature of the University coordinator: ________"], {"University coordinator": "g"}),
    ],
)  # fmt: skip
def test_labels_of_several_rows(rows: list[str], marks: dict[str, str]) -> None:
    found = told(proposal_of([*HEAD[:1], SENTENCE, *rows]))
    kinds = {"seal": "s", "signature": "g"}
    assert {role: "".join(kinds[one[1]] for one in each) for role, each in found.items()} == marks


def test_a_firm_at_the_foot_is_called_as_the_contract_defines_it() -> None:
    defined = 'Agreement between Blue Fen Co., Ltd., a company of Norway (the "Receiving Party"), and others.'
    found = proposal_of([defined, SENTENCE, "BLUE FEN CO., LTD.", "By: ____________"])
    assert [(one.role, one.name) for one in found.parties] == [("Receiving Party", "Blue Fen Co., Ltd.")]


def test_names_behind_english_roles_are_read() -> None:
    found = proposal_of([*HEAD, SENTENCE, "Party A (Seal):", "Party B (Seal):"])
    assert [(one.name, one.kind) for one in found.parties] == [
        ("Harbour Light Trading Co., Ltd.", PartyKind.ORGANIZATION),
        ("Nordvik Maskin AS", PartyKind.EITHER),
    ]


def test_what_a_contract_says_in_english_again_is_no_second_party() -> None:
    found = proposal_of(
        [
            CLAUSE,
            "甲方 Party A（盖章 Seal）：           Party B 乙方（签字 Signature）：",
            "Party A (Seal)                        Party B (Signature)",
            "授权代表 Authorized Signatory（签字）：",
            "Authorized Signatory (Signature):",
        ]
    )
    marks = {role: [kind for _, kind, _ in each] for role, each in told(found).items()}
    assert marks == {"甲方": ["seal", "signature"], "乙方": ["signature"]}


@pytest.mark.parametrize(
    "row",
    [
        "Seller shall sign the list of goods.",
        "Bank: Example Bank, Account: 99",
        "Company: ________",
        "Date of signature",
        "signed by the Buyer and sealed by the Seller in the presence of both of them and of their clerks",
    ],
)
def test_sentences_and_facts_in_english_are_no_places_to_sign(row: str) -> None:
    assert proposal_of([*HEAD, SENTENCE, row, row]).parties == ()
