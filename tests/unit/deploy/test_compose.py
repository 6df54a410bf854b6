"""The compose file keeps its promises: what is published, who may read what, and that one more member can join."""

import importlib
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic_settings import BaseSettings

OFFICIAL = {"apache/kafka:4.1.1", "postgres:18"}
Containers = dict[str, Any]


def _one_shots(containers: Containers) -> set[str]:
    return {
        name
        for name, said in containers.items()
        if said.get("restart") == "no" and "tools" not in said.get("profiles", [])
    }


def _volumes(said: dict[str, Any]) -> set[str]:
    return {mount.partition(":")[0] for mount in said.get("volumes", [])}


def test_the_services_are_those_of_the_topics(containers: Containers, services: set[str]) -> None:
    built = {said["build"]["args"]["SERVICE"]: name for name, said in containers.items() if "build" in said}
    assert {service: service for service in services} | {"ops": "secrets"} == built


def test_images_are_official_ones_with_their_version_or_our_own(containers: Containers, services: set[str]) -> None:
    own = {f"anjeon-{name}" for name in (*services, "ops")}
    assert {said["image"] for said in containers.values()} == OFFICIAL | own


def test_nothing_but_the_services_doors_is_published_and_on_this_machine_alone(
    containers: Containers, services: set[str]
) -> None:
    published = {name: said["ports"] for name, said in containers.items() if "ports" in said}
    assert set(published) == services
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)


def test_doors_do_not_share_a_port(containers: Containers, services: set[str]) -> None:
    taken: list[int] = []
    for name in services:
        first, _, last = containers[name]["ports"][0].split(":")[1].partition("-")
        taken += range(int(first), int(last or first) + 1)
    assert len(taken) == len(set(taken))


def test_a_second_eligibility_finds_a_name_and_a_port(containers: Containers) -> None:
    eligibility = containers["eligibility"]
    assert "container_name" not in eligibility
    assert "-" in eligibility["ports"][0].split(":")[1]


def test_settings_are_complete_and_none_is_misspelt(
    containers: Containers, services: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for service in services:
        settings: type[BaseSettings] = importlib.import_module(f"{service}.settings").Settings
        given: dict[str, str] = containers[service]["environment"]
        known = {f"{settings.model_config.get('env_prefix')}{field}".upper() for field in settings.model_fields}
        assert set(given) <= known
        for name, value in given.items():
            monkeypatch.setenv(name, str(value))
        assert settings().model_fields_set >= {"database_url", "http_port", "access_keys", "topics_file"}


def test_a_migration_has_the_settings_of_its_service(containers: Containers, services: set[str]) -> None:
    for service in services:
        migration = containers[f"migrate-{service}"]
        assert migration["environment"] == containers[service]["environment"]
        assert migration["image"] == containers[service]["image"]
        assert migration["command"] == ["migrate"]


def test_no_variable_carries_a_password(containers: Containers) -> None:
    for said in containers.values():
        for name, value in said.get("environment", {}).items():
            assert not {"PASSWORD", "SECRET", "TOKEN", "KEY"} & set(name.split("_"))
            assert urlsplit(str(value)).password is None


def test_a_service_reads_its_own_secrets_alone(containers: Containers, services: set[str]) -> None:
    for service in services:
        for name in (service, f"migrate-{service}"):
            secret = {
                volume for volume in _volumes(containers[name]) if volume.endswith("-secrets") or volume == "keys"
            }
            assert secret == {f"{service}-secrets"}
    assert {name for name, said in containers.items() if "keys" in _volumes(said)} == {"secrets", "token"}


def test_every_volume_is_named(compose: dict[str, Any], containers: Containers) -> None:
    used = {volume for said in containers.values() for volume in _volumes(said) if not volume.startswith("./")}
    assert used == set(compose["volumes"])


def test_whoever_starts_waits_for_every_one_shot_to_end_well(containers: Containers) -> None:
    """Otherwise `docker compose up --wait` takes the end of a one-shot for a failure."""
    waited_for = {
        needed
        for said in containers.values()
        for needed, how in said.get("depends_on", {}).items()
        if how["condition"] == "service_completed_successfully"
    }
    assert waited_for == _one_shots(containers)


def test_a_service_starts_after_its_migration_and_the_topics(containers: Containers, services: set[str]) -> None:
    for service in services:
        needs = {name: how["condition"] for name, how in containers[service]["depends_on"].items()}
        assert needs == {
            "kafka": "service_healthy",
            "postgres": "service_healthy",
            "topics": "service_completed_successfully",
            f"migrate-{service}": "service_completed_successfully",
        }


def test_our_own_containers_may_write_nowhere_and_do_nothing_special(containers: Containers) -> None:
    for said in containers.values():
        if said["image"].startswith("anjeon-"):
            assert said["read_only"] is True
            assert said["cap_drop"] == ["ALL"]
            assert "no-new-privileges:true" in said["security_opt"]
    assert {name for name, said in containers.items() if "cap_add" in said} == {"secrets"}


def test_every_container_has_its_limit_and_knows_when_to_start_again(containers: Containers) -> None:
    for said in containers.values():
        assert said["mem_limit"]
        assert said["restart"] in {"no", "unless-stopped"}


def test_kafka_makes_no_topic_by_itself(containers: Containers) -> None:
    assert containers["kafka"]["environment"]["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
