"""The signing platform over HTTP: signed requests, verified answers."""
