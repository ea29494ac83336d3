package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// A kind is one shape of workflow: what the worker must know, and how one of them is run and verified.
type kind struct {
	register func(worker.Registry)
	execute  func(ctx context.Context, c client.Client, o client.StartWorkflowOptions, n int) error
}

var kinds = map[string]kind{
	"activity": {registerActivity, executeActivity},
}

func kindNames() []string { return slices.Sorted(maps.Keys(kinds)) }

func registerActivity(r worker.Registry) {
	r.RegisterWorkflow(oneActivity)
	r.RegisterActivity(greet)
}

func executeActivity(ctx context.Context, c client.Client, o client.StartWorkflowOptions, n int) error {
	started, err := c.ExecuteWorkflow(ctx, o, oneActivity, n)
	if err != nil {
		return err
	}
	var got string
	if err := started.Get(ctx, &got); err != nil {
		return err
	}
	if want := greeting(n); got != want {
		return fmt.Errorf("result is %q, not %q", got, want)
	}
	return nil
}

func oneActivity(ctx workflow.Context, n int) (string, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Second})
	var answer string
	err := workflow.ExecuteActivity(ctx, greet, n).Get(ctx, &answer)
	return answer, err
}

func greet(_ context.Context, n int) (string, error) { return greeting(n), nil }

func greeting(n int) string { return fmt.Sprintf("hello, number %d", n) }
