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

const (
	prepareBound     = 3 * time.Minute
	defaultNamespace = "default"
	// In this one a closed workflow is deleted at once.
	briefNamespace = "brief"
)

// prepare returns once the server answers, the namespaces exist, and every service knows them.
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
		{"namespaces registered", func() error {
			if err := register(ctx, c, defaultNamespace, 24*time.Hour); err != nil {
				return err
			}
			return register(ctx, c, briefNamespace, time.Second)
		}},
		{"history serves both namespaces", func() error {
			if err := probe(ctx, c); err != nil {
				return err
			}
			brief, err := inNamespace(c, briefNamespace)
			if err != nil {
				return err
			}
			defer brief.Close()
			return probe(ctx, brief)
		}},
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

func inNamespace(c client.Client, name string) (client.Client, error) {
	return client.NewClientFromExisting(c, client.Options{Namespace: name, Logger: logger()})
}

func register(ctx context.Context, c client.Client, name string, retention time.Duration) error {
	_, err := c.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace:                        name,
		WorkflowExecutionRetentionPeriod: durationpb.New(retention),
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
