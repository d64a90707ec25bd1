"""Reads YAML against a schema, and names file, line and reason when it does not fit."""

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

Schema = TypeVar("Schema", bound=BaseModel)


class PackError(Exception):
    """A pack file cannot be used. The text names the file, the line and what to change."""


class Strict(BaseModel):
    """The base of all pack schemas: a key that nobody knows is refused, not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def read(path: Path, schema: type[Schema]) -> Schema:
    """The file as an instance of the schema. Raises PackError with every problem found."""
    try:
        text = path.read_text(encoding="utf-8")
        document = yaml.compose(text, Loader=yaml.SafeLoader)
        return schema.model_validate(yaml.safe_load(text))
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"{path}: cannot be read: {error}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PackError(f"{path}:{line}: this is not valid YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise PackError(f"{path}:1: this is not valid YAML: {error}") from error
    except ValidationError as error:
        raise PackError("\n".join(_problem(path, document, item) for item in error.errors())) from error


def problem(path: Path, location: tuple[int | str, ...], reason: str) -> PackError:
    """A PackError about one place in a file that fits its schema and still cannot be used."""
    document = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    return PackError(_problem(path, document, {"loc": location, "msg": reason}))


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
