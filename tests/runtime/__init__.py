"""Starting the product: settings, logs, commands, the demo; and the transport under it."""
