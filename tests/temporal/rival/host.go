package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/metrics"
	"go.temporal.io/server/common/persistence"
	"go.temporal.io/server/common/persistence/serialization"
	"go.temporal.io/server/common/persistence/sql"
	"go.temporal.io/server/common/persistence/sql/sqlplugin"
	_ "go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql" // registers the plugins
	"go.temporal.io/server/common/resolver"
)

const (
	// A task's id begins with the range in which it was given out; so many bits are the range's own
	// (RangeSizeBits in the server's service/history/configs/config.go).
	rangeBits = 20
	allTasks  = 1 << 20
	lookAgain = 10 * time.Millisecond
	patience  = 20 * time.Second
)

// A steal is what became of one attempt: `stolen`, `too late` (the owner moved first), or an error.
type steal struct {
	At      time.Time `json:"at"`
	Shard   int32     `json:"shard"`
	Range   int64     `json:"range"` // the one that was acquired, or was to be
	Outcome string    `json:"outcome"`
	// Ids of tasks that the former owner wrote after its range had ended: what the shard's fence is to keep out.
	Late []int64 `json:"late,omitempty"`
}

// A host acquires shards as a history service does (service/history/shard/context_impl.go, renewRangeLocked).
type host struct {
	factory *sql.Factory
	shards  persistence.ShardManager
	rows    sqlplugin.DB
	watch   time.Duration
}

func newHost(o options) (*host, error) {
	if _, _, err := net.SplitHostPort(o.main); err != nil {
		return nil, err
	}
	store := config.SQL{PluginName: o.plugin, DatabaseName: "temporal", ConnectAddr: o.main, ConnectProtocol: "tcp", User: "temporal",
		Password: "temporal", MaxConns: 4, MaxIdleConns: 4}
	serializer := serialization.NewSerializer()
	factory := sql.NewFactory(store, resolver.NewNoopResolver(), "active", log.NewNoopLogger(), metrics.NoopMetricsHandler, serializer)
	shards, err := factory.NewShardStore()
	if err != nil {
		return nil, err
	}
	rows, err := factory.GetDB()
	if err != nil {
		return nil, err
	}
	return &host{factory, persistence.NewShardManager(shards, serializer), rows, o.watch}, nil
}

func (h *host) close() { h.factory.Close() }

func (h *host) steal(ctx context.Context, shard int32) steal {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	s := steal{Shard: shard}
	s.Outcome = outcome(h.acquire(ctx, &s))
	s.At = time.Now()
	if s.Outcome == "stolen" {
		late, err := h.await(ctx, s)
		if err != nil {
			s.Outcome = "stolen, but its tasks cannot be read: " + err.Error()
		}
		s.Late = late
	}
	return s
}

func (h *host) acquire(ctx context.Context, s *steal) error {
	have, err := h.shards.GetOrCreateShard(ctx, &persistence.GetOrCreateShardRequest{ShardID: s.Shard, LifecycleContext: ctx})
	if err != nil {
		return err
	}
	info := have.ShardInfo
	previous := info.GetRangeId()
	info.RangeId++
	info.StolenSinceRenew++
	info.Owner = "rival"
	s.Range = info.RangeId
	return h.shards.UpdateShard(ctx, &persistence.UpdateShardRequest{ShardInfo: info, PreviousRangeID: previous})
}

func outcome(err error) string {
	var lost *persistence.ShardOwnershipLostError
	switch {
	case err == nil:
		return "stolen"
	case errors.As(err, &lost):
		return "too late"
	default:
		return err.Error()
	}
}

// await looks for tasks with ids of the ranges before this one that were not there when it was acquired. A history
// service writes a shard's tasks one transaction at a time (history.shardIOConcurrency is 1) in the order of their ids,
// so a higher id that appears now was committed now.
func (h *host) await(ctx context.Context, s steal) ([]int64, error) {
	before, err := h.tasksOfOthers(ctx, s, 0)
	if err != nil {
		return nil, err
	}
	highest := int64(0)
	for _, id := range before {
		highest = max(highest, id)
	}
	ended := time.After(h.watch)
	for {
		late, err := h.tasksOfOthers(ctx, s, highest+1)
		if err != nil || len(late) > 0 {
			return late, err
		}
		select {
		case <-ended:
			return nil, nil
		case <-time.After(lookAgain):
		}
	}
}

func (h *host) tasksOfOthers(ctx context.Context, s steal, from int64) ([]int64, error) {
	var ids []int64
	transfer, err := h.rows.RangeSelectFromTransferTasks(ctx, sqlplugin.TransferTasksRangeFilter{ShardID: s.Shard,
		InclusiveMinTaskID: from, ExclusiveMaxTaskID: s.Range << rangeBits, PageSize: allTasks})
	if err != nil {
		return nil, fmt.Errorf("transfer_tasks: %w", err)
	}
	for _, row := range transfer {
		ids = append(ids, row.TaskID)
	}
	visibility, err := h.rows.RangeSelectFromVisibilityTasks(ctx, sqlplugin.VisibilityTasksRangeFilter{ShardID: s.Shard,
		InclusiveMinTaskID: from, ExclusiveMaxTaskID: s.Range << rangeBits, PageSize: allTasks})
	if err != nil {
		return nil, fmt.Errorf("visibility_tasks: %w", err)
	}
	for _, row := range visibility {
		ids = append(ids, row.TaskID)
	}
	return ids, nil
}
