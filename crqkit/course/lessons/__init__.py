"""What each lesson needs beside its notebook: texts in YAML, checks that work the answers out."""
