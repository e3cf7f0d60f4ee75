"""Events, which are only ever added, and the standing answers that follow from them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_TEXTS = (
    "event_id", "dataset", "object_id", "action", "class_name", "question", "answer", "reviewer",
    "at", "taxonomy", "fingerprint", "batch_id", "comment", "suggested_class", "model_id",
    "retracts",
)  # fmt: skip
_INDEXES = {
    "label_events_object": ["dataset", "object_id", "reviewer"],
    "label_events_order": ["dataset", "seq"],
    "label_events_reviewer": ["dataset", "reviewer", "seq"],
}


def upgrade() -> None:
    """Make both tables, and let nobody change what was said."""
    op.create_table(
        "label_events",
        sa.Column("seq", _NUMBER, primary_key=True, autoincrement=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in _TEXTS),
        sa.Column("taxonomy_version", sa.Integer, nullable=False),
        sa.Column("suggested_probability", sa.Float(53)),
        sa.Column("shown", sa.Boolean, nullable=False),
        sa.Column("seconds", sa.Float(53)),
        sqlite_autoincrement=True,
    )
    op.create_index("label_events_id", "label_events", ["event_id"], unique=True)
    for name, columns in _INDEXES.items():
        op.create_index(name, "label_events", columns)
    for name in ("retracts", "batch_id"):
        some = sa.text(f"{name} <> ''")
        op.create_index(
            f"label_events_{name}", "label_events", [name],
            sqlite_where=some, postgresql_where=some,
        )  # fmt: skip
    op.create_table(
        "label_standing",
        *(
            sa.Column(name, sa.String, primary_key=True)
            for name in ("dataset", "object_id", "reviewer", "kind", "question")
        ),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("bulk", sa.Boolean, nullable=False),
        sa.Column("seq", _NUMBER, nullable=False),
        sqlite_with_rowid=False,
    )
    _guard()


def _guard() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER label_events_no_{act.lower()} BEFORE {act} ON label_events "
                "BEGIN SELECT RAISE(ABORT, 'label events are never changed'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION label_events_guard() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'label events are never changed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER label_events_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON label_events "
        "FOR EACH STATEMENT EXECUTE FUNCTION label_events_guard()"
    )


def downgrade() -> None:
    """Refuse: labels are never lost."""
    raise NotImplementedError
