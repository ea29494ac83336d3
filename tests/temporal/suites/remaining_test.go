package suites

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/server/common/persistence/sql/sqlplugin"
	"go.temporal.io/server/common/primitives"
)

// remaining asks what the plugin can ask and no suite of Temporal does: the listings of its scavengers, histories read
// backwards, and build ids.
func remaining(t *testing.T, db sqlplugin.DB) {
	t.Run("TaskQueueListings", func(t *testing.T) { taskQueueListings(t, db) })
	t.Run("HistoryBackwards", func(t *testing.T) { historyBackwards(t, db) })
	t.Run("BuildIds", func(t *testing.T) { buildIds(t, db) })
	t.Run("ClusterMetadataPage", func(t *testing.T) { clusterMetadataPage(t, db) })
	t.Run("TasksFrom", func(t *testing.T) { tasksFrom(t, db) })
}

func taskQueueListings(t *testing.T, db sqlplugin.DB) {
	ctx, page := context.Background(), 2
	for _, version := range []sqlplugin.MatchingTaskVersion{sqlplugin.MatchingTaskVersion1, sqlplugin.MatchingTaskVersion2} {
		for _, name := range []string{"a", "b", "c"} {
			_, err := db.InsertIntoTaskQueues(ctx, &sqlplugin.TaskQueuesRow{RangeHash: 7, TaskQueueID: []byte(name), RangeID: 1,
				Data: []byte("queue " + name), DataEncoding: "Proto3"}, version)
			require.NoError(t, err)
		}
		names := func(filter sqlplugin.TaskQueuesFilter) string {
			filter.PageSize = &page
			rows, err := db.SelectFromTaskQueues(ctx, filter, version)
			require.NoError(t, err)
			joined := ""
			for _, row := range rows {
				joined += string(row.TaskQueueID)
			}
			return joined
		}
		// The scavenger begins with an empty name.
		require.Equal(t, "ab", names(sqlplugin.TaskQueuesFilter{RangeHash: 7, TaskQueueIDGreaterThan: []byte{}}))
		require.Equal(t, "bc", names(sqlplugin.TaskQueuesFilter{RangeHash: 7, TaskQueueIDGreaterThan: []byte("a")}))
		require.Equal(t, "c", names(sqlplugin.TaskQueuesFilter{RangeHashGreaterThanEqualTo: 1, RangeHashLessThanEqualTo: 9,
			TaskQueueIDGreaterThan: []byte("b")}))
		require.Empty(t, names(sqlplugin.TaskQueuesFilter{RangeHashGreaterThanEqualTo: 8, RangeHashLessThanEqualTo: 9,
			TaskQueueIDGreaterThan: []byte{}}))
	}
}

func historyBackwards(t *testing.T, db sqlplugin.DB) {
	ctx, tree, branch := context.Background(), primitives.NewUUID(), primitives.NewUUID()
	for node := range int64(4) {
		_, err := db.InsertIntoHistoryNode(ctx, &sqlplugin.HistoryNodeRow{ShardID: 1, TreeID: tree, BranchID: branch, NodeID: node + 1,
			PrevTxnID: node, TxnID: node + 1, Data: fmt.Append(nil, "batch ", node), DataEncoding: "Proto3"})
		require.NoError(t, err)
	}
	rows, err := db.RangeSelectFromHistoryNode(ctx, sqlplugin.HistoryNodeSelectFilter{ShardID: 1, TreeID: tree, BranchID: branch,
		MinNodeID: 2, MaxNodeID: 4, MaxTxnID: 4, PageSize: 10, ReverseOrder: true})
	require.NoError(t, err)
	var nodes []int64
	for _, row := range rows {
		nodes = append(nodes, row.NodeID)
	}
	require.Equal(t, []int64{3, 2}, nodes)
}

func buildIds(t *testing.T, db sqlplugin.DB) {
	ctx, namespace := context.Background(), primitives.NewUUID()
	for _, queue := range []string{"one", "two"} {
		require.NoError(t, db.UpdateTaskQueueUserData(ctx, &sqlplugin.UpdateTaskQueueDataRequest{NamespaceID: namespace,
			TaskQueueName: queue, Data: []byte("data of " + queue), DataEncoding: "Proto3"}))
		require.NoError(t, db.AddToBuildIdToTaskQueueMapping(ctx, sqlplugin.AddToBuildIdToTaskQueueMapping{NamespaceID: namespace,
			TaskQueueName: queue, BuildIds: []string{"build a", "build b"}}))
	}
	entries, err := db.ListTaskQueueUserDataEntries(ctx, &sqlplugin.ListTaskQueueUserDataEntriesRequest{NamespaceID: namespace,
		LastTaskQueueName: "one", Limit: 10})
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, "data of two", string(entries[0].Data))

	of := func(build string) []string {
		queues, err := db.GetTaskQueuesByBuildId(ctx, &sqlplugin.GetTaskQueuesByBuildIdRequest{NamespaceID: namespace, BuildID: build})
		require.NoError(t, err)
		count, err := db.CountTaskQueuesByBuildId(ctx, &sqlplugin.CountTaskQueuesByBuildIdRequest{NamespaceID: namespace, BuildID: build})
		require.NoError(t, err)
		require.Equal(t, len(queues), count)
		return queues
	}
	require.ElementsMatch(t, []string{"one", "two"}, of("build a"))
	require.NoError(t, db.RemoveFromBuildIdToTaskQueueMapping(ctx, sqlplugin.RemoveFromBuildIdToTaskQueueMapping{NamespaceID: namespace,
		TaskQueueName: "one", BuildIds: []string{"build a", "build b"}}))
	require.Equal(t, []string{"two"}, of("build a"))
}

func clusterMetadataPage(t *testing.T, db sqlplugin.DB) {
	ctx, page := context.Background(), 10
	for _, name := range []string{"east", "west"} {
		_, err := db.SaveClusterMetadata(ctx, &sqlplugin.ClusterMetadataRow{ClusterName: name, Data: []byte(name), DataEncoding: "Proto3"})
		require.NoError(t, err)
	}
	rows, err := db.ListClusterMetadata(ctx, &sqlplugin.ClusterMetadataFilter{ClusterName: "east", PageSize: &page})
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.Equal(t, "west", string(rows[0].Data))
}

func tasksFrom(t *testing.T, db sqlplugin.DB) {
	ctx, first, page := context.Background(), int64(2), 10
	var rows []sqlplugin.TasksRow
	for id := range int64(3) {
		rows = append(rows, sqlplugin.TasksRow{RangeHash: 7, TaskQueueID: []byte("queue"), TaskID: id + 1, Data: []byte("task"), DataEncoding: "Proto3"})
	}
	_, err := db.InsertIntoTasks(ctx, rows)
	require.NoError(t, err)
	found, err := db.SelectFromTasks(ctx, sqlplugin.TasksFilter{RangeHash: 7, TaskQueueID: []byte("queue"), InclusiveMinTaskID: &first, PageSize: &page})
	require.NoError(t, err)
	require.Len(t, found, 2)
}
