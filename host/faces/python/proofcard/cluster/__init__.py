"""Many proofs over the machines of a Ray cluster: ``pip install proofcard[ray]``.

    from proofcard import cluster

    proofs = cluster.prove_many(keys, inputs)                 # in the order of the inputs
    proof = cluster.prove_chain(split_keys, x)                # the parts of a split model at once
    serve.run(cluster.application({"digits": keys}))          # the service's paths as a Ray Serve deployment

Queues, retries and lost machines are Ray's. docs/cluster.md.
"""

from ._chain import prove_chain
from ._many import prove_many
from ._serve import application

__all__ = ["application", "prove_chain", "prove_many"]
