"""The product's own settings with a home, a queue and a database that live only as long as the tests."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

_HOME = tempfile.mkdtemp(prefix="shemei-tests-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ["SHEMEI_HOME"] = _HOME
os.environ.setdefault("SHEMEI_JOBS", "memory://")
os.environ.setdefault("SHEMEI_JOBS_IMMEDIATE", "1")

if os.environ.get("SHEMEI_TEST_DATABASE") == "postgres" and not os.environ.get("DATABASE_URL"):
    from tests.postgres import throw_away_server

    os.environ["DATABASE_URL"] = throw_away_server()

from shemei.config.settings import *
from shemei.config.settings import DATABASES, SHEMEI_HOME, STATIC_ROOT

SHEMEI_HOME.ensure()
STATIC_ROOT.mkdir(exist_ok=True)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if "sqlite" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["TEST"] = {"NAME": SHEMEI_HOME.path / "test.sqlite3"}
