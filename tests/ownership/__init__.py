"""Random programs: whatever is renamed, interrupted or refused, nothing is lost and nothing of others is touched.

A seed gives a sequence of programs (``generator``), which a small model of the engine (``engine``, ``steps``,
``preflight``) or the real CLI (``cli``) runs against the fake; after each run ``oracle`` says which rule is broken.

Left out, each where the code says so:

* What an interrupted delete or update did shows in a refresh only, so a refresh follows it (``Oracle.drifted``).
* A group that declares no queue takes nodes of any queue; the queue then cannot be deleted while they are in it
  (``Sequence._is_in_the_way``). 2018-04-12 does not say for which queue a node works (``oracle``).
* What an interrupted create made, and no later program declares, stays (``Oracle.interrupted``).
"""
