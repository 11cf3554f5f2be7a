"""One settings file; everything that differs between installations comes from ``SHEMEI_*`` variables.

Each variable is documented in ``docs/reference/settings.md``; a test fails where one is not.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from shemei.warehouse.home import Home

PACKAGE = Path(__file__).resolve().parents[1]
SHEMEI_HOME = Home.from_environment()


def _flag(name: str, default: str = "") -> bool:
    return os.environ.get(name, default).lower() in ("1", "true", "yes")


def _list(name: str, default: str) -> list[str]:
    return [item for item in os.environ.get(name, default).split(",") if item]


def _secret_key() -> str:
    if given := os.environ.get("SHEMEI_SECRET_KEY"):
        return given
    from shemei.kernel.keyfile import load_or_make_key

    return load_or_make_key(SHEMEI_HOME.keys, "django.key").decode()


def _database(url: str) -> dict[str, Any]:
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": SHEMEI_HOME.database,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError("DATABASE_URL must begin with postgresql://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
    }


DEBUG = _flag("SHEMEI_DEBUG")
SECRET_KEY = _secret_key()
ALLOWED_HOSTS = _list("SHEMEI_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = _list("SHEMEI_ORIGINS", "")
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if _flag("SHEMEI_BEHIND_PROXY") else None
)
_HTTPS = _flag("SHEMEI_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SESSION_COOKIE_AGE = 14 * 86_400
SECURE_REFERRER_POLICY = "same-origin"

SHEMEI_EDGE_PORT = int(os.environ.get("SHEMEI_EDGE_PORT", "8001"))
SHEMEI_JOBS = os.environ.get("SHEMEI_JOBS", f"sqlite://{SHEMEI_HOME.jobs}")
SHEMEI_BACKUP_DAYS = int(os.environ.get("SHEMEI_BACKUP_DAYS", "0"))
SHEMEI_JOBS_IMMEDIATE = _flag("SHEMEI_JOBS_IMMEDIATE")

INSTALLED_APPS = [
    "shemei.apps.accounts",
    "shemei.kernel",
    "shemei.kernel.imports",
    "shemei.apps.brand",
    "shemei.apps.commerce",
    "shemei.apps.audience",
    "shemei.apps.tracking",
    "shemei.apps.tracking.landing",
    "shemei.apps.tracking.posters",
    "shemei.apps.content",
    "shemei.apps.creators",
    "shemei.apps.advertising",
    "shemei.apps.insight",
    "shemei.portal",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "django_cotton.apps.SimpleAppConfig",
]

ROOMS = [
    ("accounts", "settings"),
    ("brand", "brand"),
    ("content", "content"),
    ("creators", "creators"),
    ("audience", "people"),
    ("advertising", "spend"),
    ("commerce", "orders"),
    ("tracking.landing", "landing"),
    ("tracking.posters", "spots"),
    ("tracking", "links"),
    ("insight", ""),
]
"""Rooms that have pages: (app name, path below /w/<workspace>/)."""

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "shemei.kernel.nul.CookieMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "shemei.kernel.nul.NulMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "shemei.kernel.toasts.ToastMiddleware",
    "shemei.apps.accounts.middleware.WorkspaceMiddleware",
    "shemei.kernel.api_middleware.ApiMiddleware",
]

ROOT_URLCONF = "shemei.config.urls"
ASGI_APPLICATION = "shemei.config.asgi.application"

_LOADERS = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "portal" / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    _LOADERS if DEBUG else [("django.template.loaders.cached.Loader", _LOADERS)],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shemei.portal.context.shell",
            ],
        },
    }
]

DATABASES = {"default": _database(os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "shemei.apps.accounts.passwords.MinimumLength",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "shemei.apps.accounts.passwords.NotCommon"},
    {
        "NAME": "shemei.apps.accounts.passwords.NotOneself",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
_SIGN_IN = "shemei.apps.accounts.forms_sign_in"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "shemei.apps.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": f"{_SIGN_IN}.LoginForm",
    "reset_password": f"{_SIGN_IN}.ResetPasswordForm",
    "reset_password_from_key": f"{_SIGN_IN}.ResetPasswordKeyForm",
    "change_password": f"{_SIGN_IN}.ChangePasswordForm",
    "set_password": f"{_SIGN_IN}.SetPasswordForm",
    "reauthenticate": f"{_SIGN_IN}.ReauthenticateForm",
}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
MFA_ADAPTER = "shemei.apps.accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": f"{_SIGN_IN}.AuthenticateForm",
    "reauthenticate": f"{_SIGN_IN}.ReauthenticateCodeForm",
    "activate_totp": f"{_SIGN_IN}.ActivateTOTPForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Shemei 社媒"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if os.environ.get("SHEMEI_SMTP_HOST")
    else "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = os.environ.get("SHEMEI_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("SHEMEI_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("SHEMEI_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("SHEMEI_SMTP_PASSWORD", "")
EMAIL_USE_TLS = _flag("SHEMEI_SMTP_TLS")
DEFAULT_FROM_EMAIL = os.environ.get("SHEMEI_MAIL_FROM", "shemei@localhost")

PDF_FONT = os.environ.get("SHEMEI_PDF_FONT", "")

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
FIRST_DAY_OF_WEEK = 1

STATIC_URL = "/static/"
STATIC_ROOT = SHEMEI_HOME.path / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = SHEMEI_HOME.media
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "style-src-elem": [SELF, EMPTY_STYLE],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("SHEMEI_LOG", "WARNING")},
}
