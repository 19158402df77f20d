"""What a host needs around the app: warm-up, readiness, headers, metrics and logs. See docs/adr/0028-the-server.md."""
