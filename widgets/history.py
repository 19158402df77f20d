"""History: what changes together is one step for the browser's Back."""

from collections.abc import Mapping

from streamlit.runtime.state.session_state_proxy import get_session_state


def one_step(values: Mapping[str, str | None]) -> None:
    """Write parameters into the address at once, None for those to leave out; call it in a callback.

    Streamlit writes each bound input by itself, a step of the history each, unless it finds its value there already.
    """
    with get_session_state().query_params() as address:
        for key, value in values.items():
            if value is None:
                address.discard_param_no_forward_msg(key)
            else:
                address.set_with_no_forward_msg(key, value)
        address._send_query_param_msg()
