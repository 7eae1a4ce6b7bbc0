"""Images and PDF files over HTTP: taking them in, checking them, handing them out."""
