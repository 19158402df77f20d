"""What a host is given: the image's steps, followed here; compose, Kubernetes, proxy and dashboard fit each other."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from browser import ROOT, serve
from image import DOCKERFILE, command, copy, environment, instructions
from playwright.sync_api import Page
from test_imports import ALLOWED
from test_server import QUIET, Host, get

from benchmarks.session import Session
from host import processor

NOBODY = 10001
ROOT_USER = hasattr(os, "geteuid") and os.geteuid() == 0
# root could write to everything; without its powers it is a user like others, who may still read its own Python
POWERLESS = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"] if ROOT_USER else []
BROKEN = '''"""Broken

:material/build: A page with an error in it.
"""

ORDER = 99

raise RuntimeError("known to the code only")
'''
KUBERNETES = {
    item["kind"]: item
    for path in sorted((ROOT / "deploy" / "kubernetes").glob("*.yaml"))
    for item in yaml.safe_load_all(path.read_text(encoding="utf-8"))
}
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
CADDYFILE = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def image() -> Iterator[Path]:
    """A folder as the image has it: what .dockerignore lets in and the kernels; nobody can write to it."""
    folder = Path(tempfile.mkdtemp())
    try:
        app = copy(folder / "app")
        (app / "app_pages" / "families" / "broken.py").write_text(BROKEN, encoding="utf-8")
        baking = [sys.executable, "-m", "host.kernels", str(folder / "kernels"), "generic"]
        subprocess.run(baking, cwd=app, check=True, timeout=600)
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield folder
    finally:
        for path in [folder, *folder.rglob("*")]:
            if path.is_dir():
                path.chmod(0o755)
        shutil.rmtree(folder)


def inside(folder: Path, given: dict[str, str]) -> dict[str, str]:
    """The environment of the Dockerfile, its kernels in a folder; what has no place here is left out."""
    ours = {name: value for name, value in given.items() if name not in ("PATH", "VALLEY_ASSETS")}
    ours = {name: value for name, value in ours.items() if not name.startswith("STREAMLIT_SERVER")}
    return {**ours, "VALLEY_KERNELS": str(folder / "kernels")}


@pytest.fixture(scope="module")
def container(image, tmp_path_factory) -> Iterator[Host]:
    """The server, run from that folder by a user without powers whose home does not exist."""
    log = tmp_path_factory.mktemp("container") / "log"
    settings = {**inside(image, environment(1)), "HOME": "/nonexistent"}
    options = {"script": "server.py", "healthy": "/readyz", "log": log, "prefix": POWERLESS, "environment": settings}
    with serve(image / "app", *QUIET, **options) as address:
        yield Host(address, log)


def test_the_container_finds_every_kernel_and_writes_nothing(container, image):
    ready = container.line("ready")
    assert ready["kernels"] >= 40 and ready["compiled"] == 0
    assert not [line for line in container.lines("error") if line.get("page") != "broken" and "reference" not in line]
    assert not list(image.rglob("__pycache__"))
    done = subprocess.run([*POWERLESS, "touch", str(image / "app" / "new")], capture_output=True, check=False)
    assert done.returncode != 0
    with Session(container.address) as session:
        assert "a.learning_rate" in session.inputs


def test_an_error_is_one_sentence_for_the_student_and_a_line_for_the_host(container, page: Page):
    assert container.line("error", page="broken")["message"] == "this page shows an error"
    page.goto(f"{container.address}/broken")
    alert = page.get_by_role("alert")
    alert.wait_for()
    said = alert.inner_text()
    (reference,) = re.findall(r"report the number (\w{8})\.", said)
    assert said.count(".") == 1 and "Traceback" not in page.content() and "known to the code" not in page.content()
    line = container.line("error", reference=reference)
    assert line["kind"] == "RuntimeError" and "known to the code only" in line["trace"]
    assert "Uncaught app execution" not in container.log.read_text(encoding="utf-8")


def test_what_the_image_holds_is_what_the_app_imports(image):
    app = image / "app"
    assert {path.stem for path in app.iterdir()} >= {*ALLOWED}
    assert not {path.name for path in app.iterdir()} & {"tests", "benchmarks", "docs", ".git"}
    assert "RUN pip" not in DOCKERFILE and "COPY . ." in DOCKERFILE


def test_build_and_run_agree_on_the_kernels():
    (baking,) = (rest for name, rest in instructions(0) if name == "RUN" and "host.kernels" in rest)
    assert f"-m host.kernels {environment(1)['VALLEY_KERNELS']} " in baking
    assert f"-m host.assets {environment(1)['VALLEY_ASSETS']} " in baking
    assert [dict(instructions(stage))["FROM"].split()[0] for stage in (0, 1)] == ["python:3.13-slim"] * 2
    assert [rest for stage in (0, 1) for name, rest in instructions(stage) if name == "WORKDIR"] == ["/app"] * 2


@pytest.mark.parametrize(
    ("flags", "kinds"),
    [
        ("fpu avx2 bmi1 bmi2 f16c fma abm movbe xsave avx512f", ["x86-64-v3", "generic"]),
        ("fpu sse4_2 avx", ["generic"]),
    ],
)
def test_the_best_kernels_are_chosen_that_the_machine_can_run(flags, kinds, tmp_path, monkeypatch):
    monkeypatch.setattr(processor, "CPUINFO", tmp_path / "cpuinfo")
    (tmp_path / "cpuinfo").write_text(f"processor\t: 0\nflags\t\t: {flags}\n", encoding="utf-8")
    assert processor.fitting() == kinds
    monkeypatch.setattr(os, "environ", {"VALLEY_KERNELS": str(tmp_path), "NUMBA_CPU_NAME": "mine"})
    processor.choose()
    assert os.environ["NUMBA_CPU_NAME"] == "mine"  # nothing was baked
    for kind in kinds:
        (tmp_path / kind).mkdir()
    processor.choose()
    assert os.environ["NUMBA_CPU_NAME"] == kinds[0] and os.environ["NUMBA_CACHE_DIR"] == str(tmp_path / kinds[0])


def test_a_machine_that_says_nothing_gets_what_runs_everywhere(monkeypatch, tmp_path):
    monkeypatch.setattr(processor, "CPUINFO", tmp_path / "none")
    assert processor.fitting() == ["generic"]


def test_the_image_runs_as_nobody_and_looks_after_itself():
    last = dict(instructions(1))
    assert last["USER"] == f"{NOBODY}:{NOBODY}" and last["EXPOSE"] == environment(1)["STREAMLIT_SERVER_PORT"]
    assert "curl" not in DOCKERFILE and "/readyz" in last["HEALTHCHECK"]
    (program,) = re.findall(r'CMD \["python", "-c", "(.*?)"\]', last["HEALTHCHECK"])
    ast.parse(program)
    assert command() == ["python", "-m", "streamlit", "run", "server.py"]
    assert not [name for name, _ in instructions(1) if name == "RUN"]


@pytest.mark.parametrize(
    "place", ["Dockerfile", "host/__init__.py", "widgets/__init__.py", "deploy/README.md", ".ci/run"]
)
def test_small_matrices_stay_on_one_thread(place):
    assert re.search(r'OPENBLAS_NUM_THREADS(=|", ")1', (ROOT / place).read_text(encoding="utf-8"))


def test_compose_has_replicas_behind_a_proxy():
    replicas = {name: service for name, service in COMPOSE["services"].items() if name != "proxy"}
    proxy = COMPOSE["services"]["proxy"]
    assert len(replicas) >= 2
    assert proxy["environment"]["VALLEY_REPLICAS"].split() == [f"{name}:8501" for name in replicas]
    assert proxy["depends_on"] == {name: {"condition": "service_healthy"} for name in replicas}
    for service in (*replicas.values(), proxy):
        assert service["read_only"] and service["cap_drop"] == ["ALL"] and service["mem_limit"]
    secrets = {service["environment"]["STREAMLIT_SERVER_COOKIE_SECRET"] for service in replicas.values()}
    assert len(secrets) == 1 and "VALLEY_SECRET:?" in secrets.pop()
    assert "./deploy/Caddyfile:/etc/caddy/Caddyfile:ro" in proxy["volumes"]
    named = {volume.split(":")[0] for volume in proxy["volumes"] if not volume.startswith(".")}
    assert named == set(COMPOSE["volumes"])


def test_the_proxy_is_given_every_name_that_it_uses():
    assert set(re.findall(r"\{\$(\w+)\}", CADDYFILE)) == set(COMPOSE["services"]["proxy"]["environment"])
    for needed in ("lb_policy cookie", "health_uri /readyz", "encode zstd gzip", "/metrics"):
        assert needed in CADDYFILE


def test_kubernetes_objects_name_each_other():
    labels = KUBERNETES["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert KUBERNETES["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert KUBERNETES["Service"]["spec"]["selector"] == labels
    assert KUBERNETES["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    assert KUBERNETES["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"] == "valley"
    assert KUBERNETES["HorizontalPodAutoscaler"]["spec"]["minReplicas"] >= 2
    (path,) = KUBERNETES["Ingress"]["spec"]["rules"][0]["http"]["paths"]
    (port,) = KUBERNETES["Service"]["spec"]["ports"]
    assert path["backend"]["service"] == {"name": "valley", "port": {"name": port["name"]}}
    assert KUBERNETES["Service"]["metadata"]["annotations"][
        "traefik.ingress.kubernetes.io/service.sticky.cookie"
    ] == "true"  # fmt: skip
    listed = set(KUBERNETES["Kustomization"]["resources"]) | {"kustomization.yaml"}
    assert listed == {path.name for path in (ROOT / "deploy" / "kubernetes").iterdir()}


def test_a_pod_is_what_the_image_expects():
    spec = KUBERNETES["Deployment"]["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    assert spec["securityContext"]["runAsUser"] == NOBODY and spec["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert container["ports"] == [{"name": "http", "containerPort": 8501}]
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container["livenessProbe"]["httpGet"]["path"] == "/_stcore/health"
    assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in spec["volumes"]}
    assert KUBERNETES["Deployment"]["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


def test_the_dashboard_asks_for_what_there_is(container):
    _, _, body = get(f"{container.address}/metrics")
    known = set(re.findall(r"^# TYPE (\w+) ", body.decode(), re.MULTILINE))
    dashboard = json.loads((ROOT / "deploy" / "grafana.json").read_text(encoding="utf-8"))
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    written = {name for expr in asked for name in re.findall(r"(?:valley|process)_\w+", expr)}
    names = {re.sub(r"_(total|bucket|count|sum)$", "", name) for name in written}
    assert names <= known and len(names) >= 10
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


def test_each_way_in_takes_ten_lines_at_most():
    text = (ROOT / "deploy" / "README.md").read_text(encoding="utf-8")
    for way in text.split("\n## ")[1:]:
        assert len([line for line in way.splitlines()[1:] if line.strip()]) <= 10
    for name in re.findall(r"`(\w+\.(?:json|yaml))`", text):
        assert list((ROOT / "deploy").rglob(name))
