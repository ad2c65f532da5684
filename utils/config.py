"""JSON5 configs with a chain of bases (one path or a list, later over earlier), read strictly:
unknown keys, wrong types and duplicate keys are errors with a place.

A section merges into the base's section of its name, key by key, unless it is marked:

    generator: { channels: 64 }                  # the base's generator with 64 channels
    generator: { $replace: true, channels: 64 }  # a generator with 64 channels and nothing else

A section becomes a frozen dataclass (`build_section`), and a network is built from the section with
its constructor's arguments (`construct`): in both cases the signature is the schema.
"""

from __future__ import annotations

import dataclasses
import difflib
import inspect
import reprlib
import sys
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar

from recital.utils.errors import ConfigError
from recital.utils.json_files import MAX_DEPTH, parse, read_object
from recital.utils.ranges import NotEmpty, OnlyForInference, Range
from recital.utils.storage import is_address

T = TypeVar("T")
INLINE = "network"
MAX_FILES = 64  # of one config and its bases
REPLACE = "$replace"  # not a valid Python name, so it cannot clash with an argument
Tree = dict[str, Any]

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 60
_SHORT.maxlevel = 2

# of the project: `base_config` and the paths of the demo are relative to it
ROOT = Path(__file__).resolve().parent.parent


def project_path(path: str | Path) -> Path:
    """Resolve a path of a config: `~` is the home folder, and relative paths are relative to the
    project's root or, if Recital is installed without a checkout, to the working directory.
    """
    expanded = Path(path).expanduser()
    if expanded.is_absolute():
        return expanded
    return (ROOT if (ROOT / "setup.py").is_file() else Path.cwd()) / expanded


def project_place(place: str) -> str | Path:
    """`project_path`, or the address of an object store as it is."""
    return place if is_address(place) else project_path(place)


def load_config(path: str | Path, overrides: Sequence[str] = ()) -> Tree:
    """Read a config with all its bases and `key.path=value` overrides.

    Raises `ConfigError` for a missing file, bad JSON5, a duplicate key, a circular chain or an
    override that cannot be read.
    """
    return override(read_chain(path), overrides)


def read_chain(path: str | Path) -> Tree:
    """Read a config with all its bases, and with its `$replace` marks, since it may be merged into
    another base. Raises `ConfigError`.
    """
    return _load_chain(Path(path), [], {})


def override(tree: Mapping[str, Any], overrides: Sequence[str]) -> Tree:
    """Apply `key.path=value` overrides in order to `tree`, and remove `$replace` marks."""
    for text in overrides:
        tree = merge(tree, parse_override(text))
    return _without_marks(tree)


def read_json5(path: Path) -> Tree:
    """Read one JSON5 file, an object at the top level, without its bases."""
    return read_object(path)


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> Tree:
    """Merge `over` into `base`: dict over dict merges unless marked with `$replace`, anything else
    replaces. Marks are kept, since the result may be merged into another base.
    """
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        if isinstance(old, dict) and isinstance(value, dict) and REPLACE not in value:
            value = merge(old, value)
        merged[key] = value
    return merged


def parse_override(text: str) -> Tree:
    """`train.batch_size=8` -> {"train": {"batch_size": 8}}; other values are strings."""
    path, equals, value = text.partition("=")
    keys = path.strip().split(".")
    if not equals or not all(keys) or len(keys) > MAX_DEPTH:
        raise ConfigError(f"--set {text}: expected key.path=value, as in --set train.batch_size=8")
    try:
        tree = parse(value, path.strip())
    except ValueError as error:
        # an invalid number or structure is not a string
        if "is not JSON5" not in str(error):
            raise ConfigError(f"--set {text[:200]}: {error}") from None
        tree = value
    for key in reversed(keys):
        tree = {key: tree}
    _check_marks(tree, f"--set {text}", "")
    return tree


def build_section(cls: type[T], tree: Mapping[str, Any], where: str) -> T:
    """Build a frozen dataclass from a config section; `where` (such as "train", "" at the top)
    precedes the key in messages.
    """
    if not isinstance(tree, Mapping):
        raise ConfigError(f"{where or 'it'}: expected an object, found {_kind(tree)}")
    hints = typing.get_type_hints(cls, include_extras=True)
    known = {f.name: f for f in dataclasses.fields(cls)}  # type: ignore[arg-type]
    _refuse_unknown(tree, known, where)
    for name, f in known.items():
        required = f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
        if required and name not in tree:
            raise ConfigError(f"{_at(where, name)}: is missing; expected {_type_name(hints[name])}")
    return cls(**{key: convert(value, hints[key], _at(where, key)) for key, value in tree.items()})


