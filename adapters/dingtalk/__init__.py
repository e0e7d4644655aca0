"""DingTalk: wire, client and simulator."""
