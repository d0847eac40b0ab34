"""Settings of a worker process that a test starts beside itself, on the test's own database."""

import os

from tests.settings import *  # noqa: F403

DATABASES["default"]["NAME"] = os.environ["SANSHE_TEST_NAME"]  # noqa: F405