def check_fields(section: Any, where: str) -> None:
    """Raise `ConfigError` if a field of a dataclass does not match its annotation, also for those
    created in Python.
    """
    for name, hint in typing.get_type_hints(type(section), include_extras=True).items():
        convert(getattr(section, name), hint, _at(where, name))


def construct(function: Callable[..., T], tree: Mapping[str, Any], where: str, **facts: Any) -> T:
    """Call a constructor with the arguments of a config section. Its annotated signature is the
    schema: an unknown key, a missing one or a wrong type is a `ConfigError`.

    - `facts` are values known to the program, such as the number of speakers: an argument of that
      name, here or in any part, receives it, and no section may set it.
    - An argument annotated with a class, such as `encoder: Encoder`, is a part: it is constructed
      from the section of its name. A class can narrow the annotation of an attribute to choose the
      part: `generator: HiFiGanGenerator`.
    - A required argument of a part that the sections around it have is taken from there, so
      `d_model` is set once: the part's own section may not set it to another value.
    - A `network` without a section of its own is constructed from the keys of this section that the
      function itself does not take.
    """
    return _construct(function, tree, where, facts, {}, ())


class _Given(NamedTuple):
    """An argument that the parts of its owner may require, and its key."""

    value: Any
    key: str


def _construct(
    function: Callable[..., T],
    tree: Mapping[str, Any],
    where: str,
    facts: Mapping[str, Any],
    around: Mapping[str, _Given],
    also_known: Iterable[str],
) -> T:
    if not isinstance(tree, Mapping):
        raise ConfigError(f"{where}: expected an object, found {_kind(tree)} {_shown(tree)}")
    hints, parameters = _hints(function), inspect.signature(function).parameters
    free = {name: p for name, p in parameters.items() if name not in facts}
    required = [name for name, p in free.items() if p.default is inspect.Parameter.empty]
    inline = [name for name in required if name == INLINE and name not in tree]
    known = [name for name in free if name not in inline]
    own = {key: value for key, value in tree.items() if key in known}
    rest = {key: value for key, value in tree.items() if key not in own}
    arguments = {name: facts[name] for name in parameters if name in facts}
    for name in required:
        if name in around and tree.get(name, around[name].value) != around[name].value:
            value, key = around[name]
            raise ConfigError(
                f"{_at(where, name)}: expected {_shown(value)}, which {key} is, found "
                f"{_shown(tree[name])}; leave it out here, and set {key}"
            )
        if name in tree or name in inline:
            continue
        if name in around:
            arguments[name] = around[name].value
        elif _part(hints[name]) is not None and type(None) not in typing.get_args(hints[name]):
            own[name] = {}  # all its arguments have defaults, or it reports the missing ones
        else:
            expected = _type_name(hints[name])
            raise ConfigError(f"{_at(where, name)}: is missing; expected {expected}")
    if rest and not inline:
        _refuse_unknown(rest, [*known, *also_known], where)
    plain = {k: v for k, v in own.items() if _part(hints[k]) is None}
    arguments |= {k: convert(v, hints[k], _at(where, k)) for k, v in plain.items()}
    defaults = {n: p.default for n, p in free.items() if p.default is not inspect.Parameter.empty}
    given = {n: _Given(value, _at(where, n)) for n, value in {**defaults, **arguments}.items()}
    inner = {**around, **given, **{n: around[n] for n in required if n in around}}
    for key, value in own.items():
        if key not in plain:
            arguments[key] = _construct_part(hints[key], value, _at(where, key), facts, inner)
    for name in inline:
        part = _part(hints[name])
        assert part is not None
        arguments[name] = _construct(part, rest, where, facts, inner, [*known, *also_known])
    return function(**arguments)


def _construct_part(
    hint: Any, value: Any, where: str, facts: Mapping[str, Any], around: Mapping[str, _Given]
) -> Any:
    part = _part(hint)
    assert part is not None
    if isinstance(value, Mapping):
        return _construct(part, value, where, facts, around, ())
    if value is None and type(None) in typing.get_args(hint):
        return None
    raise ConfigError(f"{where}: expected an object, found {_kind(value)} {_shown(value)}")


def _part(hint: Any) -> type | None:
    """The class that a section with this annotation constructs, or None."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        choices = [a for a in typing.get_args(hint) if a is not type(None)]
        hint = choices[0] if len(choices) == 1 else None
    # `Any` is a class from Python 3.11 on
    is_class = isinstance(hint, type) and typing.get_origin(hint) is None and hint is not Any
    if not is_class or hint.__module__ == "builtins" or dataclasses.is_dataclass(hint):
        return None
    return hint


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    """The annotations of a signature; a class may narrow those of its base's constructor."""
    if not inspect.isclass(function):
        return typing.get_type_hints(function, include_extras=True)
    hints = typing.get_type_hints(function.__init__, include_extras=True)
    attributes = typing.get_type_hints(function)
    for name in hints.keys() & attributes.keys():
        general, narrow = _part(hints[name]), _part(attributes[name])
        if general is not None and narrow is not None and issubclass(narrow, general):
            hints[name] = attributes[name]
    return hints


