"""The surface that was picked goes along to another page and back; one that is only where a page begins does not."""

from visit import visit

PAGES = {
    name: f"app_pages/{path}.py"
    for name, path in (
        ("landscapes", "landscapes/landscapes"),
        ("valley", "quadratics/valley"),
        ("race", "families/race"),
    )
}


def surface(app):
    return app.sidebar.selectbox(key="surface").value


def go(app, page):
    app.switch_page(PAGES[page]).run()
    assert not app.exception and not app.warning
    return app


def test_a_picked_surface_is_there_again_after_another_page():
    app = go(visit(), "landscapes")
    assert surface(app) == "two_minima"
    app.sidebar.selectbox(key="surface").set_value("rosenbrock").run()
    go(app, "valley")
    assert surface(go(app, "landscapes")) == "rosenbrock"
    assert app.query_params["surface"] in ("rosenbrock", ["rosenbrock"])


def test_it_goes_along_to_the_race_and_what_is_picked_there_comes_back():
    app = go(visit(), "landscapes")
    app.sidebar.selectbox(key="surface").set_value("himmelblau").run()
    assert surface(go(app, "race")) == "himmelblau"
    app.sidebar.selectbox(key="surface").set_value("quadratic").run()
    assert surface(go(app, "landscapes")) == "quadratic"
    app.sidebar.selectbox(key="surface").set_value("two_minima").run()
    go(app, "valley")
    assert surface(go(app, "landscapes")) == "two_minima"


def test_where_a_page_begins_does_not_go_along():
    app = go(visit(), "landscapes")
    assert surface(go(app, "race")) == "quadratic"
    assert surface(go(app, "landscapes")) == "two_minima"
