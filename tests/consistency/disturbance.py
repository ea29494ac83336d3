"""Work beside the clients, on a thread of its own from start to stop. What it fails with is raised where it is stopped."""
import threading


class Disturbance:
    def __init__(self):
        self.ending, self.thread, self.failure = None, None, None

    def disturb(self):
        """Until `ending` is set."""
        raise NotImplementedError

    def start(self):
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def stop(self):
        self.ending.set()
        self.thread.join()
        if self.failure:
            raise self.failure

    def run(self):
        try:
            self.disturb()
        except Exception as failure:
            self.failure = failure
