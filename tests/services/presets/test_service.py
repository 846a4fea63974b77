"""Presets as a person uses them: made of a contract, recognised, handed on, and sent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.account import Person
from esign_desktop.domain.document import TemplateFilling, WantedField
from esign_desktop.domain.errors import InputError
from esign_desktop.domain.placing.placement import CoordinatePlacement, KeywordPlacement
from esign_desktop.domain.preset.fields import CustomerDatum, FormField
from esign_desktop.domain.preset.filling import fill
from esign_desktop.domain.preset.preset import with_branch
from esign_desktop.domain.preset.questions import AnswerKind
from esign_desktop.domain.signer import OpenSigner, OrganizationSigner
from esign_desktop.services.counter.states import CounterState
from tests.pdf.builder import Page, build
from tests.services.counter_desk import ZHANG, CounterDesk, make_form, make_form_contract
from tests.services.template_files import make_template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.preset.preset import Preset
    from tests.services.sandbox_platform import SandboxPlatform


@pytest.fixture
def desk(tmp_path: Path, platform: SandboxPlatform) -> Iterator[CounterDesk]:
    desk = CounterDesk(tmp_path / "desk", platform.environment)
    yield desk
    desk.close()


def test_preset_keeps_the_pdf_itself(desk: CounterDesk, tmp_path: Path) -> None:
    preset = desk.make_preset(tmp_path)
    original = tmp_path / "借款合同.pdf"
    content = original.read_bytes()
    original.unlink()

    (document,) = desk.presets.documents_of(preset)

    assert Path(document.path).read_bytes() == content
    assert (document.name, document.page_count) == ("借款合同", 2)
    (role,) = desk.presets.get(preset.id).signers
    assert isinstance(role, OpenSigner)


def test_file_that_changed_since_it_was_opened_makes_no_preset(desk: CounterDesk, tmp_path: Path) -> None:
    draft = make_form_contract(desk.documents, tmp_path)
    path = Path(draft.documents[0].path)
    for content, code in ((path.read_bytes() + b" ", "document.changed"), (None, "document.missing")):
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content)
        with pytest.raises(InputError) as caught:
            desk.presets.make(draft, {draft.signers[0].id}, name="x", environment=desk.environment)
        assert caught.value.code == code
    assert desk.presets.list() == ()


def test_pdf_goes_with_the_last_preset_that_has_it(desk: CounterDesk, tmp_path: Path) -> None:
    one, other = desk.make_preset(tmp_path / "1"), desk.make_preset(tmp_path / "1", name="other")
    desk.presets.delete(one.id)
    assert desk.presets.documents_of(other)
    desk.presets.delete(other.id)
    assert list(desk.paths.presets_dir.iterdir()) == []
    with pytest.raises(InputError) as caught:
        desk.presets.documents_of(other)
    assert caught.value.code == "document.missing"


def test_function_key_chooses_a_preset(desk: CounterDesk, tmp_path: Path) -> None:
    preset = desk.make_preset(tmp_path)
    desk.presets.assign_key(preset.id, 2)
    found = desk.presets.on_key(2)
    assert found is not None
    assert found.id == preset.id
    assert desk.presets.on_key(3) is None
    with pytest.raises(InputError) as caught:
        desk.presets.assign_key(preset.id, 9)
    assert caught.value.code == "preset.no_such_key"


def test_same_form_in_another_file_is_recognised_without_differences(desk: CounterDesk, tmp_path: Path) -> None:
    preset = desk.make_preset(tmp_path / "mine")
    path = make_form(tmp_path / "theirs" / "下载 (1).pdf")
    path.write_bytes(path.read_bytes() + b"\n% saved again\n")
    document = desk.documents.open(path)

    found = desk.presets.recognise(document, desk.environment)

    assert found is not None
    assert (found.preset.id, found.changes, found.differences) == (preset.id, (), ())
    assert [len(hits or ()) for hits in found.hits.values()] == [1]
    customer = preset.customers[0].id
    draft = fill(found.preset, (document,), {customer: Person("张三", "1")}, hits=found.hits)
    assert [type(place) for place in draft.placements] == [KeywordPlacement]
    assert draft.documents == (document,)


def test_form_that_was_filled_in_is_recognised_without_differences(desk: CounterDesk, tmp_path: Path) -> None:
    desk.make_preset(tmp_path / "mine")
    document = desk.documents.open(make_form(tmp_path / "theirs" / "filled.pdf", mark="张三"))
    found = desk.presets.recognise(document, desk.environment)
    assert found is not None
    assert (found.changes, found.differences) == ((), ())


def test_form_without_the_keyword_falls_back_to_the_place_it_had(desk: CounterDesk, tmp_path: Path) -> None:
    preset = desk.make_preset(tmp_path / "mine")
    page = (
        Page()
        .write("个人借款合同 甲方示例银行 以下简称甲方", 60, 760)
        .write("甲乙双方经协商一致签订本合同 第一条借款金额", 60, 700)
    )
    path = tmp_path / "other.pdf"
    path.write_bytes(build(page, Page().write("第二条借款期限 第三条还款方式 第四条违约责任", 60, 760)))
    document = desk.documents.open(path)

    found = desk.presets.recognise(document, desk.environment)

    assert found is not None
    assert "keyword_missing" in [one.code for one in found.differences]
    draft = fill(found.preset, (document,), {preset.customers[0].id: Person("张三", "1")}, hits=found.hits)
    (place,) = draft.placements
    assert isinstance(place, CoordinatePlacement)
    assert place.pages.first == 1


def test_another_text_is_not_recognised(desk: CounterDesk, tmp_path: Path) -> None:
    path = tmp_path / "other.pdf"
    path.write_bytes(build(Page().write("The quick brown fox jumps over the lazy dog", 60, 700), Page()))
    document = desk.documents.open(path)
    assert desk.presets.recognise(document, desk.environment) is None
    desk.make_preset(tmp_path / "mine")
    assert desk.presets.recognise(document, desk.environment) is None


def take_in(desk: CounterDesk, file: Path) -> Preset:
    imports = desk.presets.imports
    return imports.take_in(imports.look_into(file))


def test_head_offices_preset_works_at_a_branch_that_says_who_it_is(
    desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    preset = desk.make_preset(tmp_path / "head", branch=True)
    desk.presets.assign_key(preset.id, 4)
    file = tmp_path / "借款.esignpreset"
    desk.presets.export(preset.id, file)
    assert b"110101199003079999" not in file.read_bytes()
    branch = CounterDesk(tmp_path / "branch", platform.environment)

    taken = take_in(branch, file)

    assert (taken.id, taken.name, taken.function_key) == (preset.id, preset.name, None)
    assert taken.roles_without_signer
    role = taken.signers[1]
    assert isinstance(role, OrganizationSigner)
    agent = Person("支行经办", "110101195001010017", mobile="13500000009")
    branch.presets.save(replace(with_branch(taken, role.id, role.organization, agent), function_key=5))
    branch.counter.choose(preset.id)
    branch.counter.enter(ZHANG)
    view = branch.counter.send()
    assert (view.state, view.error) == (CounterState.SHOWING, None)
    # A newer version of the same preset keeps what the branch said.
    desk.presets.save(replace(desk.presets.get(preset.id), name="借款 2027"))
    desk.presets.export(preset.id, file)
    renewed = take_in(branch, file)
    role = renewed.signers[1]
    assert isinstance(role, OrganizationSigner)
    assert (renewed.name, renewed.function_key, role.agent.name) == ("借款 2027", 5, "支行经办")
    branch.close()


def test_contract_of_a_platforms_template_is_filled_with_the_customers_data(
    desk: CounterDesk, platform: SandboxPlatform, tmp_path: Path
) -> None:
    draft = make_form_contract(desk.documents, tmp_path)
    seal = CoordinatePlacement(
        *(draft.placements[0].id, draft.signers[0].id, draft.documents[0].id),
        pages=draft.documents[0].all_pages,
        center=draft.documents[0].pages[0].bounds.center,
    )
    draft = replace(draft, placements=(seal,))
    template_id = make_template(desk.client_for(desk.environment), tmp_path / "template.pdf", ("borrower", "idCardNo"))
    fields = (FormField("borrower", CustomerDatum.NAME), FormField("idCardNo", CustomerDatum.ID_NUMBER))
    preset = desk.presets.make(
        draft,
        {draft.signers[0].id},
        name="template",
        environment=desk.environment,
        templates={draft.documents[0].id: TemplateFilling(template_id, preset_fields=fields)},
    )
    assert preset.home is not None
    desk.counter.choose(preset.id)
    desk.counter.enter(ZHANG)

    view = desk.counter.send()

    assert (view.state, view.error) == (CounterState.SHOWING, None)
    (flow,) = platform.flows(preset.title)
    path = tmp_path / "made.pdf"
    path.write_bytes(platform.document_bytes(flow.document_ids[0]))
    made = desk.documents.open(path)
    assert desk.documents.find(made.id, "张三")
    assert desk.documents.find(made.id, "110101199003078515")
    assert b"110101199003078515" not in desk.all_bytes()


def test_the_display_names_of_a_templates_fields_survive_in_a_preset(desk: CounterDesk, tmp_path: Path) -> None:
    draft = make_form_contract(desk.documents, tmp_path)
    wanted = (
        WantedField("Loan", label="贷款金额", kind=AnswerKind.AMOUNT),
        WantedField("Use", is_required=False, label="用途", kind=AnswerKind.CHOICE, choices=("购房", "装修")),
    )
    document = replace(draft.documents[0], template=TemplateFilling("template", wanted=wanted))
    customers = [signer.id for signer in draft.signers]
    preset = desk.presets.make(
        replace(draft, documents=(document,), placements=()), customers, name="贷款", environment=desk.environment
    )
    loan, use = (preset.question(name) for name in ("Loan", "Use"))
    assert (loan.label, loan.kind) == ("贷款金额", AnswerKind.AMOUNT)
    assert (use.label, use.choices, use.is_optional) == ("用途", ("购房", "装修"), True)
