"""What all tests share."""

from hypothesis import settings

pytest_plugins = ["pytester", "tests.programs"]

# A busy machine is no bug: how long things take is measured elsewhere.
settings.register_profile("cryptonews", deadline=None)
settings.load_profile("cryptonews")