def for_training(function: Callable[..., Any], tree: Mapping[str, Any]) -> Tree:
    """The config section of a constructor without what is `ForInference`, in its parts too."""
    hints = _hints(function)
    kept: Tree = {}
    rest = {key: value for key, value in tree.items() if key not in hints}
    for key in [key for key in tree if key in hints]:
        value, part = tree[key], _part(hints[key])
        if part is not None and isinstance(value, Mapping):
            value = for_training(part, value)
        if not any(isinstance(m, OnlyForInference) for m in typing.get_args(hints[key])[1:]):
            kept[key] = value
    inline = _part(hints[INLINE]) if INLINE in hints and INLINE not in tree else None
    return kept | (for_training(inline, rest) if inline is not None else rest)


def convert(value: Any, hint: Any, where: str) -> Any:
    """Convert `value` to the type `hint`. Raises `ConfigError` with the type and `where`."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return value
    if origin is Annotated:
        found = convert(value, arguments[0], where)
        if not found and any(isinstance(a, NotEmpty) for a in arguments[1:]):
            raise ConfigError(f"{where}: expected at least one value, found {_shown(value)}")
        outside = [r for r in arguments[1:] if isinstance(r, Range) and found not in r]
        if not outside:
            return found
        raise ConfigError(f"{where}: expected {_type_name(hint)}, found {_shown(value)}")
    if origin in (typing.Union, types.UnionType):
        return _convert_union(value, arguments, hint, where)
    if origin is typing.Literal:
        if any(type(value) is type(a) and value == a for a in arguments):
            return value
        choices = ", ".join(map(repr, arguments))
        raise ConfigError(
            f"{where}: {_shown(value)} is none of {choices}{_nearest(value, arguments)}"
        )
    if dataclasses.is_dataclass(hint) and isinstance(value, Mapping):
        return build_section(hint, value, where)  # type: ignore[arg-type]
    if origin in (list, tuple, Sequence) and isinstance(value, (list, tuple)):
        if origin is tuple and arguments[-1] is not Ellipsis:
            if len(value) != len(arguments):
                raise ConfigError(f"{where}: expected {len(arguments)} values, found {len(value)}")
            inner = arguments
        else:
            inner = (arguments[0],) * len(value)
        items = (
            convert(v, h, f"{where}[{i}]")
            for i, (v, h) in enumerate(zip(value, inner, strict=True))
        )
        return list(items) if origin is list else tuple(items)
    if origin in (dict, Mapping) and isinstance(value, Mapping):
        return {
            convert(k, arguments[0], where): convert(v, arguments[1], f"{where}.{k}")
            for k, v in value.items()
        }
    if hint is float and type(value) in (int, float):
        if not abs(value) <= sys.float_info.max:
            raise ConfigError(f"{where}: expected a finite number, found {_shown(value)}")
        return float(value)
    if hint is str and isinstance(value, str) and ("\0" in value or not _encodable(value)):
        raise ConfigError(f"{where}: expected text, found {_shown(value)}, with no such character")
    if isinstance(hint, type) and type(value) is hint:
        return value
    raise ConfigError(f"{where}: expected {_type_name(hint)}, found {_kind(value)} {_shown(value)}")


def nearest(name: str, known: Iterable[str]) -> str:
    """ "; did you mean 'x'?", or "" if no known name is similar."""
    return _nearest(name, tuple(known))


def _load_chain(path: Path, seen: list[Path], known: dict[Path, Tree]) -> Tree:
    """`known` holds the files that are read already: each is read and merged with its bases once,
    however many others name it.
    """
    path = _resolved(path, path)
    if path in seen:
        chain = " -> ".join(str(p.name) for p in [*seen, path])
        raise ConfigError(f"{path}: base_config goes in a circle: {chain}")
    if path in known:
        return known[path]
    if len(seen) + len(known) >= MAX_FILES:
        raise ConfigError(f"{path}: base_config: more than {MAX_FILES} files hang together")
    own = read_json5(path)
    _check_marks(own, str(path), "")
    bases = own.pop("base_config", [])
    bases = [bases] if isinstance(bases, str) else bases
    if not isinstance(bases, list) or len(bases) > MAX_FILES:
        raise ConfigError(
            f"{path}: base_config: expected a path or a list of at most {MAX_FILES}, found "
            f"{_kind(bases)} {_shown(bases)}"
        )
    tree: Tree = {}
    for base in bases:
        file = _base_file(base, path)
        if file is None:
            raise ConfigError(
                f"{path}: base_config: no file {_shown(base)}; expected a path relative to {ROOT} "
                "or to this file"
            )
        tree = merge(tree, _load_chain(file, [*seen, path], known))
    known[path] = merge(tree, own)
    return known[path]


def _base_file(base: Any, source: Path) -> Path | None:
    """The file of a base: of the project, from an install one of the user's own, or relative to the
    file that names it.
    """
    if not isinstance(base, str):
        return None
    files = (ROOT / base, project_path(base), source.parent / base)
    return next((file for file in files if _resolved(file, source).is_file()), None)


def _resolved(path: Path, source: Path) -> Path:
    """Without links. Raises `ConfigError` where no file can have such a name."""
    try:
        found = path.resolve()
        found.is_file()
    except (OSError, ValueError, RuntimeError) as error:
        raise ConfigError(
            f"{str(source)[:200]!r}: cannot be read: no file can be called {_shown(str(path))}: "
            f"{error.strerror if isinstance(error, OSError) else error}"
        ) from None
    return found


def _check_marks(value: object, source: str, where: str) -> None:
    """Raise `ConfigError` for a `$replace` that is not `true`, or not in a named section."""
    if isinstance(value, dict):
        for key, inner in value.items():
            _check_marks(inner, source, _at(where, key))
        if REPLACE not in value:
            return
        if not where or where.endswith("]"):
            raise ConfigError(
                f"{source}: {_at(where, REPLACE)}: {'the whole config' if not where else 'an item'}"
                " has no section to replace; expected it inside a section, such as "
                f"model: {{ {REPLACE}: true, … }}"
            )
        if value[REPLACE] is not True:
            raise ConfigError(
                f"{source}: {_at(where, REPLACE)}: expected true, found {_kind(value[REPLACE])} "
                f"{value[REPLACE]!r}; leave it out where the section is to merge"
            )
    elif isinstance(value, list):
        for i, item in enumerate(value):
            _check_marks(item, source, f"{where}[{i}]")


def _without_marks(tree: Mapping[str, Any]) -> Tree:
    return {
        key: _without_marks(value) if isinstance(value, dict) else value
        for key, value in tree.items()
        if key != REPLACE
    }


def _convert_union(value: Any, choices: tuple[Any, ...], hint: Any, where: str) -> Any:
    if value is None and type(None) in choices:
        return None
    errors = []
    for choice in choices:
        if choice is not type(None):
            try:
                return convert(value, choice, where)
            except ConfigError as error:
                errors.append(error)
    if len(errors) == 1:
        raise errors[0]
    raise ConfigError(f"{where}: expected {_type_name(hint)}, found {_kind(value)} {_shown(value)}")


def _refuse_unknown(tree: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    names = list(known)
    for key in tree:
        if key not in names:
            hint = _nearest(key, names) or f"; known here: {', '.join(names)}"
            raise ConfigError(f"{_at(where, key)}: no such key{hint}")


def _nearest(value: object, known: Iterable[Any]) -> str:
    found = difflib.get_close_matches(str(value), [str(k) for k in known], n=1, cutoff=0.6)
    return f"; did you mean '{found[0]}'?" if found else ""


def _at(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _kind(value: object) -> str:
    kinds = {
        dict: "an object",
        list: "a list",
        str: "text",
        bool: "a boolean",
        int: "a whole number",
    }
    return (
        "null"
        if value is None
        else kinds.get(type(value), "a number" if isinstance(value, float) else "something else")
    )


def _shown(value: object) -> str:
    """A value in a message: short, whatever it is."""
    try:
        return _SHORT.repr(value)
    except ValueError:  # more digits than Python prints
        return "a number of thousands of digits"


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _type_name(hint: Any) -> str:
    if typing.get_origin(hint) is Annotated:
        kind, *limits = typing.get_args(hint)
        name = _type_name(kind)
        ranges = [limit for limit in limits if isinstance(limit, Range)]
        if any(limit.odd for limit in ranges):
            name = name.replace("a whole", "an odd whole")
        return " ".join([name, *map(str, ranges)])
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return " or ".join(_type_name(a) for a in typing.get_args(hint))
    if typing.get_origin(hint) is typing.Literal:
        return " or ".join(map(repr, typing.get_args(hint)))
    names = {
        int: "a whole number",
        float: "a number",
        str: "text",
        bool: "true or false",
        type(None): "null",
    }
    origin = typing.get_origin(hint) or hint
    if dataclasses.is_dataclass(hint) or origin in (dict, Mapping):
        return "an object"
    if origin is tuple and Ellipsis not in typing.get_args(hint):
        return f"a list of {len(typing.get_args(hint))}"
    if origin in (list, tuple, Sequence):
        return "a list"
    return names.get(hint, str(hint).replace("typing.", ""))
