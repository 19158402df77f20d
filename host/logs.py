"""Logs: one line of JSON for each request, rerun or error, on standard output.

A line never holds an address of a student, a cookie, a query string or anything that was typed.
"""

import json
import logging
import sys
import time
from typing import Any

LOGGER = logging.getLogger("valley")
SERVER = ("uvicorn.access", "uvicorn.error")  # name the address of who asks; host/watch.py writes what is to be said


class Line(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{record.msecs:03.0f}Z",
            "level": record.levelname.lower(),
        }
        if record.name == LOGGER.name:
            line["event"] = record.msg
            line.update(getattr(record, "fields", {}))
        else:
            line.update(event="message", logger=record.name, message=record.getMessage())
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def say(event: str, **fields: Any) -> None:
    """Write a line about something that happened as it should."""
    LOGGER.info(event, extra={"fields": fields})


def complain(event: str, error: BaseException | None = None, **fields: Any) -> None:
    """Write a line about something that should not have happened, with the trace of its error."""
    LOGGER.error(event, exc_info=error, extra={"fields": fields})


def take_over() -> None:
    """Let everybody's log lines be lines of JSON: Streamlit's and the web server's loggers write text of their own."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(Line())
    logging.root.handlers[:] = [handler]
    LOGGER.setLevel(logging.INFO)
    logging.raiseExceptions = False  # a full disk or a closed pipe must not cost an answer
    for logger in list(logging.root.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger):
            logger.handlers.clear()
            logger.propagate = True
    for name in SERVER:
        logging.getLogger(name).setLevel(logging.WARNING)
    # the hook for errors writes the same error with its reference
    logging.getLogger("streamlit.error_util").addFilter(lambda record: record.getMessage() != "Uncaught app execution")
