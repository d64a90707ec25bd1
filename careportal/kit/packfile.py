"""Reads YAML against a schema, and names file, line and reason when it does not fit."""

import re
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

Schema = TypeVar("Schema", bound=BaseModel)
DEEPEST = 20
_GAP = re.compile(r"[^\s\"'<>,]*\[[^\[\]]*\bto be set\b[^\[\]]*\]|[^\s\"'<>,\[]*\bexample\.(?:org|com|net)\b")


class PackError(Exception):
    """A pack file cannot be used. The text names the file, the line and what to change."""


class Strict(BaseModel):
    """The base of all pack schemas: a key that nobody knows is refused, not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class PlainLoader(yaml.SafeLoader):
    """YAML without what no pack needs: no anchors (a few lines could stand for millions), no tags, no key twice.

    Whatever does not fit is a MarkedYAMLError, which knows its line.
    """

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _refusal(event, "anchors and aliases (& and *) are not allowed")
        if getattr(event, "tag", None):
            raise _refusal(event, "tags (!) are not allowed")
        if self.depth == DEEPEST:
            raise _refusal(event, f"nothing may be nested more than {DEEPEST} deep")
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        seen = set()
        for key, _ in node.value:
            if str(key.value) in seen:
                raise _refusal(key, f"the key {key.value} stands here a second time")
            seen.add(str(key.value))
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, OverflowError) as error:  # a date that no calendar has, a number too long
            raise _refusal(node, f"{error} (in quotes it would be a text)") from error


def _refusal(where: Any, reason: str) -> yaml.MarkedYAMLError:
    """An error at the start of this event or node."""
    return yaml.MarkedYAMLError(problem=reason, problem_mark=where.start_mark)


def read(path: Path, schema: type[Schema]) -> Schema:
    """The file as an instance of the schema. Raises PackError with every problem found."""
    try:
        loader = PlainLoader(_yaml(path))
        document = loader.get_single_node()
        return schema.model_validate(loader.construct_document(document) if document else None)
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"{path}: cannot be read: {error}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PackError(f"{path}:{line}: this YAML cannot be used: {error.problem}") from error
    except yaml.YAMLError as error:
        raise PackError(f"{path}:1: this YAML cannot be used: {str(error).splitlines()[0]}") from error
    except ValidationError as error:
        raise PackError("\n".join(_problem(path, document, item) for item in error.errors())) from error


def read_page(path: Path, schema: type[Schema]) -> tuple[Schema, str]:
    """What stands between two lines of --- at the head of a page as an instance of the schema, and the text below."""
    entry = read(path, schema)
    return entry, _cut(path)[1].strip()


def problem(path: Path, location: tuple[int | str, ...], reason: str) -> PackError:
    """A PackError about one place in a file that fits its schema and still cannot be used."""
    document = yaml.compose(_yaml(path), Loader=PlainLoader)
    return PackError(_problem(path, document, {"loc": location, "msg": reason}))


def gaps(path: Path) -> list[str]:
    """What a file of a pack leaves to be set, by line: texts such as [number to be set], addresses at example.org."""
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    found = [(number, _GAP.search(line)) for number, line in lines if not line.lstrip().startswith("#")]
    return [f"{path}:{number}: still to be set: {match.group().strip()}" for number, match in found if match]


def problem_in_text(path: Path, reason: str) -> PackError:
    """A PackError about the text of a page, below its head."""
    head, _ = _cut(path)
    return PackError(f"{path}:{len(head.splitlines()) + 2}: the text {reason}")


def _yaml(path: Path) -> str:
    """The whole file, or the head of a page: its first line of --- stays, so that lines count from the top."""
    return _cut(path)[0] if path.suffix == ".md" else path.read_text(encoding="utf-8")


def _cut(path: Path) -> tuple[str, str]:
    """A page as its head and its text."""
    text = path.read_text(encoding="utf-8") + "\n"
    head, line, body = text.partition("\n---\n")
    if not line or not text.startswith("---\n"):
        raise PackError(f"{path}:1: a page begins with a line of ---, what is known about it, and another line of ---")
    return head, body


def _problem(path: Path, document: yaml.Node | None, item: Any) -> str:
    where = ".".join(str(part) for part in item["loc"]) or "the file"
    reason = item["msg"].removeprefix("Value error, ")
    return f"{path}:{_line(document, item['loc'])}: {where}: {reason}"


def _line(node: yaml.Node | None, location: tuple[int | str, ...]) -> int:
    """The line (from 1) of the deepest part of the location that stands in the file."""
    line = node.start_mark.line + 1 if node else 1
    for part in location:
        child = _child(node, part)
        if child is None:
            break
        node = child
        line = node.start_mark.line + 1
    return line


def _child(node: yaml.Node | None, part: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part]
    return None
