"""How many more people each item of a queue wants, and answers apart for each set of classes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_KEY = ("dataset", "object_id", "reviewer", "taxonomy", "kind", "question")
_STANDING = """
    INSERT INTO label_standing
        (dataset, object_id, reviewer, taxonomy, kind, question, action, said, at, bulk, seq)
    SELECT dataset, object_id, reviewer, taxonomy, kind, question, action, said, at, bulk, seq
    FROM (
        SELECT *, ROW_NUMBER() OVER (
            PARTITION BY dataset, object_id, reviewer, taxonomy, kind, question
            ORDER BY at DESC, seq DESC) AS rank
        FROM (
            SELECT e.dataset, e.object_id, e.reviewer, e.taxonomy, e.question, e.action, e.at,
                e.seq, e.batch_id <> '' AS bulk,
                CASE WHEN e.action IN ('label', 'skip') THEN 'answer' ELSE e.action END AS kind,
                CASE WHEN e.question <> '' THEN e.answer ELSE e.class_name END AS said
            FROM label_events AS e
            WHERE e.action <> 'retract' AND NOT EXISTS (
                SELECT 1 FROM label_events AS back
                WHERE back.retracts = e.event_id AND back.retracts <> '')
        ) AS acts
    ) AS ranked
    WHERE rank = 1
"""


def upgrade() -> None:
    """Make the standing answers anew, and count for each item whom it waits for."""
    op.drop_table("label_standing")
    op.create_table(
        "label_standing",
        *(sa.Column(name, sa.String, primary_key=True) for name in _KEY),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("bulk", sa.Boolean, nullable=False),
        sa.Column("seq", _NUMBER, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("label_standing_reviewer", "label_standing", ["dataset", "reviewer", "at"])
    op.execute(_STANDING)
    op.add_column(
        "review_queues", sa.Column("taxonomy", sa.Text, nullable=False, server_default="")
    )
    op.add_column(
        "review_items", sa.Column("wanted", sa.Integer, nullable=False, server_default="1")
    )
    some = sa.text("wanted > 0")
    op.create_index(
        "review_items_wanted", "review_items", ["queue_id", "place", "wanted"],
        sqlite_where=some, postgresql_where=some,
    )  # fmt: skip
    _count()


def _count() -> None:
    from astro_core.labels.rule_rows import rules_within
    from astro_core.labels.wanted import count_items

    connection = op.get_bind()
    for (queue_id,) in connection.execute(sa.text("SELECT queue_id FROM review_queues")).all():
        count_items(connection, queue_id, rules_within(connection, queue_id))


def downgrade() -> None:
    """Refuse: labels are never lost."""
    raise NotImplementedError
