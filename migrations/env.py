"""Alembic's environment: nothing is read from an ini file.

``motovault migrate`` (motovault.storage.sql.migrate) runs the revisions and hands
over what they run on. To write a new one, add a file to the folder of its capsule.
A host whose own Alembic is to run them lists those folders, one by one, in its
``version_locations``; this file is of no use to it.
"""

from alembic import context

from motovault.storage.sql.migrate import run_in_environment

run_in_environment(context)
