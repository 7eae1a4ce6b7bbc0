"""Every state of the screens, as tables: a row is a state's name and the steps that lead there from the row before.

`scripts/pictures.py` takes pictures of all of them, and `tests/browser/test_states.py` audits them. May import the
other helpers of the browser tests; never asserts what a feature does, which is what the stories are for.
"""
