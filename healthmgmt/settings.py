"""Django settings: one file, the environment parsed strictly (environment.py), so a typo stops the start."""

from importlib.util import find_spec
from pathlib import Path

from healthmgmt import embedded, environment

BASE_DIR = Path(__file__).resolve().parent.parent
ENV = environment.read()
DATA_DIR = Path(ENV.data_dir or BASE_DIR / ".data")

# Servers ------------------------------------------------------------------------------------------------------------
if ENV.database_url:
    if not (ENV.redis_url and ENV.secret_key and ENV.identity_key):
        raise environment.EnvironmentFault(
            "DATABASE_URL names a real server: REDIS_URL, HEALTHMGMT_SECRET_KEY and HEALTHMGMT_IDENTITY_KEY are then needed too."
        )
    DATABASE_URL, OWNER_URL, REDIS_URL = ENV.database_url, ENV.database_owner_url, ENV.redis_url
    SECRET_KEY, IDENTITY_KEY = ENV.secret_key, ENV.identity_key
else:
    SERVERS = embedded.ensure(DATA_DIR)
    DATABASE_URL, REDIS_URL = SERVERS.database_url, ENV.redis_url or SERVERS.redis_url
    OWNER_URL = SERVERS.database_owner_url if ENV.process == "command" else ""
    LOCAL_KEYS = environment.local_keys(DATA_DIR)
    SECRET_KEY = ENV.secret_key or LOCAL_KEYS["secret_key"]
    IDENTITY_KEY = ENV.identity_key or LOCAL_KEYS["identity_key"]

DATABASES = {
    "default": {
        "ENGINE": "tenants.db",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        **environment.database(DATABASE_URL, "DATABASE_URL"),
    },
}
if OWNER_URL:
    # Migrations and provisioning only; serving processes never have it.
    DATABASES["owner"] = {"ENGINE": "tenants.db", "OWNER": True, **environment.database(OWNER_URL, "DATABASE_OWNER_URL")}
DATABASE_ROUTERS = ["tenants.routers.SchemaRouter", "django_tenants.routers.TenantSyncRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Organisations --------------------------------------------------------------------------------------------------------
TENANT_MODEL = "tenants.Organisation"
TENANT_DOMAIN_MODEL = "tenants.Domain"
ORGANISATION_DIRECTORY = "tenants.directory"
TENANT_TEMPLATE_SCHEMA = "t_template"
PUBLIC_SCHEMA_URLCONF = "healthmgmt.urls_public"
ROOT_URLCONF = "healthmgmt.urls"
ORGANISATION_DOMAIN = ENV.domain

FRAMEWORK_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
]
# In the public schema: routing, jobs, and the operators' own accounts, sessions and log.
SHARED_APPS = [
    "tenants",
    "django_tenants",
    *FRAMEWORK_APPS,
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "healthmgmt.core",
    "healthmgmt.audit",
    "healthmgmt.work",
    "healthmgmt.accounts",
]
# In every organisation's schema, in the order of the floor plan.
TENANT_APPS = [
    *FRAMEWORK_APPS,
    "healthmgmt.audit",
    "healthmgmt.accounts",
    "healthmgmt.organization",
    "healthmgmt.people",
    "healthmgmt.records",
    "healthmgmt.partners",
    "healthmgmt.exams",
    "healthmgmt.devices",
    "healthmgmt.risk",
    "healthmgmt.care",
    "healthmgmt.engagement",
    "healthmgmt.insight",
    "healthmgmt.portal",
]
INSTALLED_APPS = SHARED_APPS + [app for app in TENANT_APPS if app not in SHARED_APPS]
SILENCED_SYSTEM_CHECKS = ["django_tenants.W003"]

# Requests -------------------------------------------------------------------------------------------------------------
DEBUG = ENV.debug
ALLOWED_HOSTS = [ENV.domain, "." + ENV.domain, "127.0.0.1"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tenants.middleware.OrganisationMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "healthmgmt.accounts.middleware.SessionGuardMiddleware",
    "healthmgmt.core.middleware.PolicyMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "healthmgmt.organization.middleware.FrameMiddleware",
]
WSGI_APPLICATION = "healthmgmt.wsgi.application"
TEMPLATE_LOADER = "django.template.loaders.filesystem.Loader"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            # Read anew each time while DEBUG is on, so that a page shows what was just written.
            "loaders": [TEMPLATE_LOADER] if DEBUG else [("django.template.loaders.cached.Loader", [TEMPLATE_LOADER])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "healthmgmt.core.context.stylesheets",
                "healthmgmt.organization.context.organisation",
                "healthmgmt.portal.navigation.navigation",
            ],
        },
    },
]

