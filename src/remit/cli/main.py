"""The `remit` command: puts the commands together and turns errors into a message and an exit status."""

from __future__ import annotations

import json
import sys

import typer

from remit.cli import (
    agent_keys,
    answering,
    backing_up,
    caring,
    cataloguing,
    changing,
    chartering,
    erasing,
    evaluating,
    evidencing,
    exporting,
    importing,
    incidents,
    install,
    levelling,
    limiting,
    login,
    mapping,
    measuring,
    notifying,
    packing,
    policies,
    rebuilding,
    registering,
    restoring,
    roles,
    sealing,
    serving,
    settling,
    stopping,
    suites,
    teaching,
    telling,
    undoing,
    users,
    verifying,
    violating,
    waiting,
    work,
)
from remit.cli.usage import Remit
from remit.errors import RemitError

app = typer.Typer(
    name="remit",
    cls=Remit,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Decides how much of an action a marketing AI agent may do alone, and moves that line on evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("init")(install.init)
app.command("doctor")(install.doctor)
app.command("backup")(backing_up.backup)
app.command("restore")(restoring.restore)
app.command("erase")(erasing.erase)
app.command("register")(registering.register)
app.command("serve")(serving.serve)
app.command("propose")(work.propose)
app.command("inbox")(work.inbox)
app.command("why")(work.why)
app.command("answer")(answering.answer)
app.command("take-back")(answering.take_back)
app.command("claim")(waiting.claim)
app.command("unclaim")(waiting.unclaim)
app.add_typer(waiting.away, name="away")
app.add_typer(notifying.app, name="notify")
app.add_typer(caring.app, name="care")
app.command("cancel")(settling.cancel)
app.command("undo")(undoing.undo)
app.command("levels")(work.levels)
app.command("level")(levelling.level)
app.command("sign")(work.sign)
app.add_typer(settling.unclear, name="unclear")
app.command("connectors")(settling.connectors)
app.command("limits")(limiting.limits)
app.command("measure")(measuring.measure)
app.command("demo")(telling.demo)
app.command("login")(login.login)
app.command("logout")(login.logout)
app.add_typer(users.app, name="user")
app.add_typer(roles.app, name="role")
app.add_typer(agent_keys.app, name="key")
app.add_typer(cataloguing.app, name="catalogue")
chartering.app.command("diff")(changing.diff)
chartering.app.command("adopt")(changing.adopt)
policies.app.command("eval")(evaluating.evaluate)
app.add_typer(chartering.app, name="charter")
app.add_typer(evidencing.app, name="evidence")
app.add_typer(suites.app, name="suite")
app.command("map")(mapping.show_map)
app.add_typer(packing.app, name="pack")
app.add_typer(policies.app, name="policy")
app.add_typer(stopping.app, name="stop")
verifying.app.command("checkpoint")(sealing.checkpoint)
verifying.app.command("import-checkpoint")(sealing.import_checkpoint)
verifying.app.command("key")(sealing.key)
verifying.app.command("rotate-key")(sealing.rotate_key)
verifying.app.command("export")(exporting.export_ledger)
verifying.app.command("rebuild")(rebuilding.rebuild)
app.command("export")(exporting.export_table)
app.add_typer(importing.app, name="import")
app.add_typer(importing.past, name="history")
app.add_typer(teaching.app, name="feedback")
app.add_typer(verifying.app, name="ledger")
app.add_typer(violating.app, name="violations")
app.add_typer(incidents.app, name="incident")
app.add_typer(incidents.drills, name="drill")


def main() -> None:
    """Run the command; an error leaves its message on standard error and its status as exit status."""
    try:
        app()
    except RemitError as error:
        _tell(error)
        sys.exit(error.exit_status)


def _tell(error: RemitError) -> None:
    if "--json" in sys.argv:
        told = {"code": error.code, "title": error.message, "asked": error.asked, "found": error.found, "do": error.do}
        sys.stderr.write(json.dumps(told) + "\n")
        return
    sys.stderr.write(f"remit: {error.message}\n")
    for label, value in (("asked", error.asked), ("found", error.found), ("do", error.do)):
        if value:
            sys.stderr.write(f"  {label:<6} {value}\n")
