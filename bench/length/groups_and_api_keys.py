"""Groups, who belongs to them, and API keys

Revision ID: 20260112101500
Revises: 20260105090000
Create Date: 2026-01-12 10:15:00

"""
import os
import sys
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa

# The helpers lie beside the versions folder, which is not on Python's path.
versions_folder = os.path.dirname(os.path.abspath(__file__))
alembic_folder = os.path.dirname(versions_folder)
if alembic_folder not in sys.path:
    sys.path.append(alembic_folder)

try:
    from migration_utils import (
        column_exists,
        execute_sql_if_condition,
        index_exists,
        migration_summary,
        safe_add_column,
        safe_create_index,
        safe_create_table,
        safe_drop_column,
        safe_drop_index,
        safe_drop_table,
        table_exists,
    )
except ImportError as missing:
    print(f"Warning: migration_utils is not there ({missing}); using the copies in this file")

    def table_exists(table_name):
        inspector = sa.inspect(op.get_bind())
        return table_name in inspector.get_table_names()

    def column_exists(table_name, column_name):
        if not table_exists(table_name):
            return False
        inspector = sa.inspect(op.get_bind())
        return column_name in [column["name"] for column in inspector.get_columns(table_name)]

    def index_exists(table_name, index_name):
        if not table_exists(table_name):
            return False
        inspector = sa.inspect(op.get_bind())
        return index_name in [index["name"] for index in inspector.get_indexes(table_name)]

    def safe_create_table(table_name, *columns, **kwargs):
        try:
            if table_exists(table_name):
                print(f"Table {table_name} is there already, skipped")
                return False
            op.create_table(table_name, *columns, **kwargs)
            print(f"Created table {table_name}")
            return True
        except Exception as problem:
            if "already exists" not in str(problem).lower():
                raise
            print(f"Table {table_name} was made by somebody else, skipped")
            return False

    def safe_drop_table(table_name):
        try:
            if not table_exists(table_name):
                print(f"Table {table_name} is not there, skipped")
                return False
            op.drop_table(table_name)
            print(f"Dropped table {table_name}")
            return True
        except Exception as problem:
            print(f"Warning: table {table_name} could not be dropped: {problem}")
            return False

    def safe_add_column(table_name, column_name, column_type, **kwargs):
        try:
            if column_exists(table_name, column_name):
                print(f"Column {table_name}.{column_name} is there already, skipped")
                return False
            op.add_column(table_name, sa.Column(column_name, column_type, **kwargs))
            print(f"Added column {table_name}.{column_name}")
            return True
        except Exception as problem:
            if "already exists" not in str(problem).lower() and "duplicate column" not in str(problem).lower():
                raise
            print(f"Column {table_name}.{column_name} was made by somebody else, skipped")
            return False

    def safe_drop_column(table_name, column_name):
        try:
            if not column_exists(table_name, column_name):
                print(f"Column {table_name}.{column_name} is not there, skipped")
                return False
            op.drop_column(table_name, column_name)
            print(f"Dropped column {table_name}.{column_name}")
            return True
        except Exception as problem:
            print(f"Warning: column {table_name}.{column_name} could not be dropped: {problem}")
            return False

    def safe_create_index(table_name, column_names, index_name, unique=False):
        try:
            if index_exists(table_name, index_name):
                print(f"Index {index_name} is there already, skipped")
                return False
            op.create_index(index_name, table_name, column_names, unique=unique)
            print(f"Created index {index_name}")
            return True
        except Exception as problem:
            if "already exists" not in str(problem).lower():
                raise
            print(f"Index {index_name} was made by somebody else, skipped")
            return False

    def safe_drop_index(table_name, index_name):
        try:
            if not index_exists(table_name, index_name):
                print(f"Index {index_name} is not there, skipped")
                return False
            op.drop_index(index_name, table_name=table_name)
            print(f"Dropped index {index_name}")
            return True
        except Exception as problem:
            print(f"Warning: index {index_name} could not be dropped: {problem}")
            return False

    def execute_sql_if_condition(sql, condition_sql, description):
        connection = op.get_bind()
        if not connection.execute(sa.text(condition_sql)).scalar():
            print(f"Nothing to do for {description}, skipped")
            return False
        connection.execute(sa.text(sql))
        print(f"Done: {description}")
        return True

    def migration_summary(table_name):
        if not table_exists(table_name):
            print(f"Table {table_name} is not there")
            return
        inspector = sa.inspect(op.get_bind())
        print(f"Table {table_name}:")
        for column in inspector.get_columns(table_name):
            print(f"  {column['name']}: {column['type']}")


# revision identifiers, used by Alembic.
revision: str = "20260112101500"
down_revision: Union[str, None] = "20260105090000"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Creates the groups, adds the API keys, and moves the admins."""
    print("Starting migration: groups, who belongs to them, and API keys")

    safe_create_table(
        "groups",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name", name="groups_name_key"),
    )

    safe_create_table(
        "user_groups",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "group_id"),
    )
    safe_create_index("user_groups", ["group_id"], "user_groups_group_id_idx")

    safe_add_column("users", "api_key", sa.String(length=255), nullable=True)
    safe_create_index("users", ["api_key"], "users_api_key_key", unique=True)
    safe_add_column("users", "api_key_created_at", sa.DateTime(timezone=True), nullable=True)

    for name, label in (("admin", "Administrators"), ("staff", "Staff")):
        execute_sql_if_condition(
            sql=f"INSERT INTO groups (name, label) VALUES ('{name}', '{label}')",
            condition_sql=f"SELECT COUNT(*) = 0 FROM groups WHERE name = '{name}'",
            description=f"creating the group {name}",
        )

    execute_sql_if_condition(
        sql="""
            INSERT INTO user_groups (user_id, group_id)
            SELECT u.id, g.id FROM users u CROSS JOIN groups g
            WHERE u.role = 'admin' AND g.name = 'admin'
              AND NOT EXISTS (SELECT 1 FROM user_groups x WHERE x.user_id = u.id AND x.group_id = g.id)
        """,
        condition_sql="""
            SELECT COUNT(*) > 0 FROM users u CROSS JOIN groups g
            WHERE u.role = 'admin' AND g.name = 'admin'
              AND NOT EXISTS (SELECT 1 FROM user_groups x WHERE x.user_id = u.id AND x.group_id = g.id)
        """,
        description="moving admin users to the admin group",
    )

    migration_summary("user_groups")
    print("Migration completed")


def downgrade() -> None:
    """Takes it all back, the newest first."""
    safe_drop_column("users", "api_key_created_at")
    safe_drop_index("users", "users_api_key_key")
    safe_drop_column("users", "api_key")
    safe_drop_index("user_groups", "user_groups_group_id_idx")
    safe_drop_table("user_groups")
    safe_drop_table("groups")
