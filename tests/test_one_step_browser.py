"""In a browser: what is said of a point is said of one step on the whole page, also while the whole run is shown."""

from playwright.sync_api import Page
from test_browser import DRAWN, SECONDS

LOCAL = "document.querySelector('.st-key-detail-local .valley-detail')?.innerText ?? ''"
SEEN = """() => {
  const { view } = document.querySelector('.valley').figure;
  return [view.limit, view.path.limit[view.now], view.now];
}"""


def says(page: Page, text: str) -> None:
    page.wait_for_function(f"(text) => ({LOCAL}).includes(text)", arg=text, timeout=30 * SECONDS)


def test_the_local_quadratic_is_that_of_the_step_the_page_speaks_of(page, server):
    page.set_default_timeout(15 * SECONDS)
    page.goto(f"{server}/landscapes?steps=40&show=local")
    page.wait_for_function(DRAWN, timeout=40 * SECONDS)
    says(page, "At step 40.")
    limit, there, now = page.evaluate(SEEN)
    assert limit == there and now == 40
    page.evaluate("() => document.querySelector('.valley').figure.playback.go(3)")
    says(page, "At step 3.")
    limit, there, now = page.evaluate(SEEN)
    assert limit == there and now == 3


BOXES = "() => document.querySelector('.valley').figure.labels.names"
SADDLE = """() => {
  const { graphs } = document.querySelector('.valley').figure;
  const { x, y } = graphs.plane.querySelector('.valley-ground').data.find((trace) => trace.name === 'saddle');
  return [graphs.groundInk.x(x[0]), graphs.groundInk.y(y[0])];
}"""


def overlap(one: list[float], other: list[float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_labels_keep_off_each_other_and_off_a_saddle(page, server):
    page.set_default_timeout(15 * SECONDS)
    for query in (
        "start.x=-0.6&start.y=-0.1",
        "start.x=-0.9&start.y=0.25&steps=2",
        "start.x=-1.5&start.y=-0.7&steps=60",
    ):
        page.goto(f"{server}/landscapes?surface=two_minima&{query}")
        page.wait_for_function(DRAWN, timeout=40 * SECONDS)
        boxes = list(page.evaluate(BOXES).items())
        assert {"start", "end"} <= {name for name, _ in boxes}
        for i, (name, box) in enumerate(boxes):
            assert not any(overlap(box, other) for _, other in boxes[:i]), name
        x, y = page.evaluate(SADDLE)
        assert not any(overlap(box, [x - 6, y - 6, x + 6, y + 6]) for _, box in boxes)
