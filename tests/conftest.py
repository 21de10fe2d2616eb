"""What all tests share."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["pytester", "tests.programs", "tests.command_line"]

os.environ["LANGUAGE"] = "en"  # what the tests expect the program to say

# A busy machine is no bug: how long things take is measured elsewhere.
settings.register_profile("cryptonews", deadline=None)
settings.load_profile("cryptonews")


@pytest.fixture
def strangers_folder() -> Iterator[Path]:
    """A folder in which we are no administrator, for whom no file is closed."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)
        try:
            yield Path(folder)
        finally:
            if root:
                os.seteuid(0)
            os.chmod(folder, 0o700)
