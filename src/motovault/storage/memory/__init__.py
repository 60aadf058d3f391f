"""The reference implementation of storage, in this process's memory, and the oracle for every other store."""

from motovault.storage.memory.store import MemoryStore, MemoryUnitOfWork

__all__ = ["MemoryStore", "MemoryUnitOfWork"]
