"""Queues of galaxies to look at, who is looking at which now, and every change of the rules."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the four tables."""
    op.create_table(
        "review_queues",
        sa.Column("queue_id", sa.String, primary_key=True),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("dataset", "name", "made_by", "made_at", "request")
        ),
    )
    op.create_table(
        "review_items",
        sa.Column("queue_id", sa.String, primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("object_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("assigned_to", sa.Text, nullable=False),
        sa.UniqueConstraint("queue_id", "object_id"),
    )
    op.create_table(
        "review_leases",
        *(
            sa.Column(name, sa.String, primary_key=True)
            for name in ("queue_id", "object_id", "reviewer")
        ),
        sa.Column("until", sa.Text, nullable=False),
    )
    op.create_table(
        "rule_events",
        sa.Column("seq", _NUMBER, primary_key=True, autoincrement=True),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("queue_id", "who", "at", "before", "after", "reason")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("rule_events_queue", "rule_events", ["queue_id", "seq"])
    _guard()


def _guard() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER rule_events_no_{act.lower()} BEFORE {act} ON rule_events "
                "BEGIN SELECT RAISE(ABORT, 'rule events are never changed'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION rule_events_guard() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'rule events are never changed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER rule_events_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON rule_events "
        "FOR EACH STATEMENT EXECUTE FUNCTION rule_events_guard()"
    )


def downgrade() -> None:
    """Refuse: what was decided is never lost."""
    raise NotImplementedError
