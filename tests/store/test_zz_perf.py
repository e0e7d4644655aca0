import random, time
from datetime import timedelta
from skills.words import Said
ANA, BO, OPS, DEV = "lark:t:ou_ana", "lark:t:ou_bo", "lark:t:oc_ops", "lark:t:oc_dev"
async def test_perf(company):
    d = random.Random(1)
    vocab = [f"w{i}ord" for i in range(20000)]
    weights = [1/(i+1) for i in range(20000)]
    await company.join(ANA, back=90); await company.join(ANA, DEV, back=90)
    t0=time.time()
    for chat, n in ((OPS, 40000), (DEV, 10000)):
        for b in range(0, n, 500):
            saids=[Said(ANA, chat, f"om_{chat}_{b+i}", company.now - timedelta(days=1, seconds=b+i), " ".join(d.choices(vocab, weights, k=12))) for i in range(500)]
            assert await company.store.backfill(ANA, chat, saids) == 500
    print("backfill 50k", time.time()-t0)
    company.alter("ANALYZE")
    g = await company.grant(ANA, BO)
    ts=[]
    for _ in range(40):
        t=time.time(); r = await company.store.recall(g, " ".join(d.choices(vocab, weights, k=4))); ts.append(time.time()-t)
    ts.sort(); print("recall p50", ts[20], "max", ts[-1], len(r))
    t=time.time(); a=await company.store.deliver(g, [p.id for p in (await company.store.own(ANA, OPS))[:3]]); print("deliver", time.time()-t, a)
    t=time.time(); gone = await company.leave(ANA, OPS); print("leave", time.time()-t)
    t=time.time(); e = await company.store.erase(gone.id); print("erase partial 40k/10k stays", time.time()-t, e.counts, e.residue)
    t=time.time(); gone = await company.leave(ANA); print("leave", time.time()-t)
    t=time.time(); e = await company.store.erase(gone.id); print("erase 10k", time.time()-t, e.counts, e.residue)
