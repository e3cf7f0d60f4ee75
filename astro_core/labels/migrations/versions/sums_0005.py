"""Sums over the items of each queue, kept with it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_HERE = "FROM review_items AS i WHERE i.queue_id = review_queues.queue_id"
_SUMS = {
    "n_items": f"SELECT COUNT(*) {_HERE}",
    "n_gold": f"SELECT COUNT(*) {_HERE} AND i.kind = 'gold'",
    "n_open": f"SELECT COUNT(*) {_HERE} AND i.kind <> 'gold' AND i.wanted > 0",
    "n_votes": f"SELECT COALESCE(SUM(i.wanted), 0) {_HERE} AND i.kind <> 'gold'",
}


def upgrade() -> None:
    """Add the columns and fill them."""
    for name, wanted in _SUMS.items():
        op.add_column(
            "review_queues", sa.Column(name, sa.Integer, nullable=False, server_default="0")
        )
        op.execute(f"UPDATE review_queues SET {name} = ({wanted})")  # noqa: S608 - our own words


def downgrade() -> None:
    """Refuse: labels are never lost."""
    raise NotImplementedError
