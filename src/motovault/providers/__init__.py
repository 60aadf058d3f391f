"""Other people's formats and systems, each technology in a module of its own."""
