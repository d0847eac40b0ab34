"""Settings. Everything that differs between installations comes from the environment."""

from __future__ import annotations

import os
from pathlib import Path

from sanshe.runtime.dsn import database_settings, secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("SANSHE_VAR", BASE_DIR / "var"))

DEBUG = os.environ.get("SANSHE_DEBUG") == "1"
# The demo's accounts share a password and need no second factor; the pages say so.
SANSHE_DEMO = os.environ.get("SANSHE_DEMO") == "1"
SECRET_KEY = os.environ.get("SANSHE_SECRET_KEY") or secret_key(VAR)
ALLOWED_HOSTS = os.environ.get("SANSHE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
SANSHE_BASE_URL = os.environ.get("SANSHE_BASE_URL", "http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [SANSHE_BASE_URL] if SANSHE_BASE_URL.startswith("https") else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "sanshe.kernel",
    "sanshe.areas",
    "sanshe.accounts",
    "sanshe.people",
    "sanshe.facilities",
    "sanshe.orgs",
    "sanshe.workforce",
    "sanshe.matters",
    "sanshe.neighbours",
    "sanshe.disputes",
    "sanshe.deliberation",
    "sanshe.purchase",
    "sanshe.evaluation",
    "sanshe.indicators",
    "sanshe.exchange",
    "sanshe.web",
]
# A module that is not there yet must not stop its neighbours from working.
INSTALLED_APPS = [
    app
    for app in INSTALLED_APPS
    if not app.startswith("sanshe.") or (BASE_DIR / app.replace(".", "/") / "apps.py").exists()
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "sanshe.kernel.http.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "sanshe.accounts.middleware.StaffSessionMiddleware",
    "sanshe.kernel.http.ViewerMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # before the packages' own templates, so that the sign-in pages wear our look
        "DIRS": [BASE_DIR / "sanshe" / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sanshe.web.context.shell",
            ],
        },
    }
]

# SANSHE_ROLE=owner is set by migrations and by the commands that load data; the web and the worker
# run as "app", which owns nothing and may only insert into the audit.
DATABASES = {"default": database_settings(role=os.environ.get("SANSHE_ROLE", "app"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "kernel_cache"}}

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
FORMAT_MODULE_PATH = None

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [p for p in [VAR / "vendor"] if p.exists()]
STORAGES = {
    "default": {
        "BACKEND": "sanshe.kernel.files.ContentStorage",
        "OPTIONS": {"location": str(VAR / "files"), "base_url": None},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or os.environ.get("SANSHE_TEST")
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = bool(DEBUG or os.environ.get("SANSHE_TEST"))

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if SANSHE_BASE_URL.startswith("https"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
CSRF_FAILURE_VIEW = "sanshe.kernel.http.csrf_failure"

EMAIL_BACKEND = os.environ.get(
    "SANSHE_EMAIL_BACKEND",
    "django.core.mail.backends.smtp.EmailBackend"
    if os.environ.get("SANSHE_SMTP_HOST")
    else "django.core.mail.backends.console.EmailBackend",
)
EMAIL_HOST = os.environ.get("SANSHE_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("SANSHE_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("SANSHE_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("SANSHE_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("SANSHE_SMTP_TLS") == "1"
DEFAULT_FROM_EMAIL = os.environ.get("SANSHE_MAIL_FROM", "三社联动平台 <sanshe@localhost>")

# A virus scanner that files must pass: tcp://host:3310 or unix:/run/clamav/clamd.ctl; none by default.
SANSHE_CLAMD = os.environ.get("SANSHE_CLAMD", "")

# Gateways for text messages, chat and other systems: an address that takes a signed POST of JSON, "log" to write
# var/outbox/*.log instead, empty for none.
SANSHE_SMS = os.environ.get("SANSHE_SMS", "log" if SANSHE_DEMO else "")
SANSHE_CHAT = os.environ.get("SANSHE_CHAT", "log" if SANSHE_DEMO else "")
SANSHE_HOOK = os.environ.get("SANSHE_HOOK", "")
SANSHE_GATEWAY_SECRET = os.environ.get("SANSHE_GATEWAY_SECRET", "")

# Tiles behind the maps, none by default: an address with {z}/{x}/{y}, and whom they are owed to.
SANSHE_TILES = os.environ.get("SANSHE_TILES", "")
SANSHE_TILES_BY = os.environ.get("SANSHE_TILES_BY", "")

SANSHE_POLICY_DIR = BASE_DIR / "policy"
SANSHE_POLICY_PACKS = os.environ.get("SANSHE_POLICY_PACKS", "cn,liangjiang-2020").split(",")
FORM_RENDERER = "sanshe.web.forms.Renderer"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("SANSHE_LOG_LEVEL", "WARNING")},
}

try:
    from sanshe.accounts.allauth_settings import *  # noqa: F403
except ModuleNotFoundError:
    pass

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
SILENCED_SYSTEM_CHECKS: list[str] = []
