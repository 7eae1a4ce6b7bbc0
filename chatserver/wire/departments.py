"""The department that a conversation is about."""

from chatserver.wire.fields import Frame, Id, Key, Ref


class DepartmentSet(Frame, tag="department.set", frozen=True, omit_defaults=True):
    """It is about this department, one of those the site offers. It stays in its group; a transfer moves it."""

    ref: Ref
    conversation: Id
    department: Key
