"""qms: a quality-management system in which the controlled documents run the system."""

__version__ = "0.1.0"
