"""Settings of the tests: a cluster of their own, the owner's role, mail kept in memory."""

import os

os.environ.setdefault("SANSHE_TEST", "1")
os.environ.setdefault("SANSHE_SECRET_KEY", "only-for-tests-" + "x" * 40)

from config.settings import *  # noqa: F403
from sanshe.runtime.dsn import database_settings

DATABASES = {"default": database_settings(role="owner", test=True)}
# Several runs at once (a developer's and the checks') each take a database of their own.
DATABASES["default"]["TEST"] = {"NAME": "test_sanshe" + os.environ.get("SANSHE_TEST_DB", "")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
SANSHE_DEMO = False
INSTALLED_APPS = [*INSTALLED_APPS, "tests.errands"]  # noqa: F405
# Nothing is collected for tests, files come from where they lie; the folder itself is expected to stand.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
