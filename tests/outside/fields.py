"""The frames of one direction as flat lines: each field with its path, its type, and whether it may be missing.

The lines are made from the public JSON Schema, so that they contain none of our class names, and do not depend on how
a frame is built inside (one event with many optional fields, or a union of events).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Schema = dict[str, Any]

BOUNDS = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern")


@dataclass
class Field:
    """What is known of one path. `optional`: it may be missing although its parent is present."""

    types: set[str] = field(default_factory=set)
    optional: bool = False


class Lines:
    """`strict`: for frames that others send us, where accepting null makes a difference, and so do limits."""

    def __init__(self, definitions: dict[str, Schema], *, strict: bool) -> None:
        self._definitions = definitions
        self._strict = strict

    def of(self, direction: str) -> list[str]:
        """One line for each field of each frame."""
        lines = []
        for frame in self._alternatives({"$ref": f"#/$defs/{direction}"}):
            [tag] = self._values(frame["properties"]["type"])
            found: dict[str, Field] = {}
            self._object(tag, [frame], found)
            found.pop(f"{tag} type")
            lines += [tag, *(self._line(path, each) for path, each in found.items())]
        return lines

    def _line(self, path: str, found: Field) -> str:
        types = found.types
        if found.optional and not self._strict:
            types = types - {"null"}
        return f"{path}{'?' if found.optional else ''}: {' | '.join(sorted(types))}"

    def _object(self, path: str, kinds: list[Schema], found: dict[str, Field]) -> None:
        """The fields of an object of one of these kinds."""
        for name in dict.fromkeys(name for kind in kinds for name in kind["properties"]):
            having = [kind for kind in kinds if name in kind["properties"]]
            always = all(name in kind.get("required", ()) for kind in having) and len(having) == len(kinds)
            separator = " " if " " not in path else "."
            self._value(
                f"{path}{separator}{name}", [kind["properties"][name] for kind in having], found, optional=not always
            )

    def _value(self, path: str, schemas: list[Schema], found: dict[str, Field], *, optional: bool) -> None:
        each = found.setdefault(path, Field(optional=optional))
        objects = []
        for schema in schemas:
            for one in self._alternatives(schema):
                if "properties" in one:
                    each.types.add("object")
                    objects.append(one)
                else:
                    self._plain(path, one, each, found)
        if objects:
            self._object(path, objects, found)

    def _plain(self, path: str, schema: Schema, each: Field, found: dict[str, Field]) -> None:
        kind = schema.get("type")
        if "enum" in schema or "const" in schema:
            each.types |= {f'"{value}"' for value in self._values(schema)}
        elif kind == "array":
            each.types.add(f"array{self._bounds(schema)}")
            inner = schema.get("prefixItems") or [schema["items"]]
            self._value(f"{path}[]", inner, found, optional=False)
        elif kind == "object":
            each.types.add("map")
            self._value(f"{path}{{}}", [schema["additionalProperties"]], found, optional=False)
        else:
            each.types.add(f"{kind}{self._bounds(schema)}")

    def _bounds(self, schema: Schema) -> str:
        told = [f"{name} {schema[name]}" for name in BOUNDS if name in schema] if self._strict else []
        return f" ({', '.join(told)})" if told else ""

    def _alternatives(self, schema: Schema) -> Iterator[Schema]:
        if "$ref" in schema:
            yield from self._alternatives(self._definitions[schema["$ref"].rsplit("/", 1)[1]])
        elif "anyOf" in schema:
            for one in schema["anyOf"]:
                yield from self._alternatives(one)
        else:
            yield schema

    def _values(self, schema: Schema) -> list[Any]:
        return list(schema["enum"]) if "enum" in schema else [schema["const"]]
