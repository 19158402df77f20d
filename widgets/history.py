"""History: what Streamlit knows of the browser's address beyond its public interface, in one place."""

from collections.abc import Mapping
from pathlib import Path

from streamlit.components.v2 import component
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.session_state_proxy import get_session_state

_steps = component(
    "valley_history",
    html='<i class="valley-history"></i>',
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def steps() -> None:
    """Mount, itself unseen, what makes one step of the browser's history of everything that a change brings about."""
    _steps(key="history")


def one_step(values: Mapping[str, str | float | list[str] | None]) -> None:
    """Write parameters into the address at once, None for those to leave out; call it in a callback.

    A number is written as the browser writes it, a whole one without a point.

    Streamlit writes each bound input by itself, a step of the history each, unless it finds its value there already.
    """
    with get_session_state().query_params() as address:
        for key, value in values.items():
            if value is None:
                address.discard_param_no_forward_msg(key)
            else:
                address.set_with_no_forward_msg(key, _plain(value) if isinstance(value, int | float) else value)
        address._send_query_param_msg()


def _plain(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else str(number)


def forget(key: str) -> None:
    """Leave out of the address what no input can read; call it before the input that owns the key is drawn."""
    with get_session_state().query_params() as address:
        address._initial_query_params.pop(key, None)
        address.remove_param(key)


def moving() -> bool:
    """Tell whether this run answers the browser's Back or Forward: then the address alone says what is shown."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation
