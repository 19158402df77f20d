"""The README's commands are the ones that are really run."""

import re

import pytest
from browser import ROOT


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def command(requirements):
    """The one line of the README, for Linux and macOS, that installs this file."""
    lines = [line.strip() for line in read("README.md").splitlines() if line.startswith("    python3 ")]
    found = [line for line in lines if f"-r {requirements} " in line]
    assert len(found) == 1, found
    return found[0]


def test_ci_runs_the_test_command_of_the_readme():
    last = [line for line in read(".ci/run").splitlines() if line and not line.startswith("#")][-1]
    assert last == command("requirements-dev.txt")


def test_the_workflow_runs_ci():
    assert re.search(r"run: bash \.ci/run$", read(".github/workflows/test.yml"), re.MULTILINE)


def test_the_first_command_opens_the_app():
    assert command("requirements.txt").endswith("-m streamlit run app.py")


@pytest.mark.parametrize("requirements", ["requirements.txt", "requirements-dev.txt"])
def test_windows_has_the_same_commands(requirements):
    unix = (
        command(requirements).replace("python3 -m venv", "py -m venv").replace(".venv/bin/", r".venv\Scripts\ ".strip())
    )
    assert f'    cmd /c "{unix}"' in read("README.md").splitlines()


def test_the_pinned_files_agree():
    app, dev, tuning = (
        {line for line in read(name).splitlines() if "==" in line}
        for name in ("requirements.txt", "requirements-dev.txt", "requirements-tuning.txt")
    )
    assert app <= dev and app <= tuning


def test_every_direct_dependency_has_its_reason():
    reasons = read("docs/adr/0006-pinned-requirements-and-dependencies.md")
    for name in ("requirements.in", "requirements-dev.in", "requirements-tuning.in"):
        for package in re.findall(r"^([a-z][\w-]*)", read(name), re.MULTILINE):
            assert f"**{package}**" in reasons, package
