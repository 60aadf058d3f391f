"""What ``catalogue`` prints with ``--json``."""

from __future__ import annotations

from motovault.cli.shapes import Shape

__all__ = ["CatalogueImportShape", "CatalogueNamesShape", "CatalogueYearsShape"]


class CatalogueImportShape(Shape):
    """What an import did; all zero but ``read`` where the catalogue held everything already."""

    read: int
    added: int
    removed: int
    engines_added: int
    engines_changed: int
    engines_removed: int
    transmissions_added: int
    transmissions_changed: int
    transmissions_removed: int


class CatalogueNamesShape(Shape):
    """What can be chosen, in the order of the lists."""

    names: tuple[str, ...]


class CatalogueYearsShape(Shape):
    """The model years that have options, the newest first."""

    years: tuple[int, ...]
