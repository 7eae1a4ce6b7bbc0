"""What each frame of staff and visitors does: one module per noun. `features.py` lists them all."""