# Sign-in and sessions -------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["healthmgmt.accounts.backends.IdentifierBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "accounts:login"
PASSWORD_RESET_TIMEOUT = 3600  # seconds that a link for a new password is good for
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 30 * 60  # seconds without a request, after which the session ends
SESSION_RENEWED_AFTER = 60  # seconds after which a request lets the idle time begin anew
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.https
# Host-only, so that one organisation's cookie never reaches another's host name.
SESSION_COOKIE_NAME = "__Host-session" if ENV.https else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if ENV.https else "csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = ENV.https
SECURE_HSTS_SECONDS = 31_536_000 if ENV.https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.https else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Languages and time ---------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "healthmgmt" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Files ----------------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "healthmgmt" / "static"]
# Our own files, and of the installed packages the listed ones alone; libraries bring pages that we do not show.
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder", "healthmgmt.core.staticfiles.ListedFilesFinder"]
NODE_MODULES = BASE_DIR / "node_modules"
ICONS_ROOT = NODE_MODULES / "@tabler" / "icons" / "icons" / "outline"
VENDOR_FILES = {
    "vendor/tabler.min.css": NODE_MODULES / "@tabler" / "core" / "dist" / "css" / "tabler.min.css",
    # Named in the sheet's last line; the manifest asks for it.
    "vendor/tabler.min.css.map": NODE_MODULES / "@tabler" / "core" / "dist" / "css" / "tabler.min.css.map",
    "vendor/echarts.min.js": NODE_MODULES / "echarts" / "dist" / "echarts.min.js",
    "vendor/htmx-2.min.js": Path(find_spec("django_htmx").origin).parent / "static" / "django_htmx" / "htmx-2.min.js",
}
# `make` collects them under names with a digest, which browsers may keep for ever; while DEBUG is on they are served from where they lie.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
UPLOAD_ROOT = DATA_DIR / "uploads"
UPLOAD_LIMITS = {
    "file_bytes": 64 * 1024 * 1024,
    "rows": 250_000,
    "report_bytes": 10 * 1024 * 1024,
}
UPLOAD_LINK_DAYS = 14  # how long a link by which one file can be delivered is good for, unless another time is chosen
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["healthmgmt.core.uploading.BoundedFileUploadHandler"]

# Cache: keys carry the schema and are refused outside a known one -------------------------------------------------------
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "tenants.cache.make_key",
    },
}

# API --------------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "healthmgmt.accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["healthmgmt.core.rules.DeclaredPermission"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 100,
    "EXCEPTION_HANDLER": "healthmgmt.core.api.api_exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Health management platform",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["healthmgmt.core.rules.DeclaredPermission"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
}

# Work -------------------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A doorbell that rings twice is harmless, one that is redelivered while its job runs is only noise.
    "visibility_timeout": 3 * 3600,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "bulk"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_BEAT_SCHEDULE = {"look": {"task": "healthmgmt.work.look", "schedule": 60.0, "options": {"queue": "now", "expires": 55}}}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")

# Mail and logs ------------------------------------------------------------------------------------------------------------
MAIL = environment.mail(ENV.email_url, "HEALTHMGMT_EMAIL_URL")
# Standard output belongs to what a command prints; mails that are only shown go to standard error.
EMAIL_BACKEND = "healthmgmt.core.mails.EmailBackend" if MAIL.backend == "console" else f"django.core.mail.backends.{MAIL.backend}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = MAIL.host, MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.starts_tls, MAIL.is_tls
EMAIL_TIMEOUT = 20  # seconds; a server that does not answer must not hold a worker up
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.mail_from
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"secrets": {"()": "healthmgmt.core.logs.WithoutSecrets"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"healthmgmt": {"level": "INFO"}, "tenants": {"level": "INFO"}},
}
