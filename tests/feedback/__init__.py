"""Complaints, suggestions and what people say of our services."""
