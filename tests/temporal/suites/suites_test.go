// Package suites runs Temporal's own persistence suites on a database that is created over the wire, statement by
// statement. The suites are Temporal's; which of them, and on what, is said here.
package suites

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/stretchr/testify/suite"
	"go.temporal.io/server/chasm"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/persistence"
	persistencetests "go.temporal.io/server/common/persistence/persistence-tests"
	"go.temporal.io/server/common/persistence/serialization"
	"go.temporal.io/server/common/persistence/sql"
	"go.temporal.io/server/common/persistence/sql/sqlplugin"
	plugintests "go.temporal.io/server/common/persistence/sql/sqlplugin/tests"
	storetests "go.temporal.io/server/common/persistence/tests"
)

func TestPGX(t *testing.T) { runAll(t, plugin{name: "postgres12_pgx"}) }

func TestPQ(t *testing.T) { runAll(t, plugin{name: "postgres12"}) }

// TestPGXSP sends every value as a literal, for users whose pooler knows no prepared statements.
func TestPGXSP(t *testing.T) {
	runAll(t, plugin{"postgres12_pgx", map[string]string{"default_query_exec_mode": "simple_protocol"}})
}

func runAll(t *testing.T, p plugin) {
	logger := log.NewNoopLogger()
	serializer := serialization.NewSerializer()

	// The stores, through Temporal's SQL implementation of each.
	onFactory := func(name string, run func(*testing.T, *sql.Factory)) {
		t.Run(name, func(t *testing.T) { run(t, create(t, p).factory()) })
	}
	onFactory("ShardStore", func(t *testing.T, f *sql.Factory) {
		suite.Run(t, storetests.NewShardSuite(t, must(f.NewShardStore()), serializer, logger))
	})
	onFactory("ExecutionMutableStateStore", func(t *testing.T, f *sql.Factory) {
		suite.Run(t, storetests.NewExecutionMutableStateSuite(t, must(f.NewShardStore()), must(f.NewExecutionStore()), serializer, logger))
	})
	onFactory("ExecutionMutableStateTaskStore", func(t *testing.T, f *sql.Factory) {
		suite.Run(t, storetests.NewExecutionMutableStateTaskSuite(t, must(f.NewShardStore()), must(f.NewExecutionStore()), serializer, logger))
	})
	onFactory("HistoryStore", func(t *testing.T, f *sql.Factory) {
		suite.Run(t, storetests.NewHistoryEventsSuite(t, must(f.NewExecutionStore()), logger))
	})
	onFactory("TaskQueue", func(t *testing.T, f *sql.Factory) {
		suite.Run(t, storetests.NewTaskQueueSuite(t, must(f.NewTaskStore()), logger))
	})
	onFactory("FairTaskQueue", func(t *testing.T, f *sql.Factory) {
		suite.Run(t, storetests.NewTaskQueueSuite(t, must(f.NewFairTaskStore()), logger))
	})
	onFactory("TaskQueueTask", func(t *testing.T, f *sql.Factory) {
		suite.Run(t, storetests.NewTaskQueueTaskSuite(t, must(f.NewTaskStore()), logger))
	})
	onFactory("TaskQueueFairTask", func(t *testing.T, f *sql.Factory) {
		suite.Run(t, storetests.NewTaskQueueFairTaskSuite(t, must(f.NewFairTaskStore()), logger))
	})
	onFactory("TaskQueueUserData", func(t *testing.T, f *sql.Factory) {
		suite.Run(t, storetests.NewTaskQueueUserDataSuite(t, must(f.NewTaskStore()), logger))
	})
	onFactory("QueueV2", storetests.RunQueueV2TestSuiteForSQL)
	onFactory("NexusEndpoint", storetests.RunNexusEndpointTestSuiteForSQL)
	onFactory("ClosedConnection", closedConnection)

	// The managers above the stores; these suites drop their database themselves.
	onManagers := func(name string, build func(*persistencetests.TestBase) suite.TestingSuite) {
		t.Run(name, func(t *testing.T) { suite.Run(t, build(create(t, p).managers())) })
	}
	onManagers("HistoryV2", func(b *persistencetests.TestBase) suite.TestingSuite {
		return &persistencetests.HistoryV2PersistenceSuite{TestBase: b}
	})
	onManagers("MetadataV2", func(b *persistencetests.TestBase) suite.TestingSuite {
		return &persistencetests.MetadataPersistenceSuiteV2{TestBase: b}
	})
	onManagers("ClusterMetadata", func(b *persistencetests.TestBase) suite.TestingSuite {
		return &persistencetests.ClusterMetadataManagerSuite{TestBase: b}
	})
	onManagers("Queue", func(b *persistencetests.TestBase) suite.TestingSuite {
		return &persistencetests.QueuePersistenceSuite{TestBase: b}
	})

	t.Run("PluginRemaining", func(t *testing.T) { remaining(t, create(t, p).store()) })
	for _, s := range pluginSuites {
		t.Run(s.name, func(t *testing.T) { suite.Run(t, s.build(t, create(t, p).store())) })
	}
}

