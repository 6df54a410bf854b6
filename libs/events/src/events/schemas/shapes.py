"""A JSON Schema brought to the form that two of them can be compared in: references resolved, "or null" folded in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Node: TypeAlias = Mapping[str, Any]

ANNOTATIONS = frozenset({"title", "description", "examples", "$id", "$schema", "$defs", "deprecated"})
"""Keywords that change nothing about which data are valid."""
LEAST = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
MOST = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})
_KNOWN = ANNOTATIONS | LEAST | MOST | {"type", "format", "enum", "const", "default", "properties", "required", "items"}

NO_DEFAULT = "none"


@dataclass(frozen=True)
class Shape:
    """What a schema lets through."""

    types: frozenset[str]
    enum: frozenset[str] | None
    bounds: Mapping[str, float]
    default: str
    required: frozenset[str]
    properties: Mapping[str, "Shape"] = field(default_factory=dict[str, "Shape"])
    items: "Shape | None" = None
    rest: str = ""
    """Every keyword that is not looked into, as JSON: whatever differs there counts as retyped."""


def shape_of(schema: Node) -> Shape:
    """The shape of a whole schema."""
    return _shape(schema, schema.get("$defs", {}))


def _shape(node: Node, definitions: Node) -> Shape:
    node = _flat(node, definitions)
    rest = {keyword: node[keyword] for keyword in node if keyword not in _KNOWN}
    enum = [node["const"]] if "const" in node else node.get("enum")
    return Shape(
        types=frozenset(_types(node)),
        enum=None if enum is None else frozenset(map(_text, enum)),
        bounds={keyword: node[keyword] for keyword in node if keyword in LEAST | MOST},
        default=_text(node["default"]) if "default" in node else NO_DEFAULT,
        required=frozenset(node.get("required", ())),
        properties={name: _shape(each, definitions) for name, each in node.get("properties", {}).items()},
        items=_shape(node["items"], definitions) if isinstance(node.get("items"), dict) else None,
        rest=_text(rest) if rest else "",
    )


def _flat(node: Node, definitions: Node) -> Node:
    """Follow references, and fold `anyOf: [X, null]` into X with one type more."""
    while True:
        if "$ref" in node:
            target = definitions[node["$ref"].rpartition("/")[2]]
            node = {**target, **{keyword: node[keyword] for keyword in node if keyword != "$ref"}}
            continue
        variants = node.get("anyOf", ())
        others = [variant for variant in variants if variant.get("type") != "null"]
        if len(others) != 1:
            return node
        one = _flat(others[0], definitions)
        kept = {keyword: node[keyword] for keyword in node if keyword != "anyOf"}
        null = ["null"] * (len(variants) - len(others))
        node = {**one, **kept, "type": [*_listed(one.get("type")), *null]}


def _types(node: Node) -> list[str]:
    label = f"({node['format']})" if "format" in node else ""
    return [name + label if name == "string" else name for name in _listed(node.get("type"))]


def _listed(kind: Any) -> list[str]:
    if kind is None:
        return []
    return [kind] if isinstance(kind, str) else list(kind)


def _text(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True)
