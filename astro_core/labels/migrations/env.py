"""What Alembic runs: the steps, in the transaction that the store has begun."""

from alembic import context

from astro_core.labels import (  # noqa: F401 - the store's, too
    queue_tables,
    role_tables,
    taxonomy_tables,
)
from astro_core.labels.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
)
context.run_migrations()
