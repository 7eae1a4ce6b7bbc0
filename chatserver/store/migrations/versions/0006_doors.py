"""What the doors ask of the store: added to the tables of 0005, each part by a function of its own."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    pass
