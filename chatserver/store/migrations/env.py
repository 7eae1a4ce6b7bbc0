"""What alembic runs: the revisions, on the connection and in the transaction of `store/revisions.py`."""

from alembic import context

from chatserver.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
