from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class KernelConfig(AppConfig):
    name = "sanshe.kernel"
    label = "kernel"
    verbose_name = "内核"

    def ready(self) -> None:
        from sanshe.kernel import checks  # noqa: F401
        from sanshe.kernel.database import after_migrate

        autodiscover_modules("registers")
        autodiscover_modules("searching")
        post_migrate.connect(after_migrate, dispatch_uid="kernel.after_migrate")
