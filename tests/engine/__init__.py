"""The adapter to the engine: programs under mocks, provider methods and the plugin process; no CLI."""
