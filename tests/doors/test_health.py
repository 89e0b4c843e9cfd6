"""Whether it lives, whether it is ready, what it measures: true to what happens, and without a word of what was sent."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client.parser import text_string_to_metric_families

from remit.core.lifecycle import State
from remit.core.types import Role
from remit.errors import StoreUnavailable
from remit.flow.stop import order
from remit.runner.local import run
from remit.telemetry.metrics import WAITING, Metrics
from remit.telemetry.tracing import Watched
from remit.wire import MONITOR_FILE, installation, watched
from tests.doors.doorway import ADA_KEY, AGENT, agent, knock, tagging
from tests.doors.sessions_of import account, signed_in
from tests.flow.stage import CountedIds, FrozenClock, Stage, person, tag

SECRET = "Annika-Petersdotter-1987"
DOCS = Path(__file__).parents[2] / "docs"
Watching = tuple[Stage, InMemorySpanExporter]


@pytest.fixture(scope="session")
def spans() -> InMemorySpanExporter:
    """Send every span of this process to one place; OpenTelemetry lets that be chosen once."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return exporter


@pytest.fixture
def watching(folder: Path, spans: InMemorySpanExporter) -> Iterator[Watching]:
    """Open the folder as a server does."""
    clock = FrozenClock()
    with installation(folder, clock=clock, ids=CountedIds(1_000_000), telemetry=watched(folder)) as found:
        spans.clear()
        yield Stage(opened=found, house=found.house, clock=clock, ids=CountedIds(2_000_000)), spans


def monitor(stage: Stage) -> str:
    """Return the monitor's token."""
    return (stage.folder / MONITOR_FILE).read_text()


