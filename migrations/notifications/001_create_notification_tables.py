"""Create email_templates with its four templates, and notification_logs, as in the reference schema."""

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "notifications_001"
down_revision = None
branch_labels = ("notifications",)
# no table of theirs is referred to, but what is told about is kept there
depends_on = ("maintenance_001", "documents_001")

# Version 4 of RFC 9562, as 32 digits.
SQLITE_UUID = (
    "(lower(hex(randomblob(6)) || '4' || substr(hex(randomblob(2)), 2)"
    " || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || hex(randomblob(6))))"
)

MAINTENANCE = ["userName", "vehicleName", "category", "subtypes", "dueDate", "dueMileage"]
DOCUMENT = ["userName", "vehicleName", "documentType", "documentTitle", "expirationDate"]
WORK = """\
Vehicle: {{vehicleName}}
Work: {{category}}, {{subtypes}}
Due on: {{dueDate}}
Due at: {{dueMileage}}
"""
PAPER = """\
Vehicle: {{vehicleName}}
Document: {{documentTitle}} ({{documentType}})
"""
TEMPLATES = (
    {
        "template_key": "maintenance_due_soon",
        "name": "Maintenance due soon",
        "description": "Sent when a maintenance schedule comes within its threshold",
        "subject": "Maintenance due soon: {{vehicleName}}",
        "body": f"Hello {{{{userName}}}},\n\nmaintenance of your vehicle is due soon.\n\n{WORK}",
        "variables": MAINTENANCE,
    },
    {
        "template_key": "maintenance_overdue",
        "name": "Maintenance overdue",
        "description": "Sent when a maintenance schedule is past its date or distance",
        "subject": "Maintenance overdue: {{vehicleName}}",
        "body": f"Hello {{{{userName}}}},\n\nmaintenance of your vehicle is overdue.\n\n{WORK}",
        "variables": MAINTENANCE,
    },
    {
        "template_key": "document_expiring",
        "name": "Document expiring soon",
        "description": "Sent when a document comes within 30 days of its expiration",
        "subject": "Document expiring soon: {{documentTitle}}",
        "body": "Hello {{userName}},\n\na document of your vehicle expires soon.\n\n"
        f"{PAPER}Expires on: {{{{expirationDate}}}}\n",
        "variables": DOCUMENT,
    },
    {
        "template_key": "document_expired",
        "name": "Document expired",
        "description": "Sent when the expiration date of a document has passed",
        "subject": "Document expired: {{documentTitle}}",
        "body": "Hello {{userName}},\n\na document of your vehicle has expired.\n\n"
        f"{PAPER}Expired on: {{{{expirationDate}}}}\n",
        "variables": DOCUMENT,
    },
)


def upgrade() -> None:
    is_sqlite = op.get_context().dialect.name == "sqlite"
    moment = sa.String(32) if is_sqlite else sa.DateTime(timezone=True)
    # SQLite's CURRENT_TIMESTAMP has another form, which does not sort beside ours.
    now = sa.text("(strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'))" if is_sqlite else "CURRENT_TIMESTAMP")
    # the reference's uuid_generate_v4() is of an extension, this is PostgreSQL's own
    new_uuid = sa.text(SQLITE_UUID if is_sqlite else "gen_random_uuid()")
    op.create_table(
        "email_templates",
        sa.Column("id", sa.Uuid, nullable=False, server_default=new_uuid),
        sa.Column("template_key", sa.String(50), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column(
            "variables",
            sa.Text() if is_sqlite else postgresql.JSONB(),
            server_default=sa.text("'[]'" if is_sqlite else "'[]'::jsonb"),
        ),
        sa.Column("is_active", sa.Boolean, server_default=sa.true()),
        sa.Column("created_at", moment, server_default=now),
        sa.Column("updated_at", moment, server_default=now),
        sa.PrimaryKeyConstraint("id", name="email_templates_pkey"),
        sa.UniqueConstraint("template_key", name="email_templates_template_key_key"),
        sa.CheckConstraint(
            "template_key IN ('maintenance_due_soon', 'maintenance_overdue',"
            " 'document_expiring', 'document_expired')",
            name="email_templates_template_key_check",
        ),
    )
    op.create_table(
        "notification_logs",
        sa.Column("id", sa.Uuid, nullable=False, server_default=new_uuid),
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.Column("notification_type", sa.String(20), nullable=False),
        sa.Column("template_key", sa.String(50), nullable=False),
        sa.Column("recipient_email", sa.String(255)),
        sa.Column("subject", sa.String(255)),
        sa.Column("reference_type", sa.String(50)),
        sa.Column("reference_id", sa.Uuid),
        sa.Column("status", sa.String(20), server_default="sent"),
        sa.Column("error_message", sa.Text),
        sa.Column("sent_at", moment, server_default=now),
        sa.PrimaryKeyConstraint("id", name="notification_logs_pkey"),
        sa.CheckConstraint(
            "notification_type IN ('email', 'toast')", name="notification_logs_notification_type_check"
        ),
        sa.CheckConstraint("status IN ('pending', 'sent', 'failed')", name="notification_logs_status_check"),
    )
    op.create_index("idx_notification_logs_user_id", "notification_logs", ["user_id"])
    op.create_index(
        "idx_notification_logs_reference_type_reference_id",
        "notification_logs",
        ["reference_type", "reference_id"],
    )
    op.create_index("idx_notification_logs_sent_at", "notification_logs", ["sent_at"])
    templates = sa.table(
        "email_templates",
        *(sa.column(name, sa.Text()) for name in TEMPLATES[0]),
    )
    for template in TEMPLATES:
        # as text, because a script cannot hold JSON otherwise
        variables = sa.literal(json.dumps(template["variables"]), sa.Text())
        as_json = variables if is_sqlite else sa.cast(variables, postgresql.JSONB())
        op.execute(sa.insert(templates).values({**template, "variables": as_json}))


def downgrade() -> None:
    op.drop_table("notification_logs")
    op.drop_table("email_templates")
