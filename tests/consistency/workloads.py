"""All workloads, in the order in which they are judged."""
from bank import Bank, Pairs
from executions import CurrentExecutions, Executions
from queues import Queue, QueueMessages
from registers import Registers
from shards import Shards
from task_queues import TaskQueues
from versions import ClusterMetadata, Namespaces, QueueMetadata

WORKLOADS = (Shards, TaskQueues, CurrentExecutions, Executions, Queue, QueueMessages, Namespaces, ClusterMetadata, QueueMetadata,
             Bank, Pairs, Registers)
