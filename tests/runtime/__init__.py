"""How it is started: settings, logs, commands, the demo."""
