"""Levels and switches of loggers, and what is logged, are those of one interpreter."""

from __future__ import annotations

import pytest
from proxy_pair import suites_apart

LOGS = """
import logging
logger = logging.getLogger("app")
{}
def go(x):
    logger.info("went %d", x)
"""
ASKS = """
import logging
logger = logging.getLogger("app")
def go(): return "debug" if logger.isEnabledFor({}) else "quiet"
def level(): return logger.getEffectiveLevel()
"""
CAUGHT = """
from solution import go
def test_it(caplog):
    go(3)
    assert "went 3" in caplog.text
"""
LISTED = """
import unittest
from solution import go
class Tests(unittest.TestCase):
    def test_it(self):
        with self.assertLogs("app", level="INFO") as logs: go(3)
        self.assertEqual(logs.output, ["INFO:app:went 3"])
        with self.assertNoLogs("app", level="WARNING"): go(3)
"""
SUITES: dict[str, tuple[str, str, str, str]] = {
    "a level of the program": (
        "pytest",
        LOGS.format("logger.setLevel(logging.INFO)"),
        LOGS.format("logger.setLevel(logging.WARNING)"),
        CAUGHT,
    ),
    "a logger that tells no other": (
        "unittest",
        LOGS.format("logger.propagate = False"),
        LOGS.format("logger.propagate = False; logger.disabled = True"),
        LISTED,
    ),
    "a logger that tells its root nothing": (
        "unittest",
        LOGS.format("logger.setLevel(logging.INFO); logger.propagate = False"),
        LOGS.format("logger.setLevel(logging.INFO)"),
        """
import io, logging, unittest
from solution import go
class Tests(unittest.TestCase):
    def test_it(self):
        out = io.StringIO()
        logging.getLogger().addHandler(logging.StreamHandler(out))
        go(3)
        self.assertEqual(out.getvalue(), "")
""",
    ),
    "a configuration of the program": (
        "unittest",
        LOGS.format("logging.basicConfig(level=logging.INFO)"),
        LOGS.format("logging.basicConfig(level=logging.ERROR)"),
        """
import io, logging, unittest
from solution import go
class Tests(unittest.TestCase):
    def test_it(self):
        out = io.StringIO()
        logging.getLogger().addHandler(logging.StreamHandler(out))
        go(3)
        self.assertEqual(out.getvalue(), "went 3\\n")
""",
    ),
    "a configuration that pytest has no use for": (
        "pytest",
        LOGS.format("logging.basicConfig(level=logging.INFO)"),
        LOGS.format("logging.basicConfig(level=logging.INFO)\nlogger.setLevel(logging.INFO)"),
        """
import logging
from solution import go
def test_it(caplog):
    go(3)
    assert caplog.text == "" and logging.getLogger().level == logging.WARNING
    with caplog.at_level(logging.INFO): go(4)
    assert "went 4" in caplog.text
""",
    ),
    "what nobody handles": (
        "unittest",
        "import logging\ndef go(): logging.getLogger('q').warning('hey')\n",
        "import logging\ndef go(): logging.getLogger('q').info('hey')\n",
        """
import contextlib, io, unittest
from solution import go
class Tests(unittest.TestCase):
    def test_it(self):
        with contextlib.redirect_stderr(io.StringIO()) as err: go()
        self.assertEqual(err.getvalue(), "hey\\n")
""",
    ),
    "levels that tests set": (
        "pytest",
        ASKS.format("logging.DEBUG"),
        ASKS.format("logging.INFO"),
        """
import logging
from solution import go, level
def test_it(caplog):
    assert go() == "quiet" and level() == logging.WARNING
    with caplog.at_level(logging.DEBUG, logger="app"):
        assert go() == "debug" and level() == logging.DEBUG
    with caplog.at_level(logging.INFO): assert go() == "quiet"
    logging.getLogger("app").setLevel(logging.DEBUG)
    logging.disable(logging.DEBUG)
    assert go() == "quiet"
    logging.disable(logging.NOTSET)
    assert go() == "debug"
    logging.getLogger("app").disabled = True
    assert go() == "quiet"
""",
    ),
    "a level of tests over that of the program": (
        "pytest",
        "import logging\nlogging.getLogger('app').setLevel(10)\n" + ASKS.format("10"),
        "import logging\nlogging.getLogger('app').setLevel(20)\n" + ASKS.format("10"),
        """
import logging
from solution import go, level
def test_it(caplog):
    with caplog.at_level(logging.ERROR, logger="app"): assert go() == "quiet" and level() == 40
    assert go() == "debug" and logging.getLogger("app").level == 10
""",
    ),
    "a logger that the program makes": (
        "unittest",
        """
import logging
def make(name, level):
    made = logging.getLogger(name)
    made.setLevel(level)
    return made
""",
        """
import logging
def make(name, level):
    return logging.getLogger(name)
""",
        """
import logging, unittest
from solution import make
class Tests(unittest.TestCase):
    def test_it(self):
        made = make("one", "ERROR")
        self.assertEqual(logging.getLogger("one").level, logging.ERROR)
        self.assertEqual(made.getEffectiveLevel(), logging.ERROR)
        with self.assertLogs("one", level="DEBUG") as logs: made.debug("hi")
        self.assertEqual(logs.output, ["DEBUG:one:hi"])
        self.assertFalse(made.isEnabledFor(logging.DEBUG))
""",
    ),
    "a level with a name of its own": (
        "unittest",
        "import logging\nlogging.addLevelName(25, 'NOTICE')\ndef go(): logging.getLogger('app').log(25, 'hi')\n",
        "import logging\nlogging.addLevelName(25, 'NOTES')\ndef go(): logging.getLogger('app').log(25, 'hi')\n",
        """
import unittest
from solution import go
class Tests(unittest.TestCase):
    def test_it(self):
        with self.assertLogs("app") as logs: go()
        self.assertEqual(logs.output, ["NOTICE:app:hi"])
""",
    ),
}


@pytest.mark.parametrize("name", SUITES)
def test_right_and_wrong_program_are_told_apart(name: str) -> None:
    suites_apart(*SUITES[name])