async def scraped(stage: Stage) -> dict[str, float]:
    """Read the metrics as Prometheus would, each sample under its name and labels."""
    async with knock(stage.opened, monitor(stage)) as http:
        reply = await http.get("/metrics")
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"].startswith("text/plain")
    return {
        f"{sample.name}{''.join(sorted(sample.labels.values()))}": sample.value
        for family in text_string_to_metric_families(reply.text)
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


# --------------------------------------------------------------------------------------------------------------------- metrics


async def test_what_happens_is_counted(watching: Watching) -> None:
    stage, _ = watching
    async with agent(stage) as client:
        await client.propose_many([tagging(call_id=f"{n}", grounds=["age"] if n == 0 else []) for n in range(3)])
        await client.propose(tagging(call_id="dry", dry_run=True))
    stage.clock.move(minutes=1)
    found = await scraped(stage)
    assert (found["remit_decisions_totalhold"], found["remit_decisions_totalblock"], found["remit_decisions_totalallow"]) == (
        2,
        1,
        0,
    )
    assert (found["remit_actionsheld"], found["remit_oldest_held_seconds"]) == (2, 60)
    assert found["remit_writer_group_size_count"] >= 1
    assert found["remit_durable_seconds_count"] == found["remit_writer_group_size_count"]
    assert found["remit_unsealed_facts"] > 0
    stage.opened.sealer.seal(stage.clock.now())
    assert (await scraped(stage))["remit_unsealed_facts"] == 0


async def test_what_is_overdue_is_the_lag_of_the_runner(watching: Watching) -> None:
    stage, _ = watching
    await stage.approved(tag())
    stage.clock.move(seconds=3600)
    lag = (await scraped(stage))["remit_runner_lag_seconds"]
    assert 3500 < lag < 3600
    await stage.leave()
    assert (await scraped(stage))["remit_runner_lag_seconds"] == 0


async def test_every_state_in_which_something_waits_is_shown(watching: Watching) -> None:
    found = await scraped(watching[0])
    assert {name.removeprefix("remit_actions") for name in found if name.startswith("remit_actions")} == {
        str(one) for one in WAITING
    }
    ended = {State.PROPOSED, *(state for state in State if state not in WAITING)}
    assert ended.isdisjoint(WAITING)


async def test_only_a_monitor_and_people_who_may_look_read_it(watching: Watching) -> None:
    stage, _ = watching
    await account(stage, "vera", Role.VIEWER)
    async with signed_in(stage, "vera") as http:
        assert (await http.get("/metrics")).status_code == 200
    for token in ("", "wrong", ADA_KEY):
        async with knock(stage.opened, token) as http:
            assert (await http.get("/metrics")).status_code == 401


async def test_where_nothing_is_measured_that_is_said(stage: Stage) -> None:
    async with knock(stage.opened, stage.opened.person_token) as http:
        assert (await http.get("/metrics")).json()["found"] == "nothing is measured here"


def test_a_monitors_token_is_made_once_and_for_its_owner_alone(folder: Path) -> None:
    watched(folder)
    first = (folder / MONITOR_FILE).read_text()
    watched(folder)
    assert ((folder / MONITOR_FILE).read_text(), (folder / MONITOR_FILE).stat().st_mode & 0o077) == (first, 0)


def test_the_page_lists_every_metric_there_is() -> None:
    families = {one.name for one in Metrics().registry.collect()}
    page = (DOCS / "how-to" / "watch.md").read_text()
    listed = set(re.findall(r"^\| `(remit_\w+)", page, re.MULTILINE))
    assert {name.removesuffix("_total") for name in listed} == families


# ---------------------------------------------------------------------------------------------------------------------- traces


async def told(stage: Stage) -> None:
    """Let everything happen with a secret in whatever an agent or a person writes."""
    async with knock(stage.opened, ADA_KEY) as http:
        body = [
            {
                "use_case": "crm",
                "operation": "contact.tag.add",
                "arguments": {"contact": "c0001", "tag": SECRET},
                "call_id": SECRET,
                "reason": SECRET,
                "grounds": [SECRET],
            }
        ]
        headers = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
        assert (await http.post(f"{AGENT}/proposals", json=body, headers=headers)).is_success
        await http.post(f"{AGENT}/proposals", json=[{"arguments": SECRET}])
        await http.get(f"{AGENT}/proposals/{SECRET}")
        await http.post(f"{AGENT}/context/crm/now", json={"where": {"job": SECRET}})
    await stage.done(tag())
    await order(stage.house, "everything", by="dana", reason=SECRET)


def attributes(spans: InMemorySpanExporter) -> str:
    """Write out everything the spans say."""
    return "\n".join(
        f"{one.name} {dict(one.attributes or {})} {one.events} {one.status.description}" for one in spans.get_finished_spans()
    )


async def test_nothing_of_what_was_sent_is_in_a_span_or_a_metric(watching: Watching) -> None:
    stage, spans = watching
    await told(stage)
    assert {"http.request", "propose", "context", "commit", "execute"} <= {one.name for one in spans.get_finished_spans()}
    async with knock(stage.opened, monitor(stage)) as http:
        metrics = (await http.get("/metrics")).text
    for written in (SECRET, SECRET.lower(), "c0001", ADA_KEY):
        assert written not in attributes(spans)
        assert written not in metrics


async def test_a_callers_trace_goes_on(watching: Watching) -> None:
    stage, spans = watching
    await told(stage)
    (asked, *_) = [one for one in spans.get_finished_spans() if one.name == "propose"]
    assert asked.context is not None
    assert f"{asked.context.trace_id:032x}" == "0af7651916cd43dd8448eb211c80319c"
    (around,) = [
        one for one in spans.get_finished_spans() if one.context and asked.parent and one.context.span_id == asked.parent.span_id
    ]
    assert (around.attributes or {})["http.route"] == "/api/v1/proposals"


@pytest.mark.parametrize("parent", ["", "nonsense", "00-0-0-0", "00-" + "f" * 32 + "-" + "0" * 16 + "-01"])
def test_a_trace_that_is_none_is_left_alone(spans: InMemorySpanExporter, parent: str) -> None:
    spans.clear()
    with Watched().span("work", parent=parent):
        pass
    (one,) = spans.get_finished_spans()
    assert one.parent is None


def test_an_error_in_a_span_is_named_by_its_class_alone(spans: InMemorySpanExporter) -> None:
    spans.clear()
    with pytest.raises(ValueError, match=SECRET), Watched().span("work"):
        raise ValueError(SECRET)
    (one,) = spans.get_finished_spans()
    assert (dict(one.attributes or {}), one.events) == ({"error.type": "ValueError"}, ())


# ------------------------------------------------------------------------------------------------------------------- readiness


async def ready(http: httpx.AsyncClient) -> tuple[int, dict[str, str]]:
    """Return the status and what each check found."""
    reply = await http.get("/readyz")
    return reply.status_code, {one["check"]: one["found"] for one in reply.json()["checks"]}


@contextmanager
def going_round(stage: Stage, tell: Callable[[StoreUnavailable], None] = lambda _: None) -> Iterator[asyncio.Task[None]]:
    """Run the runner beside the door."""
    seal = lambda: stage.opened.sealer.seal(stage.clock.now())  # noqa: E731
    task: asyncio.Task[None] = asyncio.create_task(run(stage.house, seal, {}, tell, stage.opened.signs))
    try:
        yield task
    finally:
        task.cancel()


async def until_beat(stage: Stage) -> None:
    """Wait until the runner went round."""
    for _ in range(1000):
        if stage.opened.signs.beat_at is not None:
            return
        await asyncio.sleep(0.01)
    pytest.fail("the runner never went round")


async def test_it_is_ready_while_the_runner_goes_round_and_not_once_it_is_gone(stage: Stage) -> None:
    async with knock(stage.opened, "") as http:
        assert (await ready(http))[0] == 503
        with going_round(stage):
            await until_beat(stage)
            assert await ready(http) == (200, {"store": "", "runner": "", "sealing": ""})
        stage.clock.move(seconds=31)
        assert await ready(http) == (503, {"store": "", "runner": "it does not go round", "sealing": ""})


async def test_facts_without_a_checkpoint_are_told(stage: Stage) -> None:
    stage.opened.signs.beat_at = stage.clock.now() + timedelta(minutes=3)
    await stage.proposed(tag(person(3)))
    stage.clock.move(minutes=2)
    async with knock(stage.opened, "") as http:
        assert (await ready(http))[1]["sealing"] == "facts are left without a checkpoint"
        stage.opened.sealer.seal(stage.clock.now())
        assert (await ready(http))[0] == 200


async def test_a_disk_that_is_full_is_told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(_: Any) -> None:
        await asyncio.sleep(0)
        raise StoreUnavailable(found="database or disk is full")

    with going_round(stage):
        await until_beat(stage)
        monkeypatch.setattr(stage.opened.store, "write", full)
        async with knock(stage.opened, "") as http:
            assert (await ready(http))[1]["store"] == "it cannot be written to"


async def test_that_the_process_lives_is_all_that_health_says(stage: Stage) -> None:
    async with knock(stage.opened, "") as http:
        assert ((await http.get("/healthz")).json(), (await http.get("/healthz")).status_code) == ({"status": "ok"}, 200)
