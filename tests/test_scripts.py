"""Scripts: each component's code is several files in one; no name is declared twice, none of ours is missing."""

import json
import re
import subprocess
import sys
from functools import cache

import pytest
from browser import ROOT

DECLARED = re.compile(r"^(?:async function|function|class|const|let)\s+(\w+)", re.MULTILINE)
OUTSIDE = re.compile(r"^/\*top\*/(?:async function|function|class|const|let)\s+(\w+)", re.MULTILINE)
CALLED = re.compile(r"(?<![\w.])(?:new\s+)?(\w+)\(")
QUOTED = re.compile(r"`(?:[^`\\]|\\.)*`|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|//[^\n]*")
METHOD = re.compile(r"^(?:static |async |get |set )*(\w+)\([^;]*\)\s*\{$", re.MULTILINE)
TAKES = re.compile(r"\w+\(([^()]*)\)\s*\{$", re.MULTILINE)  # what functions are given
# In a process of its own, in which every component is caught as it is declared. Components lose their indentation, so
# what stands outside of all functions is marked.
CATCH = """
import json
from pathlib import Path
import streamlit.components.v2 as v2
caught, read = {}, Path.read_text
def marked(path, *given, **more):
    text = read(path, *given, **more)
    if path.suffix != ".js":
        return text
    return "\\n".join(line if line[:1].isspace() else "/*top*/" + line for line in text.splitlines())
Path.read_text = marked
def component(name, **parts):
    caught[name] = parts["js"]
v2.component = component
from widgets import folder, graph_figure, lines, live_figure, map_figure, schedule_figure, worked
from widgets.details import follow
widgets = Path("widgets")
for script in sorted(widgets.rglob("*.js")):
    text = script.read_text(encoding="utf-8")
    if "/*top*/class Detail" in text:
        follow._component(script.stem, script.parent.resolve())
    elif "/*top*/class Reader" in text:
        map_figure._component(script.stem)
print(json.dumps(caught))
"""


@cache
def scripts() -> dict[str, str]:
    """Return the code of every component by its name."""
    done = subprocess.run([sys.executable, "-c", CATCH], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@cache
def ours() -> set[str]:
    """Return every name that some file of ours declares for others."""
    return {name for path in (ROOT / "widgets").rglob("*.js") for name in DECLARED.findall(path.read_text("utf-8"))}


def test_every_script_is_part_of_a_component():
    together = "".join(scripts().values())
    for path in (ROOT / "widgets").rglob("*.js"):
        declared = DECLARED.findall(path.read_text("utf-8"))
        assert set(declared) <= set(OUTSIDE.findall(together)), path


@pytest.mark.parametrize("name", scripts())
def test_no_name_is_declared_twice_and_none_of_ours_is_missing(name):
    code = scripts()[name]
    declared = OUTSIDE.findall(code)
    assert not {each for each in declared if declared.count(each) > 1}
    bare = QUOTED.sub('""', code)
    local = set(re.findall(r"(?:const|let|function)\s+(\w+)", bare)) | set(METHOD.findall(bare))
    local |= {given.strip() for takes in TAKES.findall(bare) for given in takes.split(",")}
    missing = (set(CALLED.findall(bare)) & ours()) - set(declared) - local
    assert not missing
