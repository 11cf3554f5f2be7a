"""Requests drawn from an OpenAPI document: mostly as it says, now and then wrong in one place."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from hypothesis import strategies as st

JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8), st.just([]), st.just({}), st.just("9" * 30), st.just("\x00"),
)  # fmt: skip
TEXTS = {
    "date": st.dates(date(2024, 1, 1), date(2026, 12, 1)).map(str),
    "date-time": st.datetimes(datetime(2024, 1, 1), datetime(2026, 11, 1)).map(
        lambda moment: f"{moment.isoformat()}+08:00"
    ),
}


class Drawer:
    """Strategies for the schemas of one document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            found: Any = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        return schema

    def valid(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        schema = self.resolved(schema)
        if "examples" in schema:
            return st.sampled_from(schema["examples"])
        for word in ("anyOf", "oneOf"):
            if word in schema:
                return st.one_of([self.valid(part) for part in schema[word]])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        if "const" in schema:
            return st.just(schema["const"])
        return getattr(self, f"_{schema.get('type', 'any')}")(schema)

    def any(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        """As the schema says, or now and then something else."""
        return st.integers(0, 24).flatmap(lambda luck: self.valid(schema) if luck else JUNK)

    def _any(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        return JUNK

    def _null(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        return st.none()

    def _boolean(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        return st.booleans()

    def _integer(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        low = schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1)
        return st.integers(low, schema.get("maximum", 10**9))

    def _number(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        return st.floats(schema.get("minimum", 0), schema.get("maximum", 1e6))

    def _string(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        if schema.get("format") in TEXTS:
            return TEXTS[schema["format"]]
        if "pattern" in schema:
            return st.from_regex(schema["pattern"], fullmatch=True)
        return st.text(
            min_size=schema.get("minLength", 0), max_size=min(schema.get("maxLength", 12), 12)
        )

    def _array(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        least = schema.get("minItems", 0)
        return st.lists(self.any(schema.get("items", {})), min_size=least, max_size=least + 2)

    def _object(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        parts = schema.get("properties", {})
        must = {name: self.any(parts[name]) for name in schema.get("required", []) if name in parts}
        may = {name: self.any(part) for name, part in parts.items() if name not in must}
        return st.fixed_dictionaries(must, optional=may)


def operations(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Every method and path of a document."""
    return [(method, path) for path, item in document["paths"].items() for method in item]


def misfit(drawer: Drawer, schema: dict[str, Any], value: Any, where: str = "answer") -> str:
    """What of a value is not as its schema says; empty where all is."""
    schema = drawer.resolved(schema)
    if "anyOf" in schema:
        told = [misfit(drawer, part, value, where) for part in schema["anyOf"]]
        return "" if "" in told else told[0]
    if "enum" in schema and value not in schema["enum"]:
        return f"{where} is {value!r}"
    kinds: dict[str, Any] = {
        "object": dict, "array": list, "string": str, "integer": int, "number": (int, float),
        "boolean": bool, "null": type(None),
    }  # fmt: skip
    kind = schema.get("type")
    if kind and not isinstance(value, kinds[kind]):
        return f"{where} is {value!r}, not {kind}"
    if kind == "array":
        parts = [
            misfit(drawer, schema.get("items", {}), part, f"{where}.{n}")
            for n, part in enumerate(value)
        ]
        return next((said for said in parts if said), "")
    if kind != "object":
        return ""
    known = schema.get("properties", {})
    if missing := set(schema.get("required", [])) - set(value):
        return f"{where} lacks {sorted(missing)}"
    if known and not schema.get("additionalProperties") and (more := set(value) - set(known)):
        return f"{where} has {sorted(more)}, which is not documented"
    parts = [
        misfit(drawer, known[name], part, f"{where}.{name}")
        for name, part in value.items()
        if name in known
    ]
    return next((said for said in parts if said), "")
