"""The parts of the Lark simulator: its tenant, gateway, REST API and frames, none of them the vendor's code."""
