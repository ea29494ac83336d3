package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
)

// A kind is one shape of workflow: what the worker must know, and how one of them is run and verified.
type kind struct {
	register  func(worker.Registry)
	execute   func(ctx context.Context, c client.Client, o client.StartWorkflowOptions, n int) error
	namespace string // "" is the one asked for
}

var kinds = map[string]kind{
	"activity":        {registerActivity, executeActivity, ""},
	"cancel":          {registerPatient, executeCancel, ""},
	"child":           {registerChild, executeChild, ""},
	"continue-as-new": {registerContinueAsNew, executeContinueAsNew, ""},
	"delete":          {registerActivity, executeDelete, ""},
	"external":        {registerExternal, executeExternal, ""},
	"reset":           {registerReset, executeReset, ""},
	"retention":       {registerActivity, executeRetention, briefNamespace},
	"retry":           {registerRetry, executeRetry, ""},
	"running":         {registerRunning, executeRunning, ""},
	"signal":          {registerSignal, executeSignal, ""},
	"terminate":       {registerPatient, executeTerminate, ""},
	"timer":           {registerTimer, executeTimer, ""},
	"update":          {registerUpdate, executeUpdate, ""},
}

// mixed stands for all of them, one after the other.
const mixed = "mixed"

func kindNames() []string { return slices.Sorted(maps.Keys(kinds)) }

// chosen returns the kinds of a run; workflow n is of kind n modulo their number.
func chosen(name string) ([]kind, error) {
	if name == mixed {
		var all []kind
		for _, one := range kindNames() {
			all = append(all, kinds[one])
		}
		return all, nil
	}
	one, known := kinds[name]
	if !known {
		return nil, fmt.Errorf("unknown --kind %q; known: %v and %s", name, kindNames(), mixed)
	}
	return []kind{one}, nil
}

// begin starts a workflow. The SDK gives up after ten seconds, in which two servers may both be busy taking the shard from
// each other; asked again it finds what was started.
func begin(ctx context.Context, c client.Client, o client.StartWorkflowOptions, workflow any, arguments ...any) (client.WorkflowRun, error) {
	for {
		started, err := c.ExecuteWorkflow(ctx, o, workflow, arguments...)
		if ctx.Err() != nil || !gaveUp(err) {
			return started, err
		}
	}
}

func gaveUp(err error) bool {
	var late *serviceerror.DeadlineExceeded
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &late)
}

// expect runs a workflow to its end and compares its result.
func expect[T comparable](ctx context.Context, c client.Client, o client.StartWorkflowOptions, want T, workflow any, arguments ...any) error {
	started, err := begin(ctx, c, o, workflow, arguments...)
	if err != nil {
		return err
	}
	return expectResult(ctx, started, want)
}

func expectResult[T comparable](ctx context.Context, run client.WorkflowRun, want T) error {
	var got T
	if err := run.Get(ctx, &got); err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("result is %v, not %v", got, want)
	}
	return nil
}
