"""Every fault that PostgreSQL can report is decided: it passes by itself, or it is the record's own."""

import asyncpg
import pytest

from events.transport.db import is_transient

ABOUT = ("08", "25", "28", "3D", "40", "53", "54", "55", "57", "58", "72", "F0", "XX")
"""The classes in which a fault may have another cause than the row that was written."""
LASTING = {
    *("InvalidTransactionStateError", "ActiveSQLTransactionError", "BranchTransactionAlreadyActiveError"),
    *("InappropriateAccessModeForBranchTransactionError", "InappropriateIsolationLevelForBranchTransactionError"),
    *("NoActiveSQLTransactionForBranchTransactionError", "SchemaAndDataStatementMixingNotSupportedError"),
    *("HeldCursorRequiresSameIsolationLevelError", "NoActiveSQLTransactionError", "InFailedSQLTransactionError"),
    *("ProgramLimitExceededError", "StatementTooComplexError", "TooManyColumnsError", "TooManyArgumentsError"),
    *("TransactionIntegrityConstraintViolationError", "CantChangeRuntimeParamError", "UnsafeNewEnumValueUsageError"),
    "InternalServerError",
}


def reported(*classes: str) -> list[type[asyncpg.PostgresError]]:
    """The errors of these classes, as asyncpg raises them."""
    named = [error for error in vars(asyncpg.exceptions).values() if isinstance(error, type)]
    errors = [error for error in named if issubclass(error, asyncpg.PostgresError)]
    return [error for error in errors if (error.sqlstate or "")[:2] in classes]


@pytest.mark.parametrize("error", reported(*ABOUT), ids=lambda error: error.__name__)
def test_a_fault_that_is_not_the_rows_is_waited_for(error: type[asyncpg.PostgresError]) -> None:
    assert is_transient(error("a fault")) == (error.__name__ not in LASTING)


@pytest.mark.parametrize("error", reported("22", "23", "42", "P0"), ids=lambda error: error.__name__)
def test_a_fault_of_what_was_said_is_not(error: type[asyncpg.PostgresError]) -> None:
    assert not is_transient(error("a fault"))


@pytest.mark.parametrize("error", [asyncpg.InvalidCachedStatementError, ConnectionResetError, TimeoutError])
def test_a_connection_or_a_plan_that_is_no_more_is_made_anew(error: type[Exception]) -> None:
    assert is_transient(error("gone"))


@pytest.mark.parametrize("error", [ValueError, KeyError, ZeroDivisionError])
def test_a_handlers_own_fault_stays(error: type[Exception]) -> None:
    assert not is_transient(error("always"))
