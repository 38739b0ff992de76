"""Alembic's entry: run migrations on the connection that models.records.storage hands over."""

from alembic import context

from models.records.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
