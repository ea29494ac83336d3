package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// The kinds that end by themselves.

func registerActivity(r worker.Registry) {
	r.RegisterWorkflow(oneActivity)
	r.RegisterActivity(greet)
}

func executeActivity(ctx context.Context, c client.Client, o client.StartWorkflowOptions, n int) error {
	return expect(ctx, c, o, greeting(n), oneActivity, n)
}

func oneActivity(ctx workflow.Context, n int) (string, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Second})
	var answer string
	err := workflow.ExecuteActivity(ctx, greet, n).Get(ctx, &answer)
	return answer, err
}

func greet(_ context.Context, n int) (string, error) { return greeting(n), nil }

func greeting(n int) string { return fmt.Sprintf("hello, number %d", n) }

func registerRetry(r worker.Registry) {
	r.RegisterWorkflow(untilGood)
	r.RegisterActivity(goodAtLast)
}

func executeRetry(ctx context.Context, c client.Client, o client.StartWorkflowOptions, n int) error {
	return expect(ctx, c, o, goodAttempt, untilGood)
}

// The first attempt that may succeed. On a busy machine it may be a later one: an attempt that times out counts, too.
const goodAttempt int32 = 3

// untilGood has an activity that fails twice.
func untilGood(ctx workflow.Context) (int32, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: 50 * time.Millisecond}})
	var answer int32
	err := workflow.ExecuteActivity(ctx, goodAtLast).Get(ctx, &answer)
	return answer, err
}

func goodAtLast(ctx context.Context) (int32, error) {
	if activity.GetInfo(ctx).Attempt < goodAttempt {
		// Benign, so that nobody's log calls it an error.
		return 0, temporal.NewApplicationErrorWithOptions("not yet", "early", temporal.ApplicationErrorOptions{
			Category: temporal.ApplicationErrorCategoryBenign})
	}
	return goodAttempt, nil
}

func registerTimer(r worker.Registry) { r.RegisterWorkflow(timers) }

func executeTimer(ctx context.Context, c client.Client, o client.StartWorkflowOptions, n int) error {
	return expect(ctx, c, o, "first", timers)
}

// timers waits for the shorter of two, and calls the other off.
func timers(ctx workflow.Context) (string, error) {
	longer, cancel := workflow.WithCancel(ctx)
	winner := ""
	selector := workflow.NewSelector(ctx)
	selector.AddFuture(workflow.NewTimer(ctx, 200*time.Millisecond), func(workflow.Future) { winner = "first" })
	selector.AddFuture(workflow.NewTimer(longer, time.Hour), func(workflow.Future) { winner = "second" })
	selector.Select(ctx)
	cancel()
	// One more workflow task, so that the cancel is written by itself.
	return winner, workflow.Sleep(ctx, 10*time.Millisecond)
}

func registerChild(r worker.Registry) {
	registerActivity(r)
	r.RegisterWorkflow(parent)
}

func executeChild(ctx context.Context, c client.Client, o client.StartWorkflowOptions, n int) error {
	return expect(ctx, c, o, greeting(n)+", "+greeting(n+1), parent, n)
}

func parent(ctx workflow.Context, n int) (string, error) {
	var started []workflow.ChildWorkflowFuture
	for i := range 2 {
		started = append(started, workflow.ExecuteChildWorkflow(ctx, oneActivity, n+i))
	}
	var answers []string
	for _, child := range started {
		var answer string
		if err := child.Get(ctx, &answer); err != nil {
			return "", err
		}
		answers = append(answers, answer)
	}
	return strings.Join(answers, ", "), nil
}

func registerContinueAsNew(r worker.Registry) { r.RegisterWorkflow(countdown) }

func executeContinueAsNew(ctx context.Context, c client.Client, o client.StartWorkflowOptions, n int) error {
	return expect(ctx, c, o, 3, countdown, 3, 0)
}

func countdown(ctx workflow.Context, left, done int) (int, error) {
	if left == 0 {
		return done, nil
	}
	return 0, workflow.NewContinueAsNewError(ctx, countdown, left-1, done+1)
}