// The plugin's statements themselves, one suite for each table or two.
var pluginSuites = []struct {
	name  string
	build func(*testing.T, sqlplugin.DB) suite.TestingSuite
}{
	{"PluginNamespace", ofPlugin(plugintests.NewNamespaceSuite)},
	{"PluginQueueMessage", ofPlugin(plugintests.NewQueueMessageSuite)},
	{"PluginQueueMetadata", ofPlugin(plugintests.NewQueueMetadataSuite)},
	{"PluginMatchingTask", ofPlugin(plugintests.NewMatchingTaskSuite)},
	{"PluginMatchingTaskV2", ofPlugin(plugintests.NewMatchingTaskV2Suite)},
	{"PluginMatchingTaskQueue", func(t *testing.T, db sqlplugin.DB) suite.TestingSuite {
		return plugintests.NewMatchingTaskQueueSuite(t, db, sqlplugin.MatchingTaskVersion1)
	}},
	{"PluginMatchingFairTaskQueue", func(t *testing.T, db sqlplugin.DB) suite.TestingSuite {
		return plugintests.NewMatchingTaskQueueSuite(t, db, sqlplugin.MatchingTaskVersion2)
	}},
	{"PluginHistoryShard", ofPlugin(plugintests.NewHistoryShardSuite)},
	{"PluginHistoryNode", ofPlugin(plugintests.NewHistoryNodeSuite)},
	{"PluginHistoryTree", ofPlugin(plugintests.NewHistoryTreeSuite)},
	{"PluginHistoryCurrentExecution", func(t *testing.T, db sqlplugin.DB) suite.TestingSuite {
		return plugintests.NewHistoryCurrentExecutionSuite(t, db, chasm.WorkflowArchetypeID)
	}},
	{"PluginHistoryCurrentChasmExecution", func(t *testing.T, db sqlplugin.DB) suite.TestingSuite {
		return plugintests.NewHistoryCurrentExecutionSuite(t, db, math.MaxUint32)
	}},
	{"PluginHistoryExecution", ofPlugin(plugintests.NewHistoryExecutionSuite)},
	{"PluginHistoryTransferTask", ofPlugin(plugintests.NewHistoryTransferTaskSuite)},
	{"PluginHistoryTimerTask", ofPlugin(plugintests.NewHistoryTimerTaskSuite)},
	{"PluginHistoryReplicationTask", ofPlugin(plugintests.NewHistoryReplicationTaskSuite)},
	{"PluginHistoryVisibilityTask", ofPlugin(plugintests.NewHistoryVisibilityTaskSuite)},
	{"PluginHistoryReplicationDLQTask", ofPlugin(plugintests.NewHistoryReplicationDLQTaskSuite)},
	{"PluginHistoryExecutionBuffer", ofPlugin(plugintests.NewHistoryExecutionBufferSuite)},
	{"PluginHistoryExecutionActivity", ofPlugin(plugintests.NewHistoryExecutionActivitySuite)},
	{"PluginHistoryExecutionChildWorkflow", ofPlugin(plugintests.NewHistoryExecutionChildWorkflowSuite)},
	{"PluginHistoryExecutionTimer", ofPlugin(plugintests.NewHistoryExecutionTimerSuite)},
	{"PluginHistoryExecutionChasm", ofPlugin(plugintests.NewHistoryExecutionChasmSuite)},
	{"PluginHistoryExecutionRequestCancel", ofPlugin(plugintests.NewHistoryExecutionRequestCancelSuite)},
	{"PluginHistoryExecutionSignal", ofPlugin(plugintests.NewHistoryExecutionSignalSuite)},
	{"PluginHistoryExecutionSignalRequest", ofPlugin(plugintests.NewHistoryExecutionSignalRequestSuite)},
}

// ofPlugin forgets the type of a suite, which Temporal does not export, and gives it the part of the plugin it asks for.
func ofPlugin[D any, S suite.TestingSuite](build func(*testing.T, D) S) func(*testing.T, sqlplugin.DB) suite.TestingSuite {
	return func(t *testing.T, db sqlplugin.DB) suite.TestingSuite { return build(t, db.(D)) }
}

// must gives the store that was opened.
func must[S any](store S, err error) S {
	if err != nil {
		panic(err)
	}
	return store
}

// closedConnection stands for the one suite of Temporal that cannot be imported: a store whose connections were
// closed answers with an error that says so, and does not panic.
func closedConnection(t *testing.T, f *sql.Factory) {
	store := must(f.NewShardStore())
	store.Close()
	answer, err := persistence.NewShardManager(store, serialization.NewSerializer()).GetOrCreateShard(context.Background(),
		&persistence.GetOrCreateShardRequest{ShardID: 1, InitialShardInfo: storetests.RandomShardInfo(1, 1)})
	require.Nil(t, answer)
	require.ErrorContains(t, err, sqlplugin.DatabaseUnavailableError.Error())
}
