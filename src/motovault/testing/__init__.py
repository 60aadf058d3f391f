"""The testing kit: what motovault's own tests use, for those who build on it.

- :mod:`motovault.testing.contracts`: what every store must do, as test classes.
- :mod:`motovault.testing.lockstep`: two stores driven by the same random calls, and compared.
- :mod:`motovault.testing.strategies`: Hypothesis strategies, with histories that obey physics.
- :mod:`motovault.testing.examples`: one right entity of each kind.
- :mod:`motovault.testing.catalogue`: a catalogue of vehicles of any size, the same each time.
- :mod:`motovault.testing.clock`, :mod:`motovault.testing.ids`: time and ids that a test decides.
- :mod:`motovault.testing.plugin`: fixtures; pytest finds it by itself.

Needs the extra ``testing``; a missing package raises :class:`motovault.errors.MissingExtra`.
"""
