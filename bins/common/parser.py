"""A command-line parser with one-line errors that accepts any text as a value."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from recital.utils.errors import UsageError


class OneLineParser(argparse.ArgumentParser):
    """`argparse`, whose every mistake is a `UsageError`."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message.removeprefix('argument ')}; see --help")


class Parser(argparse.ArgumentParser):
    """`argparse` with flags, and one text between them if it has a name. A flag takes one value or
    none, as `--flag VALUE`, `--flag=VALUE` or `-f VALUE`; a value may start with a dash or be `--`.
    Where a value may be left out (`nargs="?"`), it is `--flag=VALUE`, and without a text also
    `--flag VALUE`.

    Words that belong to no flag are the text, joined by blanks; after `--`, all are. Every mistake
    is a `UsageError`.
    """

    def __init__(
        self, prog: str, description: str | None = None, text: str | None = None, **options: Any
    ) -> None:
        """`text` is the attribute of the text, None where there is none to give."""
        super().__init__(
            prog=prog,
            description=description,
            formatter_class=lambda prog: argparse.RawDescriptionHelpFormatter(
                prog, max_help_position=30, width=80
            ),
            allow_abbrev=False,
            **options,
        )
        self.text = text
        if text is not None:
            self.add_argument(text, nargs="?", metavar=text.upper(), help="what to say")

    def parse(self, argv: Sequence[str] | None = None) -> argparse.Namespace:
        """The values of `argv` (default: of this process). Raises `UsageError`."""
        words = self.words(sys.argv[1:] if argv is None else argv)
        flags = [word for flag, word in words if flag]
        text = [word for flag, word in words if not flag]
        return self.parse_args([*flags, "--", " ".join(text)] if text else flags)

    def words(self, argv: Sequence[str]) -> list[tuple[str, str]]:
        """(flag, word) for each flag in the order given, the word being `--flag` or
        `--flag=VALUE`, and ("", word) for each word of the text. Raises `UsageError` for an unknown
        flag, a value that is missing or too many, and one that is not among the flag's choices.
        """
        actions = {name: action for action in self._actions for name in action.option_strings}
        waiting = list(reversed([_utf8(word) for word in argv]))
        found: list[tuple[str, str]] = []
        while waiting:
            word = waiting.pop()
            if self.text is not None and word == "--":
                return found + [("", word) for word in reversed(waiting)]
            if self.text is not None and (word == "-" or not word.startswith("-")):
                found.append(("", word))
                continue
            flag, equals, value = word.partition("=")
            if flag not in actions:
                raise _unknown(flag, actions)
            action = actions[flag]
            # -s and --stage are one flag: pass on the long name
            name = flag if flag.startswith("--") else action.option_strings[-1]
            if equals and action.nargs == 0:
                raise UsageError(f"{flag}: takes no value; see --help")
            alone = self.text is not None or not waiting or waiting[-1].startswith("-")
            if action.nargs == 0 or (action.nargs == "?" and not equals and alone):
                found.append((name, name))
                continue
            if not equals:
                if not waiting or waiting[-1].partition("=")[0] in actions:
                    raise UsageError(f"{flag}: expected a value after it; see --help")
                value = waiting.pop()
            if action.choices is not None and value not in map(str, action.choices):
                choices = " ".join(map(str, action.choices))
                raise UsageError(f"{flag} {value}: expected one of: {choices}")
            found.append((name, f"{name}={value}"))
        return found

    def error(self, message: str) -> NoReturn:
        raise UsageError(message.removeprefix("argument "))

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        # argparse itself drops a value that is "--" (Python 3.10 to 3.12)
        if action.option_strings and action.nargs is None:
            value = self._get_value(action, arg_strings[0])
            self._check_value(action, value)
            return value
        return super()._get_values(action, arg_strings)


def _utf8(word: str) -> str:
    try:
        word.encode("utf-8")
    except UnicodeEncodeError:
        raw = word.encode("utf-8", "surrogateescape")
        raise UsageError(f"{raw!r}: expected UTF-8 on the command line") from None
    return word


def _unknown(flag: str, known: Iterable[str]) -> UsageError:
    from recital.bins.common.foreign_flags import ours
    from recital.utils.config import nearest

    known = list(known)
    if " " in flag:
        return UsageError(f'{flag}: is not a flag; a text that begins with "-" goes last, after --')
    if instead := ours(flag, known):
        return UsageError(f"{flag}: is a flag of another project; here: {instead}; see --help")
    underscored = flag.replace("-", "_").replace("__", "--", 1)
    if underscored in known:
        return UsageError(f"{flag}: unknown flag; did you mean '{underscored}'? see --help")
    return UsageError(f"{flag}: unknown flag{nearest(flag, known)}; see --help")
