"""Who may do what: every role that a person was given."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table, and let nobody change what is in it."""
    op.create_table(
        "role_events",
        sa.Column("seq", _NUMBER, primary_key=True, autoincrement=True),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("person", "role", "given_by", "at", "reason")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("role_events_person", "role_events", ["person", "seq"])
    _guard()


def _guard() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER role_events_no_{act.lower()} BEFORE {act} ON role_events "
                "BEGIN SELECT RAISE(ABORT, 'role events are never changed'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION role_events_guard() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'role events are never changed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER role_events_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON role_events "
        "FOR EACH STATEMENT EXECUTE FUNCTION role_events_guard()"
    )


def downgrade() -> None:
    """Refuse: what was decided is never lost."""
    raise NotImplementedError
