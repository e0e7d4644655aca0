"""Lark and Feishu: wire, client and simulator."""
