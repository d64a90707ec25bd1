"""All settings, read from the environment. With nothing set the portal runs embedded; README.md lists every variable.

Two modes, one variable: PORTAL_MODE is `embedded` (SQLite, a broker that needs no server, mail kept on disk, demo
accounts) or `production` (refuses to start while anything is missing or weak).
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from careportal import celery_options, council, logs, safeguards
from careportal.environment import SQLITE, Environment
from careportal.kit.packfile import PackError

env = Environment(os.environ)  # what does not fit is noted, and refused at the end of this file
BASE_DIR = Path(__file__).resolve().parent.parent

# --- What this installation is -------------------------------------------------------------------------------------

PORTAL_MODE = env.text("PORTAL_MODE", "embedded")
if PORTAL_MODE not in {"embedded", "production"}:
    raise ImproperlyConfigured("PORTAL_MODE must be embedded or production.")
EMBEDDED = PORTAL_MODE == "embedded"

PACKS_DIR = env.folder("PACKS_DIR", council.PACKS)  # packs of councils that lie outside the code
try:
    COUNCIL = council.load(env.text("COUNCIL", "barking_and_dagenham"), PACKS_DIR)
except PackError as error:
    raise ImproperlyConfigured(str(error)) from error

DATA_DIR = env.folder("DATA_DIR", BASE_DIR / "var" / COUNCIL.key)
PORT = env.whole("PORT", 8000, least=1, most=65535)
BASE_URL = env.url(
    "BASE_URL", f"http://127.0.0.1:{PORT}", schemes={"http", "https"}, like="https://portal.example.org"
).rstrip("/")
HTTPS = urlsplit(BASE_URL).scheme == "https"

SECRET_KEY = env.secret("SECRET_KEY", DATA_DIR / "secret.key", make=EMBEDDED)
SECRET_KEY_FALLBACKS = env.names("SECRET_KEY_FALLBACKS", [])
ENCRYPTION_KEY = env.secret("ENCRYPTION_KEY", DATA_DIR / "encryption.key", make=EMBEDDED)
DEBUG = False
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = [BASE_URL] if HTTPS else []
BIND = env.text("BIND", "0.0.0.0")  # noqa: S104  in production, where a proxy stands before it, mostly in a container
WEB_CONCURRENCY = env.whole("WEB_CONCURRENCY", 3, least=1, most=64)  # processes in production, each with 8 threads
WORKER_CONCURRENCY = env.whole("WORKER_CONCURRENCY", 2, least=1, most=64)
TRUSTED_PROXY_COUNT = env.whole("TRUSTED_PROXY_COUNT", 0, least=0, most=10)

ADMIN_NETWORKS = env.networks("ADMIN_NETWORKS")  # empty: the officers' workspace opens everywhere

# --- Apps and middleware -------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "careportal",
    "enquiries",
    "programmes",
    "providers",
    "careportal.accounts",
    "careportal.kit",
    "careportal.apps.OfficersAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "csp",
    "simple_history",
]

MIDDLEWARE = [
    "careportal.middleware.request_id",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "careportal.middleware.closed_by_default",
    "careportal.networks.officers_networks",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "careportal.watching.note_refusals",
    "careportal.accounts.middleware.second_factor_for_staff",
    "careportal.accounts.middleware.fresh_proof_for_changes",
    "programmes.middleware.partners_workspace",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "careportal.urls"
WSGI_APPLICATION = "careportal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "careportal.context.council",
            ],
            "builtins": ["careportal.kit.templatetags.govuk", "crispy_forms.templatetags.crispy_forms_tags"],
        },
    }
]
FORM_RENDERER = "careportal.kit.forms.GovukRenderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["govuk"]
CRISPY_TEMPLATE_PACK = "govuk"
CRISPY_FAIL_SILENTLY = False

# --- Database ------------------------------------------------------------------------------------------------------

DATABASES = {"default": env.database("DATABASE_URL", otherwise=DATA_DIR / "portal.sqlite3")}
DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True, ATOMIC_REQUESTS=False)
if DATABASES["default"]["ENGINE"] == SQLITE:
    DATABASES["default"]["NAME"] = str(BASE_DIR / DATABASES["default"]["NAME"])  # the same file from every folder
    # IMMEDIATE: writers queue instead of failing with "database is locked". FULL: a power cut loses nothing.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;",
    }
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
else:  # what the URL asks for, such as ?sslmode=verify-full, holds
    DATABASES["default"]["OPTIONS"] = {"connect_timeout": 5} | DATABASES["default"].get("OPTIONS", {})

# Sessions and limits live in the database: Redis is the broker and nothing else.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # limits and used codes must not be pushed out by a flood of others
    }
}

# --- Celery --------------------------------------------------------------------------------------------------------

REDIS_URL = env.url("REDIS_URL", "", schemes={"redis", "rediss"}, like="redis://:password@redis.example.org:6379/0")
BROKER_DIR = DATA_DIR / "broker"
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
if not REDIS_URL:
    CELERY_BROKER_TRANSPORT = "careportal.broker:Transport"
REDIS_PREFIX = env.text("REDIS_PREFIX", f"{COUNCIL.key}:")
CELERY_BROKER_TRANSPORT_OPTIONS = celery_options.transport(REDIS_URL, prefix=REDIS_PREFIX, folder=BROKER_DIR)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {"enquiries.tasks.send_due_mail": {"queue": "mail"}}
CELERY_TASK_SOFT_TIME_LIMIT = 35
CELERY_TASK_TIME_LIMIT = 40
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_DB_REUSE_MAX = 1000
CELERY_TIMEZONE = "Europe/London"

SWEEP_SECONDS = env.number("SWEEP_SECONDS", 5.0, least=0.5, most=3600)
JOBS_SECONDS = env.number("JOBS_SECONDS", 30.0, least=0.5, most=600)
CELERY_BEAT_SCHEDULE = celery_options.schedule(sweep_seconds=SWEEP_SECONDS, jobs_seconds=JOBS_SECONDS)

# --- Mail ----------------------------------------------------------------------------------------------------------

EMAIL_BACKEND = "enquiries.mail.backend.OutboxBackend"  # what Django and allauth send goes through the outbox too
DEFAULT_FROM_EMAIL = env.sender("FROM_ADDRESS", COUNCIL.mail.from_address)
BUSINESS_FORUM_INBOX = env.text("BUSINESS_FORUM_INBOX", COUNCIL.mail.business_forum_inbox).lower()
INBOX_DOMAINS = [domain.lower() for domain in env.names("INBOX_DOMAINS", list(COUNCIL.mail.domains))]
EMAIL = env.mail_server("EMAIL_URL")
SMTP_HOST = EMAIL.get("EMAIL_HOST")  # none: embedded, and mail is kept. Production does not start without one
NOTIFY_API_KEY = env.text("NOTIFY_API_KEY")  # given: mail goes out by GOV.UK Notify instead
NOTIFY_TEMPLATE_ID = env.text("NOTIFY_TEMPLATE_ID")
NOTIFY_REPLY_TO_ID = env.text("NOTIFY_REPLY_TO_ID")
NOTIFY_RECEIPTS_TOKEN = env.text("NOTIFY_RECEIPTS_TOKEN")
NOTIFY_BASE_URL = env.url(
    "NOTIFY_BASE_URL",
    "https://api.notifications.service.gov.uk",
    schemes={"http", "https"},
    like="https://api.notifications.service.gov.uk",
)
if NOTIFY_API_KEY:
    MAIL_TRANSPORT = "enquiries.mail.notify.Notify"
else:
    MAIL_TRANSPORT = "enquiries.mail.transports.Smtp" if SMTP_HOST else "enquiries.mail.transports.KeptMail"
MAIL_DIR = DATA_DIR / "mail"
MAIL_SERVER = {
    "host": SMTP_HOST,
    "port": EMAIL.get("EMAIL_PORT") or 25,
    "user": EMAIL.get("EMAIL_HOST_USER") or "",
    "password": EMAIL.get("EMAIL_HOST_PASSWORD") or "",
    "starttls": bool(EMAIL.get("EMAIL_USE_TLS")),
    "tls": bool(EMAIL.get("EMAIL_USE_SSL")),
    "ca_file": env.certificates("EMAIL_CA_FILE"),
}
MAILBOX = env.mailbox("MAILBOX_URL")  # the business forum inbox, to look for what was sent and what came back
MAILBOX_AUTHSERV_ID = env.text("MAILBOX_AUTHSERV_ID", "")  # what our mail server calls itself where it checks senders
MAIL_WAVE_AN_HOUR = env.whole("MAIL_WAVE_AN_HOUR", 20, least=1, most=1_000_000)  # unproved; more are held (MI17)
INCOMING_MAIL_DAYS = env.whole("INCOMING_MAIL_DAYS", 90, least=1, most=3650)
MAILBOX_SECONDS = env.whole("MAILBOX_SECONDS", 60, least=1, most=3600)
RESEND_UNCERTAIN_HOURS = env.whole("RESEND_UNCERTAIN_HOURS", 0, least=0, most=1000)
MAIL_SECONDS = env.whole("MAIL_SECONDS", 25, least=1, most=30)  # a task is stopped after 35 seconds
MAIL_LEASE_SECONDS = env.whole("MAIL_LEASE_SECONDS", 45, least=7, most=3600)
MAIL_SWEEP_BUDGET_SECONDS = env.whole("MAIL_SWEEP_BUDGET_SECONDS", 30, least=1, most=30)
MAIL_RETRY_BASE_SECONDS = env.whole("MAIL_RETRY_BASE_SECONDS", 30, least=1, most=86_400)
MAIL_RETRY_CAP_SECONDS = env.whole("MAIL_RETRY_CAP_SECONDS", 3600, least=1, most=86_400)
MAIL_RETRY_HOURS = env.whole("MAIL_RETRY_HOURS", 96, least=1, most=1000)
MAIL_DELAYED_SECONDS = env.whole("MAIL_DELAYED_SECONDS", 600, least=1, most=86_400)

# --- Limits and periods --------------------------------------------------------------------------------------------

DRAFT_DAYS = env.whole("DRAFT_DAYS", 14, least=1, most=365)
DRAFTS_PER_HOUR = env.whole("DRAFTS_PER_HOUR", 60, least=1, most=1_000_000)
SUBMITS_PER_MINUTE = env.whole("SUBMITS_PER_MINUTE", 10, least=1, most=1_000_000)
LOOKUPS_PER_MINUTE = env.whole("LOOKUPS_PER_MINUTE", 240, least=1, most=1_000_000)
ACKNOWLEDGEMENTS_PER_HOUR = env.whole("ACKNOWLEDGEMENTS_PER_HOUR", 3, least=0, most=1_000_000)
ACKNOWLEDGEMENTS_PER_MINUTE = env.whole("ACKNOWLEDGEMENTS_PER_MINUTE", 600, least=1, most=1_000_000)
ALERTS_PER_HOUR = env.whole("ALERTS_PER_HOUR", 20, least=0, most=1_000_000)
FIRST_REPLY_DAYS = env.whole("FIRST_REPLY_DAYS", 5, least=1, most=250)  # goals of the officers, not for the public
ACCESSIBILITY_REPLY_DAYS = env.whole("ACCESSIBILITY_REPLY_DAYS", 5, least=1, most=60)
DECISION_DAYS = env.whole("DECISION_DAYS", 20, least=1, most=250)
QUICK_LOOK_DAYS = env.whole("QUICK_LOOK_DAYS", 2, least=1, most=250)
FULL_REVIEW_DAYS = env.whole("FULL_REVIEW_DAYS", 10, least=1, most=250)
CONFIRM_DAYS = env.whole("CONFIRM_DAYS", 10, least=1, most=250)
LINK_CHECKS = env.flag("LINK_CHECKS", not EMBEDDED)  # looks at links of listings, out in the internet
TENDER_HOSTS = env.names("TENDER_HOSTS", ["www.contractsfinder.service.gov.uk", "www.find-tender.service.gov.uk"])
REFERRAL_ACK_DAYS = env.whole("REFERRAL_ACK_DAYS", 3, least=1, most=250)
REFERRAL_CHASE_DAYS = env.whole("REFERRAL_CHASE_DAYS", 3, least=1, most=250)
PARTNER_FIGURES_DAYS = env.whole("PARTNER_FIGURES_DAYS", 180, least=0, most=3650)
OFFER_DAYS = env.whole("OFFER_DAYS", 5, least=1, most=250)  # where a programme says nothing else
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300
DATA_UPLOAD_MAX_NUMBER_FILES = 1
DOCUMENT_BYTES = env.whole("DOCUMENT_MEGABYTES", 10, least=1, most=50) * 1024 * 1024
DOCUMENT_SCANNER = env.text("DOCUMENT_SCANNER")  # a command that gets each document, such as clamdscan; empty: none
FILE_UPLOAD_HANDLERS = ["careportal.kit.uploads.BoundedUpload"]

# --- Backups -------------------------------------------------------------------------------------------------------

BACKUP_RECIPIENTS = env.names("BACKUP_RECIPIENTS", [])  # public keys of age; what reads a backup is not on this machine

# --- Sign-in -------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["careportal.accounts.backends.PeopleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "careportal.accounts.passwords.NotOurName"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "enquiries:my-organisation"
ACCOUNT_ADAPTER = "careportal.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]  # no password: so the sign-in page itself mails a code
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = False  # it would only add a second page that does what the sign-in page does
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = env.whole("SIGN_IN_CODE_SECONDS", 600, least=60, most=3600)
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True  # no links in mails that a scanner could open
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"{COUNCIL.service_name}: "
ACCOUNT_FORMS = {
    "login": "careportal.accounts.forms.SignInForm",
    "confirm_login_code": "careportal.accounts.forms.ConfirmSignInCodeForm",
    "add_email": "careportal.accounts.forms.ChangeAddressForm",
    "confirm_email_verification_code": "careportal.accounts.forms.ConfirmAddressForm",
    "reset_password": "careportal.accounts.forms.ForgottenPasswordForm",
    "confirm_password_reset_code": "careportal.accounts.forms.ConfirmForgottenPasswordForm",
    "reset_password_from_key": "careportal.accounts.forms.NewPasswordByCodeForm",
    "set_password": "careportal.accounts.forms.NewPasswordForm",
    "change_password": "careportal.accounts.forms.ChangePasswordForm",
    "reauthenticate": "careportal.accounts.forms.PasswordAgainForm",
}
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = env.whole("FRESH_PROOF_SECONDS", 900, least=60, most=86_400)
STAFF_SESSION_HOURS = env.whole("STAFF_SESSION_HOURS", 12, least=1, most=168)
OTHER_SESSION_DAYS = env.whole("OTHER_SESSION_DAYS", 7, least=1, most=365)
SECOND_FACTOR_RESET_DAYS = env.whole("SECOND_FACTOR_RESET_DAYS", 3, least=1, most=30)
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
MFA_ADAPTER = "careportal.accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "careportal.accounts.forms.SecondFactorForm",
    "reauthenticate": "careportal.accounts.forms.SecondFactorAgainForm",
    "activate_totp": "careportal.accounts.forms.SetUpAppForm",
    "add_webauthn": "careportal.accounts.forms.AddKeyForm",
    "edit_webauthn": "careportal.accounts.forms.RenameKeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = COUNCIL.service_name
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = EMBEDDED

# --- Security ------------------------------------------------------------------------------------------------------

# What a page says after a step is kept in the session: nothing but the two cookies that our page names. Cookies do not
# tell ports apart, so their names hold the council's: two portals on one machine sign nobody out of the other.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
COOKIES = f"__Host-{COUNCIL.key}" if HTTPS else COUNCIL.key
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIES}-session", f"{COOKIES}-csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = DRAFT_DAYS * 24 * 3600
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS and TRUSTED_PROXY_COUNT else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = env.flag("HSTS_PRELOAD", False)  # the council's decision: it cannot be taken back quickly
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "careportal.kit.errors.csrf_failure"
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # HSTS preload, see above
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# --- Language, time, static files ----------------------------------------------------------------------------------

LANGUAGE_CODE = COUNCIL.language
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True
PHONENUMBER_DEFAULT_REGION = "GB"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static" / "built"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_ALLOW_ALL_ORIGINS = False

# --- Logs: ids and codes only, never names, addresses or texts -----------------------------------------------------

LOG_LEVEL = env.one_of("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
LOGGING = logs.configuration(LOG_LEVEL, exception_texts=EMBEDDED and env.flag("LOG_EXCEPTION_TEXTS", False))

# --- What does not fit stops the start, all of it named at once ----------------------------------------------------

env.problems += safeguards.mail(
    embedded=EMBEDDED,
    inbox=env.text("BUSINESS_FORUM_INBOX").lower(),
    smtp_host=SMTP_HOST,
    by_notify=bool(NOTIFY_API_KEY),
)
env.problems += safeguards.notify(env.given, embedded=EMBEDDED, base_url=NOTIFY_BASE_URL)
env.problems += safeguards.lease(embedded=EMBEDDED, mail_seconds=MAIL_SECONDS, lease_seconds=MAIL_LEASE_SECONDS)
env.problems += safeguards.backups(BACKUP_RECIPIENTS)
if not EMBEDDED:
    env.problems += safeguards.pack(COUNCIL.folder)
    env.problems += safeguards.production(env.given, hosts=ALLOWED_HOSTS, base_url=BASE_URL, domains=INBOX_DOMAINS)
    env.problems += safeguards.in_clear(env.given, trusted=env.text("EMAIL_WITHOUT_TLS"))
env.refuse()
