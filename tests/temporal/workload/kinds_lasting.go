package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// The kinds that are about what is left at the end: nothing, or an open workflow.

// executeDelete deletes a completed workflow on request.
func executeDelete(ctx context.Context, c client.Client, o client.StartWorkflowOptions, n int) error {
	if err := executeActivity(ctx, c, o, n); err != nil {
		return err
	}
	_, err := c.WorkflowService().DeleteWorkflowExecution(ctx, &workflowservice.DeleteWorkflowExecutionRequest{
		Namespace: defaultNamespace, WorkflowExecution: &common.WorkflowExecution{WorkflowId: o.ID}})
	if err != nil {
		return err
	}
	return gone(ctx, c, o.ID)
}

// executeRetention lets the namespace's retention delete it.
func executeRetention(ctx context.Context, c client.Client, o client.StartWorkflowOptions, n int) error {
	if err := executeActivity(ctx, c, o, n); err != nil {
		return err
	}
	return gone(ctx, c, o.ID)
}

func gone(ctx context.Context, c client.Client, id string) error {
	return until(ctx, 0, func() error {
		_, err := c.DescribeWorkflowExecution(ctx, id, "")
		var missing *serviceerror.NotFound
		if errors.As(err, &missing) {
			return nil
		}
		return fmt.Errorf("%s should be deleted: %v", id, err)
	})
}

func registerRunning(r worker.Registry) { r.RegisterWorkflow(busy) }

// executeRunning leaves a workflow open, with a timer, an activity that nobody takes and a signal it has seen.
func executeRunning(ctx context.Context, c client.Client, o client.StartWorkflowOptions, n int) error {
	started, err := begin(ctx, c, o, busy)
	if err != nil {
		return err
	}
	if err := c.SignalWorkflow(ctx, o.ID, "", "notice", nil); err != nil {
		return err
	}
	return until(ctx, 0, func() error {
		seen, err := c.DescribeWorkflowExecution(ctx, o.ID, started.GetRunID())
		if err != nil {
			return err
		}
		status, pending := seen.WorkflowExecutionInfo.Status, len(seen.PendingActivities)
		if status != enums.WORKFLOW_EXECUTION_STATUS_RUNNING || pending != 1 || seen.PendingWorkflowTask != nil {
			return fmt.Errorf("it is %s with %d activities", status, pending)
		}
		return nil
	})
}

func busy(ctx workflow.Context) error {
	elsewhere := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Hour, TaskQueue: "nobody is here"})
	pending := workflow.ExecuteActivity(elsewhere, greet, 1)
	day := workflow.NewTimer(ctx, 24*time.Hour)
	workflow.GetSignalChannel(ctx, "notice").Receive(ctx, nil)
	if err := day.Get(ctx, nil); err != nil {
		return err
	}
	return pending.Get(ctx, nil)
}
