"""Frames and HTTP bodies as JSON Schema, and the TypeScript types made from it.

Both come from the unions of `frames` and the list in `bodies` alone.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from chatserver.wire.bodies import BODIES
from chatserver.wire.events import Event
from chatserver.wire.frames import StaffFrame, StaffServerFrame, VisitorFrame, VisitorServerFrame
from chatserver.wire.session import VERSION

DOORS = {
    "VisitorFrame": VisitorFrame,
    "StaffFrame": StaffFrame,
    "VisitorServerFrame": VisitorServerFrame,
    "StaffServerFrame": StaffServerFrame,
}
"""The unions of frames: what visitors send, what staff send, and what each of them is sent."""

Schema = dict[str, Any]


def json_schema() -> Schema:
    """One JSON Schema (2020-12) document: a `$defs` entry per frame, body and part, and one per direction."""
    named = {**DOORS, "Event": Event}
    schemas, components = msgspec.json.schema_components((*named.values(), *BODIES), ref_template="#/$defs/{name}")
    unions = dict(zip(named, schemas, strict=False))
    components = _with_reference(components, unions["Event"], "#/$defs/Event") | unions
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Hospital live chat protocol, version {VERSION}",
        "$defs": dict(sorted(components.items())),
    }


def _with_reference(schema: Any, part: Schema, reference: str) -> Any:
    """The schema with every copy of the union `part` replaced by a reference to it."""
    if schema == part:
        return {"$ref": reference}
    if isinstance(schema, dict):
        return {key: _with_reference(value, part, reference) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_with_reference(each, part, reference) for each in schema]
    return schema


def typescript() -> str:
    """The same as TypeScript: an interface per object, a union per direction."""
    definitions = json_schema()["$defs"]
    parts = [_definition(name, schema) for name, schema in definitions.items()]
    head = "// Made by `chatserver schema --typescript` from chatserver/wire. Do not edit.\n"
    constant = f"export const VERSION = {VERSION}\n"
    return "\n".join([head, constant, *parts])


def _definition(name: str, schema: Schema) -> str:
    comment = _comment(schema.get("description", ""))
    if "properties" in schema:
        required = frozenset(schema.get("required", ()))
        fields = "".join(_field(key, value, required) for key, value in schema["properties"].items())
        return f"{comment}export interface {name} {{\n{fields}}}\n"
    return f"{comment}export type {name} = {_type(schema)}\n"


def _field(name: str, schema: Schema, required: Iterable[str]) -> str:
    mark = "" if name in required else "?"
    return f"  {name}{mark}: {_type(schema)}\n"


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    if "anyOf" in schema:
        return " | ".join(_type(option) for option in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(f'"{value}"' for value in schema["enum"])
    if "const" in schema:
        return f'"{schema["const"]}"'
    return _plain_type(schema)


def _plain_type(schema: Schema) -> str:
    match schema.get("type"):
        case "array" if "prefixItems" in schema:
            return "[" + ", ".join(_type(item) for item in schema["prefixItems"]) + "]"
        case "array":
            inner = _type(schema["items"])
            return f"({inner})[]" if "|" in inner else f"{inner}[]"
        case "object":
            return f"Record<string, {_type(schema['additionalProperties'])}>"
        case "integer" | "number":
            return "number"
        case "boolean":
            return "boolean"
        case "null":
            return "null"
        case "string":
            return "string"
    raise AssertionError(schema)


def _comment(text: str) -> str:
    words = " ".join(text.split())
    return f"/** {words} */\n" if words else ""
