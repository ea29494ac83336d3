"""All workloads, in the order in which they are judged."""
from bank import Bank, Pairs
from leases import Shards, TaskQueues
from registers import Registers

WORKLOADS = (Shards, TaskQueues, Bank, Pairs, Registers)
