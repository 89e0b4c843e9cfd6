from tests.flow.stage import *
async def test_a(stage):
    a = await stage.done(tag())
    print(a, stage.effects(a), stage.reasons(a))
    assert stage.has_tag()
async def test_b(earned):
    rs=[await earned.reply(tag(person(n))) for n in range(100)]
    from collections import Counter
    print(Counter(r.state for r in rs))
    with earned.house.store.read() as r:
        print(r.evidence(CRM,TAGGING,'v1'), r.grant(CRM,TAGGING), r.qa_rate_ppm(CRM,TAGGING))
