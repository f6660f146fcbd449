"""Two users, one of whom may use sudo. Passwords come from the stack's configuration and stay encrypted in state."""

import pulumi

import pulumi_ehpc as ehpc

config = pulumi.Config()

team = ehpc.UserSet(
    "team",
    cluster="ehpc-hz-example01",  # or a Cluster of this program
    users=[
        ehpc.UserArgs(name="alice.chen", group="wheel", password=config.require_secret("alicePassword")),
        ehpc.UserArgs(name="bob.smith", password=config.require_secret("bobPassword")),
    ],
)

pulumi.export("users", team.users)
