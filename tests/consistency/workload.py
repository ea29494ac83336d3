"""What every workload is made of. The keys of a round are its own, so that a round can be judged by itself: `prepare` makes
them, `loop` is one client's life until the round ends, `final` reads what is stored when all are quiet, and `check` is pure."""


class Workload:
    name = ""
    clients = 0
    schema = ""      # of its own tables
    writes = ()      # tables, of which PostgreSQL is made to have conflicts
    expected = set() # SQLSTATEs that its statements may meet besides conflicts and losses

    def __init__(self, number):
        self.round = number

    def prepare(self, client):
        """Makes the rows of this round. Returns what `check` is to know of the beginning."""

    def loop(self, client, number):
        state = {}
        while not client.ending.is_set():
            self.step(client, number, state)

    def step(self, client, number, state):
        raise NotImplementedError

    def final(self, client):
        raise NotImplementedError

    def check(self, ops, first, final):
        raise NotImplementedError


def of(ops, *kinds, key=None):
    return [op for op in ops if op.kind in kinds and (key is None or op.key == key)]
