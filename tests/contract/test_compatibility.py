"""The compatibility checker: optional additions pass, everything else is named, with whom it breaks and how."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from events.contracts.eligibility import EnterpriseFoundEligible
from events.contracts.envelope import CATALOGUE, Fact
from events.contracts.registry import EnterpriseRegistered
from events.schemas.__main__ import main
from events.schemas.compatibility import Break, breaks_between
from events.schemas.generate import changes, schema_of, text_of, versions_of
from events.schemas.readers import whom

Schema = dict[str, Any]
Doctor = Callable[[Schema], object]
READS = {
    "eligibility": {EnterpriseRegistered.type: ("enterprise_id", "headcount")},
    "reporting": {EnterpriseRegistered.type: ("enterprise_id", "risk")},
}
SECTOR_VALUES = ["manufacturing", "construction", "service"]


def doctored(doctor: Doctor, contract: type[Fact] = EnterpriseRegistered) -> tuple[Schema, Schema]:
    old = schema_of(contract)
    new = copy.deepcopy(old)
    doctor(new)
    return old, new


def found(doctor: Doctor, contract: type[Fact] = EnterpriseRegistered) -> list[str]:
    return [str(each) for each in breaks_between(*doctored(doctor, contract))]


def test_a_contract_is_compatible_with_itself() -> None:
    for contract in CATALOGUE.values():
        assert breaks_between(schema_of(contract), schema_of(contract)) == []


ADDITIONS: list[Doctor] = [
    lambda s: s["properties"].update(postcode={"type": "string", "default": ""}),
    lambda s: s["properties"].update(floors={"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None}),
    lambda s: s["properties"]["headcount"].update(description="people on the payroll"),
    lambda s: s.update(description="told better"),
]


@pytest.mark.parametrize("addition", ADDITIONS)
def test_an_optional_addition_and_better_words_pass(addition: Doctor) -> None:
    assert found(addition) == []


BREAKS: list[tuple[Doctor, str]] = [
    (lambda s: s["properties"].pop("province"), "province: required field removed (breaks old readers)"),
    (lambda s: s["properties"].pop("risk"), "risk: optional field removed (breaks old readers)"),
    (
        lambda s: (s["properties"].update(floors={"type": "integer"}), s["required"].append("floors")),
        "floors: required field added (breaks new readers)",
    ),
    (lambda s: s["required"].append("headcount"), "headcount: now required (breaks new readers)"),
    (lambda s: s["required"].remove("district"), "district: no longer required (breaks old readers)"),
    (
        lambda s: s["properties"]["district"].update(type="integer"),
        "district: retyped from string to integer (breaks both)",
    ),
    (
        lambda s: s["properties"]["registered_on"].update(format="date-time"),
        "registered_on: retyped from string(date) to string(date-time) (breaks both)",
    ),
    (
        lambda s: s["properties"]["latitude"].update(type="integer"),
        "latitude: narrowed: may not be number any more (breaks new readers)",
    ),
    (
        lambda s: s["properties"]["headcount"].update(anyOf=[{"type": "number", "minimum": 0}, {"type": "null"}]),
        "headcount: widened: may be number now (breaks old readers)",
    ),
    (
        lambda s: s["properties"]["headcount"].update(anyOf=[{"type": "integer", "minimum": 1}, {"type": "null"}]),
        "headcount: narrowed: minimum from 0 to 1 (breaks new readers)",
    ),
    (
        lambda s: s["properties"]["risk"]["anyOf"][0].update(maximum=25),
        "risk: widened: maximum from 9 to 25 (breaks old readers)",
    ),
    (
        lambda s: s["properties"]["headcount"]["anyOf"].pop(),
        "headcount: narrowed: may not be null any more (breaks new readers)",
    ),
    (
        lambda s: s["properties"]["province"].update(anyOf=[{"type": "string"}, {"type": "null"}]),
        "province: widened: may be null now (breaks old readers)",
    ),
    (
        lambda s: s["properties"]["industry_code_system"]["enum"].append("KSIC-11"),
        'industry_code_system: value added: "KSIC-11" (breaks old readers)',
    ),
    (
        lambda s: s["properties"]["industry_code_system"]["enum"].remove("NTS"),
        'industry_code_system: value removed: "NTS" (breaks new readers)',
    ),
    (
        lambda s: s["properties"]["industry_code_system"].pop("enum"),
        "industry_code_system: widened from a list of values (breaks old readers)",
    ),
    (
        lambda s: s["properties"]["province"].update(enum=["KR-11"]),
        "province: narrowed to a list of values (breaks new readers)",
    ),
    (
        lambda s: s["properties"]["is_synthetic"].update(default=True),
        "is_synthetic: default changed from false to true (breaks both)",
    ),
    (
        lambda s: s["properties"]["closed_weekdays"]["items"]["enum"].append("holiday"),
        'closed_weekdays[]: value added: "holiday" (breaks old readers)',
    ),
    (
        lambda s: s["properties"]["province"].update(pattern="^KR-"),
        'province: retyped from nothing to {"pattern": "^KR-"} (breaks both)',
    ),
    (lambda s: s.update({"x-key": "district"}), "the fact: key changed from enterprise_id to district (breaks both)"),
    (lambda s: s.update(additionalProperties=False), "the fact: retyped from nothing to"),
]


@pytest.mark.parametrize(("doctor", "name"), BREAKS, ids=[name for _, name in BREAKS])
def test_anything_else_is_a_break_and_is_named(doctor: Doctor, name: str) -> None:
    assert any(each.startswith(name) for each in found(doctor)), found(doctor)


def test_what_lies_deeper_is_compared_as_well() -> None:
    def doctor(schema: Schema) -> None:
        schema["$defs"]["Reason"]["properties"]["outcome"]["enum"].append("waived")
        schema["$defs"]["Reason"]["required"].remove("limit")

    assert found(doctor, EnterpriseFoundEligible) == [
        "reasons[].limit: no longer required (breaks old readers)",
        'reasons[].outcome: value added: "waived" (breaks old readers)',
    ]


def test_a_removed_field_names_whom_it_breaks_and_how() -> None:
    (headcount,) = breaks_between(*doctored(lambda s: s["properties"].pop("headcount")))
    assert whom(READS, EnterpriseRegistered.type, headcount) == ["eligibility reads headcount"]
    (risk,) = breaks_between(*doctored(lambda s: s["properties"].pop("risk")))
    assert whom(READS, EnterpriseRegistered.type, risk) == ["reporting reads risk"]
    (province,) = breaks_between(*doctored(lambda s: s["properties"].pop("province")))
    everybody = ["eligibility hears the fact", "reporting hears the fact"]
    assert whom(READS, EnterpriseRegistered.type, province) == everybody


def test_a_break_in_a_list_is_its_fields() -> None:
    assert Break("reasons[].limit", "removed", "both").top_field == "reasons"
    assert Break("closed_weekdays[]", "removed", "both").top_field == "closed_weekdays"


def _house_with_older_schemas(top: Path, doctor: Doctor) -> Path:
    """A work tree whose checked-in schema of one contract differs from what the contract says today."""
    (top / "docs").mkdir()
    for folder in ("libs/events/schemas", "libs/events/reads", "deploy"):
        (top / folder).mkdir(parents=True)
    (top / "deploy/topics.yaml").write_text(Path("deploy/topics.yaml").read_text("utf-8"), "utf-8")
    (top / "libs/events/reads/eligibility.yaml").write_text(
        f"{EnterpriseRegistered.type}: [enterprise_id, headcount, postcode]\n", "utf-8"
    )
    for contract in CATALOGUE.values():
        schema = schema_of(contract)
        if contract is EnterpriseRegistered:
            doctor(schema)
        folder = top / "libs/events/schemas" / contract.type
        folder.mkdir()
        (folder / "1.0.json").write_text(text_of(schema), "utf-8")
    return top


def test_the_command_refuses_a_break_names_its_victims_and_writes_nothing(tmp_path: Path) -> None:
    top = _house_with_older_schemas(
        tmp_path, lambda s: s["properties"].update(postcode={"type": "string", "default": ""})
    )
    result = CliRunner().invoke(main, ["--write", "--root", str(top)])
    assert result.exit_code == 1
    assert "postcode: optional field removed (breaks old readers) -> eligibility reads postcode" in result.output
    assert not (top / "docs/events.md").exists()
    assert len(list((top / "libs/events/schemas" / EnterpriseRegistered.type).iterdir())) == 1


def test_the_command_keeps_the_old_version_beside_an_optional_addition(tmp_path: Path) -> None:
    top = _house_with_older_schemas(tmp_path, lambda s: s["properties"].pop("risk"))
    assert CliRunner().invoke(main, ["--check", "--root", str(top)]).exit_code == 1
    written = CliRunner().invoke(main, ["--write", "--root", str(top)])
    assert (written.exit_code, CliRunner().invoke(main, ["--check", "--root", str(top)]).exit_code) == (0, 0)
    versions = versions_of(top / "libs/events/schemas", EnterpriseRegistered)
    assert [str(version) for version in versions] == ["1.0", "1.1"]
    assert "risk" not in versions[0].schema["properties"]


def test_better_words_are_written_into_the_same_version(tmp_path: Path) -> None:
    top = _house_with_older_schemas(tmp_path, lambda s: s.update(description="as it was told before"))
    (change,) = changes(top / "libs/events/schemas", CATALOGUE.values())
    assert (change.version, change.breaks) == ("1.0", ())


def test_a_version_that_only_an_older_minor_could_not_read_is_refused(tmp_path: Path) -> None:
    top = _house_with_older_schemas(tmp_path, lambda s: s["properties"]["province"].update(type="integer"))
    folder = top / "libs/events/schemas" / EnterpriseRegistered.type
    today = schema_of(EnterpriseRegistered)
    today["properties"].pop("risk")
    (folder / "1.1.json").write_text(text_of(today), "utf-8")
    (change,) = changes(top / "libs/events/schemas", CATALOGUE.values())
    assert [(since, each.field) for since, each in change.breaks] == [("1.0", "province")]


VALUES: dict[str, Any] = {"integer": 1, "string": "text", "number": 1.5, "boolean": True, "null": None}


@given(st.sampled_from(sorted(VALUES)), st.sampled_from(sorted(VALUES)))
def test_the_checkers_verdict_on_types_is_what_a_validator_finds(before: str, after: str) -> None:
    old, new = ({"type": "object", "properties": {"a": {"type": kind}}} for kind in (before, after))
    verdict = {each.hits for each in breaks_between(old, new)}
    if not _accepts(old, VALUES[after]):
        assert verdict & {"both", "old readers"}
    if not _accepts(new, VALUES[before]):
        assert verdict & {"both", "new readers"}


def _accepts(schema: Schema, value: Any) -> bool:
    return jsonschema.Draft202012Validator(schema).is_valid({"a": value})


@given(st.lists(st.sampled_from(SECTOR_VALUES), min_size=1, unique=True), st.sampled_from(SECTOR_VALUES))
def test_the_checkers_verdict_on_values_is_what_a_validator_finds(known: list[str], said: str) -> None:
    old: Schema = {"type": "object", "properties": {"a": {"type": "string", "enum": known}}}
    new: Schema = {"type": "object", "properties": {"a": {"type": "string", "enum": sorted({*known, said})}}}
    assert bool(breaks_between(old, new)) is not _accepts(old, said)
    assert json.loads(text_of(new)) == new
