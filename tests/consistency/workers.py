"""The clients of a round, in several processes: a thread each. They are forked once; their connections outlive a round."""
import multiprocessing
import signal
import threading
import traceback

from client import Client

PROCESSES = 2


class Workers:
    """`kinds` are the Workload classes; every round makes its own of each."""

    def __init__(self, kinds, options, ports):
        fork = multiprocessing.get_context("fork")
        places = [(kind, number) for kind in kinds for number in range(kind.clients)]
        self.pipes, self.processes = [], []
        for process in range(PROCESSES):
            here, there = fork.Pipe()
            self.processes.append(fork.Process(target=serve, daemon=True,
                                               args=(there, places[process::PROCESSES], options, ports)))
            self.processes[-1].start()
            there.close()
            self.pipes.append(here)

    def start(self, number, seconds):
        for pipe in self.pipes:
            pipe.send((number, seconds))

    def ops(self):
        """By workload's name what its clients did. Waits for the end of the round."""
        found = {}
        for pipe in self.pipes:
            ops, failure = pipe.recv()
            if failure:
                raise RuntimeError(f"a client broke down:\n{failure}")
            for name, more in ops.items():
                found.setdefault(name, []).extend(more)
        return found

    def end(self):
        for pipe, process in zip(self.pipes, self.processes):
            pipe.close()
            process.terminate()
            process.join()


def serve(pipe, places, options, ports):
    # Ended by the parent alone, also when a terminal interrupts the whole group.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ending = threading.Event()
    clients = [Client(f"{kind.name}{number}", options.seed, ports, ending, options.weakened, options.vanish)
               for kind, number in places]
    while True:
        try:
            number, seconds = pipe.recv()
        except EOFError:
            return
        pipe.send(play(clients, places, number, seconds, ending))


def play(clients, places, number, seconds, ending):
    ending.clear()
    failures, threads, rounds = [], [], {kind.name: kind(number) for kind, _ in places}

    def live(client, kind, place):
        try:
            rounds[kind.name].loop(client, place)
        except Exception:
            failures.append(traceback.format_exc())
            ending.set()

    for client, (kind, place) in zip(clients, places):
        client.ops = []
        threads.append(threading.Thread(target=live, args=(client, kind, place), daemon=True))
        threads[-1].start()
    ending.wait(seconds)
    ending.set()
    for thread in threads:
        thread.join()
    ops = {}
    for client, (kind, _) in zip(clients, places):
        ops.setdefault(kind.name, []).extend(client.ops)
    return ops, "\n".join(failures[:1])
