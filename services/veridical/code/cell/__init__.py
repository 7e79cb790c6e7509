"""What runs inside cells: standard library only, since it is sent into images without this project."""
