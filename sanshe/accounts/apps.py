"""Accounts as a Django app; registers the provider of grants with the kernel."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users and posts."""

    name = "sanshe.accounts"
    label = "accounts"
    verbose_name = "账号与岗位"

    def ready(self) -> None:
        """Tell the kernel's access rules who holds which post where."""
        from sanshe.areas.public import on_body_end

        from . import access, grants  # noqa: F401 - the auditor's rule is said in access
        from .actions.handing_over import posts_end_with

        grants.register()
        on_body_end(posts_end_with)
