"""motovault: vehicles, fuel economy and upkeep, exactly."""
