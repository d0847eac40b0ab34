"""Accounts as a Django app; registers the provider of grants with the kernel."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users and posts."""

    name = "sanshe.accounts"
    label = "accounts"
    verbose_name = "账号与岗位"

    def ready(self) -> None:
        """Tell the kernel's access rules who holds which post where."""
        from django.db.models import Q

        from sanshe.areas.public import ManagedBy, on_body_end
        from sanshe.kernel.flow import standing

        from . import access, grants  # noqa: F401 - the auditor's rule is said in access
        from .actions.handing_over import posts_end_with, receive_for
        from .ending import ending_posts
        from .holdings import hangs_on_account

        standing(ending_posts)
        grants.register()
        on_body_end(posts_end_with)
        hangs_on_account("代收事项的居民小组", ManagedBy, "receiver", Q(valid_to__isnull=True), receive_for)
