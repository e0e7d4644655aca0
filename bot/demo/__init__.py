"""The demo: a made-up company on two simulated platforms, and a page to talk to it."""
