"""Settings of django-allauth; `config.settings` takes all names of this file.

Why these values: engineering notes, item 2 (phone look-up by keyed hash, one address for fifty desks, passkeys).
"""

import os

_BASE_URL = os.environ.get("SANSHE_BASE_URL", "http://localhost:8000")

ACCOUNT_ADAPTER = "sanshe.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"phone", "username"}
ACCOUNT_SIGNUP_FIELDS = ["phone*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "sanshe.accounts.signup.NameForm"
ACCOUNT_EMAIL_VERIFICATION = "none"
# There is no gateway for text messages: the number is not proven, so nothing is released because of it alone.
ACCOUNT_PHONE_VERIFICATION_ENABLED = False
ACCOUNT_PREVENT_ENUMERATION = False
ACCOUNT_USERNAME_MIN_LENGTH = 3
ACCOUNT_USER_DISPLAY = str
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
# Fifty desks sign in behind one address at 8:30: the limits by address are wide, the one by account is narrow.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "300/m/ip,5/300s/key",
    "signup": "60/m/ip",
    "change_password": "10/m/user",
    "reauthenticate": "10/m/user",
    "reset_password": "20/m/ip,5/m/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("SANSHE_TRUSTED_PROXIES", "0"))

MFA_ADAPTER = "sanshe.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = "三社联动平台"
# Passkeys need HTTPS, or the name localhost; an IP address is no relying party at all.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = _BASE_URL.startswith("http://localhost")
