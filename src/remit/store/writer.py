"""The one writer: a thread that collects what waits, runs it as a group and makes it durable with one commit.

If a group fails, its works run again one by one under savepoints, so that one refusal costs nobody else anything. If the
database gives up the transaction itself, they run once more, each in a transaction of its own.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from time import perf_counter
from typing import Any, TypeVar

import sqlalchemy as sa

from remit.errors import StoreUnavailable
from remit.ports import Clock, Ids
from remit.ports.telemetry_port import SILENT, Telemetry
from remit.store.transaction import Transaction

T = TypeVar("T")
_Work = tuple[Callable[[Transaction], Any], "Future[Any]", float]
_MOST = 200


class Writer:
    """Runs works in order of arrival. Nothing is answered before it is on disk."""

    def __init__(self, connection: sa.Connection, clock: Clock, ids: Ids, telemetry: Telemetry = SILENT) -> None:
        """Start the thread; from now on the connection belongs to it."""
        self._connection, self._clock, self._ids, self._telemetry = connection, clock, ids, telemetry
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._closed = False
        self._between = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="remit-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Transaction], T]) -> Future[T]:
        """Queue a work; its future is done once the result is durable."""
        if self._closed:
            raise StoreUnavailable("The store is closed.")
        answer: Future[T] = Future()
        self._queue.put((work, answer, perf_counter()))
        return answer

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let no work run for as long as the block lasts; what is submitted meanwhile waits."""
        with self._between:
            yield

    def close(self) -> None:
        """Finish what is queued, then end."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._thread.join()

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            group, last = self._collect(first)
            with self._between, self._telemetry.span("commit", {"remit.works": len(group)}):
                self._run_group(group)
            self._telemetry.committed(len(group), perf_counter() - first[2])
            if last:
                break
        self._connection.close()

    def _collect(self, first: _Work) -> tuple[list[_Work], bool]:
        group = [first]
        while len(group) < _MOST and not self._queue.empty():
            following = self._queue.get()
            if following is None:
                return group, True
            group.append(following)
        return group, False

    def _run_group(self, group: list[_Work]) -> None:
        group = [one for one in group if one[1].set_running_or_notify_cancel()]  # nobody waits for the rest
        try:
            results = self._commit([work for work, _, _ in group])
        except Exception as error:  # noqa: BLE001  # whatever a work raises belongs to whoever asked for it
            if len(group) == 1:
                group[0][1].set_exception(told(error))
            else:
                self._run_one_by_one(group)
        else:
            for (_, answer, _), result in zip(group, results, strict=True):
                answer.set_result(result)

    def _commit(self, works: list[Callable[[Transaction], Any]]) -> list[Any]:
        with self._connection.begin():
            tx = Transaction(self._connection, self._clock, self._ids)
            results = [work(tx) for work in works]
            tx.flush()
        return results

    def _run_one_by_one(self, group: list[_Work]) -> None:
        works = [work for work, _, _ in group]
        try:
            with self._connection.begin():
                outcomes = [self._under_savepoint(work) for work in works]
        except Exception:  # noqa: BLE001  # a full disk ends the whole transaction: nobody's work is durable, so each by itself
            outcomes = [self._alone(work) for work in works]
        for (_, answer, _), (result, refused) in zip(group, outcomes, strict=True):
            if refused is None:
                answer.set_result(result)
            else:
                answer.set_exception(told(refused))

    def _under_savepoint(self, work: Callable[[Transaction], Any]) -> tuple[Any, Exception | None]:
        try:
            with self._connection.begin_nested():
                tx = Transaction(self._connection, self._clock, self._ids)
                result = work(tx)
                tx.flush()
        except sa.exc.OperationalError:  # the database, not the work: what became of the savepoint nobody knows
            raise
        except Exception as error:  # noqa: BLE001  # handed to whoever asked for the work
            return None, error
        return result, None

    def _alone(self, work: Callable[[Transaction], Any]) -> tuple[Any, Exception | None]:
        try:
            return self._commit([work])[0], None
        except Exception as error:  # noqa: BLE001  # handed to whoever asked for the work
            return None, error


def told(error: Exception) -> Exception:
    """Say of an error of the database what can be done about it; any other is returned as it is."""
    if isinstance(error, sa.exc.OperationalError):
        return StoreUnavailable(
            found=str(error.orig), do="Check free space and permissions of the data folder, then `remit doctor`"
        )
    return error
