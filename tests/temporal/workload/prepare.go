package main

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"
)

const prepareBound = 3 * time.Minute

// prepare returns once the server answers, the namespace exists, and every service knows it.
func prepare(ctx context.Context, c client.Client, o options) error {
	ctx, cancel := context.WithTimeout(ctx, prepareBound)
	defer cancel()
	steps := []struct {
		name string
		try  func() error
	}{
		{"frontend healthy", func() error {
			_, err := c.CheckHealth(ctx, &client.CheckHealthRequest{})
			return err
		}},
		{"namespace registered", func() error { return register(ctx, c, o.namespace) }},
		{"history and matching serve the namespace", func() error { return probe(ctx, c) }},
	}
	for _, step := range steps {
		if err := until(ctx, o.serverPid, step.try); err != nil {
			return fmt.Errorf("not reached: %s: %w", step.name, err)
		}
		fmt.Println("workload:", step.name)
	}
	return nil
}

// until repeats a call that the server refuses while it starts; a dead server ends it at once.
func until(ctx context.Context, pid int, try func() error) error {
	for {
		err := try()
		if err == nil {
			return nil
		}
		if pid > 0 && syscall.Kill(pid, 0) != nil {
			return fmt.Errorf("the server process %d is gone", pid)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func register(ctx context.Context, c client.Client, name string) error {
	_, err := c.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace:                        name,
		WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
	})
	var exists *serviceerror.NamespaceAlreadyExists
	if errors.As(err, &exists) {
		return nil
	}
	return err
}

// probe asks for workflows that do not exist, spread over all shards: the honest answer needs a
// history service that owns them. A new namespace is unknown to the caches for some seconds.
func probe(ctx context.Context, c client.Client) error {
	for n := range 32 {
		_, err := c.DescribeWorkflowExecution(ctx, fmt.Sprintf("probe-%d", n), "")
		var missing *serviceerror.NotFound
		if !errors.As(err, &missing) {
			return fmt.Errorf("probe: %v", err)
		}
	}
	return nil
}
