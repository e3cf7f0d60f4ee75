"""Boxes that people drew around galaxies in pictures."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_TEXTS = ("event_id", "picture", "name", "reviewer", "at", "finder", "before", "after", "undoes")


def upgrade() -> None:
    """Make the table, and let nobody change what is in it."""
    op.create_table(
        "box_events",
        sa.Column("seq", _NUMBER, primary_key=True, autoincrement=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in _TEXTS),
        sqlite_autoincrement=True,
    )
    op.create_index("box_events_id", "box_events", ["event_id"], unique=True)
    op.create_index("box_events_picture", "box_events", ["picture", "seq"])
    _guard()


def _guard() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER box_events_no_{act.lower()} BEFORE {act} ON box_events "
                "BEGIN SELECT RAISE(ABORT, 'box events are never changed'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION box_events_guard() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'box events are never changed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER box_events_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON box_events "
        "FOR EACH STATEMENT EXECUTE FUNCTION box_events_guard()"
    )


def downgrade() -> None:
    """Refuse: what people said is never lost."""
    raise NotImplementedError
