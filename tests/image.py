"""What of the tree goes into an image, and what its Dockerfile says."""

import fnmatch
import json
import re
import shutil
from pathlib import Path

from browser import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
IGNORE = [
    line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] not in ("", "#")
]


def instructions(stage: int) -> list[tuple[str, str]]:
    """The instructions of a stage of the Dockerfile, continued lines joined."""
    lines = [line for line in DOCKERFILE.splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    pairs = [(line.split()[0], line.split(maxsplit=1)[1].strip()) for line in joined.splitlines() if line.strip()]
    begins = [place for place, (word, _) in enumerate(pairs) if word == "FROM"] + [len(pairs)]
    return pairs[begins[stage] : begins[stage + 1]]


def environment(stage: int) -> dict[str, str]:
    """What the ENV instructions of a stage set."""
    words = [word for name, rest in instructions(stage) if name == "ENV" for word in rest.split()]
    return dict(word.split("=", 1) for word in words)


def command() -> list[str]:
    """What a container runs."""
    (found,) = (rest for name, rest in instructions(1) if name == "CMD")
    return json.loads(found)


def copy(to: Path) -> Path:
    """Copy into a folder what .dockerignore lets into the image."""
    assert IGNORE[0] == "*"
    wanted = [pattern[1:] for pattern in IGNORE if pattern.startswith("!")]
    unwanted = [Path(pattern).name for pattern in IGNORE if pattern.startswith("**/")]
    for name in wanted:
        source, target = ROOT / name, to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=lambda _, names: {n for n in names if n in unwanted})
        else:
            shutil.copy2(source, target)
    assert not [path for path in to.rglob("*") if any(fnmatch.fnmatch(path.name, name) for name in unwanted)]
    return to
