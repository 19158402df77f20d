"""Write the README's tables of what discovery finds, from the files: ``python -m docs.tables``."""

import inspect
import re
from pathlib import Path

from engine import discover_optimizers, discover_schedules
from engine.family import ALLOWED
from engine.parameter import Parameter, Parameterised
from surfaces import discover_surfaces
from surfaces.data import discover_data

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN = "<!-- written by python -m docs.tables -->\n\n"
END = "\n\n<!-- end of what it writes -->\n"

SOURCE = re.compile(r"(?:^|\s{2,})([A-Z][^()=]*\(\d{4}[a-z]?\).*)$")  # with author and year, at the end of a line
NUMBER = re.compile(r"\s{3,}(\S.*)$")  # of an equation from the same source, on a later line
EXAMPLE = "Bishop and Bishop (2024), 7.16"


def source(cls: type[Parameterised]) -> str:
    """Return where a class docstring says its equations, in its second paragraph, are from; ValueError if nowhere."""
    found = ""
    paragraphs = inspect.cleandoc(cls.__doc__ or "").split("\n\n")
    for line in paragraphs[1].splitlines() if len(paragraphs) > 1 else ():
        if match := SOURCE.search(line):
            found += f"; {match[1]}" if found else match[1]
        elif found and (match := NUMBER.search(line)):
            found += f", {match[1]}"
    if not found:
        where = f"the second paragraph of {cls.__name__}'s docstring"
        raise ValueError(f"{where} must name the source of its equations, as in '{EXAMPLE}'")
    return found


def tables() -> str:
    """Return the tables in Markdown, a row for everything that discovery finds."""
    rate = Parameter(0.0, *ALLOWED, r"\eta")
    *some, last = [rule.title for rule in discover_optimizers().values() if not rule.has_learning_rate]
    without = f"{', '.join(some)} and {last}"
    lines = [
        f"Every optimizer but {without} also has a learning rate {rate.plain} {rate.range}, `a.learning_rate`.",
        "",
        _row("optimizer", "in a link", "source of its equations", "settings: name, symbol, first value, range"),
        _row("---", "---", "---", "---"),
    ]
    for slug, rule in discover_optimizers().items():
        lines.append(_row(_linked(rule, rule.title), f"`?a={slug}`", _plain(source(rule)), _settings(rule, "a.")))
    lines += [
        "",
        _row("schedule", "in a link", "source of its equations", "settings: name, symbol, first value, range"),
        _row("---", "---", "---", "---"),
    ]
    for slug, schedule in discover_schedules().items():
        link = f"`?schedule={slug}`"
        lines.append(
            _row(_linked(schedule, schedule.title), link, _plain(source(schedule)), _settings(schedule, "schedule."))
        )
    lines += [
        "",
        _row("surface", "in Python", "source of its equations", "settings: name, symbol, first value, range"),
        _row("---", "---", "---", "---"),
    ]
    for slug, surface in discover_surfaces().items():
        name = f"`surfaces.{slug}.{surface.__name__}`"
        lines.append(_row(_linked(surface, surface.title), name, _plain(source(surface)), _settings(surface)))
    lines += [
        "",
        _row("data", "in a link", "source", "settings: name, symbol, first value, range"),
        _row("---", "---", "---", "---"),
    ]
    for slug, data in discover_data().items():
        lines.append(_row(_linked(data, data.title), f"`?data={slug}`", _plain(data.source), _settings(data, "data.")))
    return "\n".join(lines)


def section(text: str) -> tuple[str, str, str]:
    """Return a text before, between and after the two markers, which stay outside; ValueError if one is missing."""
    before, begin, rest = text.partition(BEGIN)
    inside, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{README.name} needs the lines '{BEGIN.strip()}' and '{END.strip()}', in this order")
    return before + begin, inside, end + after


def write() -> None:
    """Put the tables between the markers of the README."""
    before, _, after = section(README.read_text(encoding="utf-8"))
    README.write_text(before + tables() + after, encoding="utf-8", newline="\n")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _linked(cls: type[Parameterised], title: str) -> str:
    return f"[{_plain(title)}]({cls.__module__.replace('.', '/')}.py)"


def _settings(cls: type[Parameterised], prefix: str = "") -> str:
    cells = [f"`{prefix}{name}` = `{written.default}`, {written.range}" for name, written in cls.typed_fields().items()]
    cells += [
        f"`{prefix}{name}` {_plain(declared.plain)} = {declared.default:g}{declared.unit} {declared.range}"
        for name, declared in cls.parameters().items()
    ]
    cells += [f"`{prefix}{name}` = {known.default}, of {known.range}" for name, known in cls.choices().items()]
    return "<br>".join(cells) or "none"


def _plain(text: str) -> str:
    """Return text with nothing that Markdown would read as more than text, in a cell too."""
    return re.sub(r"([*|<\\])", r"\\\1", text)


if __name__ == "__main__":
    write()
