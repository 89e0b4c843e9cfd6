"""How hard hypothesis tries. `dev` is what plain pytest uses, `make test` takes `ci`, `make soak` takes `soak`.

`make test` tries the same examples every time, so that a red test is a broken change and not somebody else's lucky find; plain
pytest and `make soak` try new ones, and what they find becomes a test of its own.

`make mutate` takes `mutate`: the same few examples every time, and none of the work that makes a failure readable.

No profile has a deadline: machines are shared, and a slow example is no wrong example. Budgets for time stand in `bench/`.
"""

from hypothesis import HealthCheck, Phase, settings

_SLOW_MACHINE = (HealthCheck.too_slow,)

settings.register_profile("dev", deadline=None, max_examples=30, stateful_step_count=20)
settings.register_profile(
    "ci",
    deadline=None,
    max_examples=100,
    stateful_step_count=30,
    derandomize=True,
    print_blob=True,
    suppress_health_check=_SLOW_MACHINE,
)
settings.register_profile(
    "soak", deadline=None, max_examples=2_000, stateful_step_count=80, print_blob=True, suppress_health_check=_SLOW_MACHINE
)
settings.register_profile(
    "mutate", deadline=None, max_examples=20, derandomize=True, database=None, phases=(Phase.explicit, Phase.generate)
)
settings.load_profile("dev")
