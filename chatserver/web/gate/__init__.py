"""Decides who gets in: guards, admission, limits and sign-in; and the headers and request bodies that all
routes share."""
