"""Classes and questions that people made, beside the labels that were given with them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table, and let nobody change what is in it."""
    op.create_table(
        "taxonomies",
        sa.Column("dataset", sa.String, primary_key=True),
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("made_by", "made_at", "content")),
    )
    _guard()


def _guard() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER taxonomies_no_{act.lower()} BEFORE {act} ON taxonomies "
                "BEGIN SELECT RAISE(ABORT, 'classes are never changed'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION taxonomies_guard() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'classes are never changed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER taxonomies_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON taxonomies "
        "FOR EACH STATEMENT EXECUTE FUNCTION taxonomies_guard()"
    )


def downgrade() -> None:
    """Refuse: what labels mean is never lost."""
    raise NotImplementedError
