"""Who gets in: guards, admission, limits, sign-in, and the headers and bodies that every door shares."""
