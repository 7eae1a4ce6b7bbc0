"""The hospital's file: reading, checking, writing and applying it; and the public holidays that its hours refer to."""
