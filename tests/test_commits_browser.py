"""What the figure's handles commit: quick ones keep each other's values, a lost one is sent again, nonsense is left."""

import math

import pytest
from playwright.sync_api import Page
from test_browser import address_has, opened, settled, shown

from widgets.live_figure import _commits

COMMIT = "(commits) => commits.forEach(([ms, values]) => setTimeout(() => %s.commit(values), ms))"
LINE = "document.querySelector('.valley-line')"


def committed(page: Page, *commits: tuple[int, dict[str, float]]) -> None:
    """Commit values, each after some milliseconds."""
    page.evaluate(COMMIT % LINE, commits)


@pytest.mark.parametrize("apart", [0, 10, 40, 80])  # ms; the answer to a commit takes some 100
def test_quick_commits_keep_what_the_ones_before_said(page, server, apart):
    opened(page, server, a="momentum")
    rates = {"a.learning_rate": 0.03}, {"a.learning_rate": 0.04}
    committed(page, (0, rates[0]), (apart, {"a.momentum": 0.6}), (2 * apart, rates[1]), (3 * apart, {"steps": 70}))
    address_has(page, **{"a.learning_rate": 0.04, "a.momentum": 0.6, "steps": 70})
    settled(page)
    address_has(page, **{"a.learning_rate": 0.04, "a.momentum": 0.6, "steps": 70})
    assert shown(page, "learning rate") == 0.04
    assert page.evaluate(f"() => {LINE}.line.unheard.length") == 0


def test_a_commit_that_is_lost_is_sent_again(page, server):
    losing, lost = [], []

    def watch(socket):
        there = socket.connect_to_server()

        def from_the_browser(message):
            if losing:
                lost.append(message)
                losing.clear()
            else:
                there.send(message)

        socket.on_message(from_the_browser)

    page.route_web_socket(lambda url: "/_stcore/stream" in url, watch)
    opened(page, server, a="momentum")
    losing.append("the next")
    committed(page, (0, {"a.momentum": 0.6}))
    address_has(page, **{"a.momentum": 0.6})
    assert len(lost) == 1


@pytest.mark.parametrize(
    "message",
    [None, 7, [], {}, {"commits": 3}, {"commits": {"a": 1}}, {"commits": [3, [], [1], [1, 2], ["1", {}], [1, {}, 2]]}]
    + [{"commits": [[number, {}]]} for number in (math.nan, math.inf, -1, 0, 2**53)],
)
def test_nonsense_is_no_commit(message):
    assert not list(_commits(message))
