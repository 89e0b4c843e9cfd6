"""Drivers of the telemetry port: Prometheus for what is counted, OpenTelemetry for what is traced."""
