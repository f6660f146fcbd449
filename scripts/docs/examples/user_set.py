"""Two users, one of whom may use sudo. The passwords are secrets of the stack's configuration."""

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
