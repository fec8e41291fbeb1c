"""What scenarios are played on: beds, repositories, the program, and who asked what."""
