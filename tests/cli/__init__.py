"""The command line as its users meet it: exit codes, messages, streams, files."""
