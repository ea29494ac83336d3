"""What happens to the servers while clients work: connections of PostgreSQL's are terminated, Occams are told to end or killed,
and started again. Seeded; runs only while a round does."""
import random

import psycopg2
import stack
from disturbance import Disturbance

TERMINATE = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND datname IN ('temporal', 'postgres')
    ORDER BY random() LIMIT 1"""


class Faults(Disturbance):
    left = True  # as long as there are rounds

    def __init__(self, rig, seed):
        super().__init__()
        self.rig, self.random = rig, random.Random(f"{seed}/faults")
        self.done = {"terminated": 0, "ended": 0, "killed": 0}

    def disturb(self):
        connection = psycopg2.connect(stack.uri(self.rig.postgres.port, "postgres"))
        connection.autocommit = True
        cursor, turns = connection.cursor(), 0
        while not self.ending.wait(self.random.uniform(0.2, 1.0)):
            turns += 1
            cursor.execute(TERMINATE)
            self.done["terminated"] += 1
            if turns % 7 == 3:
                kill = self.random.random() < 0.5
                self.rig.restart_occam(self.random.randrange(len(self.rig.occams)), kill)
                self.done["killed" if kill else "ended"] += 1
        connection.close()
