"""Side, place, severity, change and size of findings; kind, tip and position of devices."""
