"""From model text to the parameter table and back: lavaan's language and its defaults."""
