package main

import (
	"context"
	"errors"
	"fmt"

	"go.temporal.io/api/batch/v1"
	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// The kinds that somebody outside brings to their end.

func registerSignal(r worker.Registry) { r.RegisterWorkflow(adder) }

func executeSignal(ctx context.Context, c client.Client, o client.StartWorkflowOptions, n int) error {
	started, err := c.SignalWithStartWorkflow(ctx, o.ID, "add", n, o, adder)
	if err != nil {
		return err
	}
	for range 2 {
		if err := c.SignalWorkflow(ctx, o.ID, "", "add", n); err != nil {
			return err
		}
	}
	return expectResult(ctx, started, 3*n)
}

func adder(ctx workflow.Context) (int, error) {
	sum := 0
	for range 3 {
		var n int
		workflow.GetSignalChannel(ctx, "add").Receive(ctx, &n)
		sum += n
	}
	return sum, nil
}

func registerUpdate(r worker.Registry) { r.RegisterWorkflow(account) }

func executeUpdate(ctx context.Context, c client.Client, o client.StartWorkflowOptions, n int) error {
	started, err := begin(ctx, c, o, account)
	if err != nil {
		return err
	}
	for _, want := range []int{n, 2 * n} {
		update, err := c.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{WorkflowID: o.ID, UpdateName: "deposit", Args: []any{n},
			WaitForStage: client.WorkflowUpdateStageCompleted})
		if err != nil {
			return err
		}
		var got int
		if err := update.Get(ctx, &got); err != nil || got != want {
			return fmt.Errorf("update answers %d, not %d: %w", got, want, err)
		}
	}
	answer, err := c.QueryWorkflow(ctx, o.ID, "", "balance")
	if err != nil {
		return err
	}
	var balance int
	if err := answer.Get(&balance); err != nil || balance != 2*n {
		return fmt.Errorf("query answers %d, not %d: %w", balance, 2*n, err)
	}
	if err := c.SignalWorkflow(ctx, o.ID, "", "close", nil); err != nil {
		return err
	}
	return expectResult(ctx, started, 2*n)
}

func account(ctx workflow.Context) (int, error) {
	balance := 0
	err := workflow.SetUpdateHandler(ctx, "deposit", func(_ workflow.Context, n int) (int, error) {
		balance += n
		return balance, nil
	})
	if err == nil {
		err = workflow.SetQueryHandler(ctx, "balance", func() (int, error) { return balance, nil })
	}
	if err != nil {
		return 0, err
	}
	workflow.GetSignalChannel(ctx, "close").Receive(ctx, nil)
	return balance, nil
}

func registerPatient(r worker.Registry) { r.RegisterWorkflow(patient) }

// patient waits until it is cancelled, or for ever.
func patient(ctx workflow.Context) error {
	ctx.Done().Receive(ctx, nil)
	return ctx.Err()
}

func executeCancel(ctx context.Context, c client.Client, o client.StartWorkflowOptions, n int) error {
	started, err := begin(ctx, c, o, patient)
	if err != nil {
		return err
	}
	if err := c.CancelWorkflow(ctx, o.ID, ""); err != nil {
		return err
	}
	err = started.Get(ctx, nil)
	var canceled *temporal.CanceledError
	if !errors.As(err, &canceled) {
		return fmt.Errorf("it should end as canceled: %w", err)
	}
	return expectStatus(ctx, c, o.ID, started.GetRunID(), enums.WORKFLOW_EXECUTION_STATUS_CANCELED)
}

func registerExternal(r worker.Registry) {
	registerSignal(r)
	registerPatient(r)
	r.RegisterWorkflow(conductor)
}

func executeExternal(ctx context.Context, c client.Client, o client.StartWorkflowOptions, n int) error {
	return expect(ctx, c, o, 3*n, conductor, n)
}

// conductor signals one workflow and cancels another, both of which it started.
func conductor(ctx workflow.Context, n int) (int, error) {
	adding := workflow.ExecuteChildWorkflow(ctx, adder)
	waiting := workflow.ExecuteChildWorkflow(ctx, patient)
	var first, second workflow.Execution
	if err := adding.GetChildWorkflowExecution().Get(ctx, &first); err != nil {
		return 0, err
	}
	if err := waiting.GetChildWorkflowExecution().Get(ctx, &second); err != nil {
		return 0, err
	}
	for range 3 {
		if err := workflow.SignalExternalWorkflow(ctx, first.ID, first.RunID, "add", n).Get(ctx, nil); err != nil {
			return 0, err
		}
	}
	if err := workflow.RequestCancelExternalWorkflow(ctx, second.ID, second.RunID).Get(ctx, nil); err != nil {
		return 0, err
	}
	var canceled *temporal.CanceledError
	if err := waiting.Get(ctx, nil); !errors.As(err, &canceled) {
		return 0, fmt.Errorf("the other should end as canceled: %w", err)
	}
	sum := 0
	err := adding.Get(ctx, &sum)
	return sum, err
}

func registerReset(r worker.Registry) {
	registerActivity(r)
	r.RegisterWorkflow(greetWhenTold)
}

func greetWhenTold(ctx workflow.Context, n int) (string, error) {
	answer, err := oneActivity(ctx, n)
	workflow.GetSignalChannel(ctx, "go on").Receive(ctx, nil)
	return answer, err
}

// executeReset goes back to the first workflow task once the activity is done, and lets only the new run end.
func executeReset(ctx context.Context, c client.Client, o client.StartWorkflowOptions, n int) error {
	started, err := begin(ctx, c, o, greetWhenTold, n)
	if err != nil {
		return err
	}
	events := c.GetWorkflowHistory(ctx, o.ID, started.GetRunID(), true, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	decided := int64(0)
	for done := false; !done; {
		event, err := events.Next()
		if err != nil {
			return err
		}
		if event.EventType == enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED && decided == 0 {
			decided = event.EventId
		}
		done = event.EventType == enums.EVENT_TYPE_ACTIVITY_TASK_COMPLETED
	}
	reset, err := c.ResetWorkflowExecution(ctx, &workflowservice.ResetWorkflowExecutionRequest{Namespace: defaultNamespace,
		WorkflowExecution: &common.WorkflowExecution{WorkflowId: o.ID, RunId: started.GetRunID()}, Reason: "test",
		WorkflowTaskFinishEventId: decided, RequestId: o.ID})
	if err != nil {
		return err
	}
	if err := c.SignalWorkflow(ctx, o.ID, reset.GetRunId(), "go on", nil); err != nil {
		return err
	}
	if err := expectResult(ctx, c.GetWorkflow(ctx, o.ID, reset.GetRunId()), greeting(n)); err != nil {
		return err
	}
	return expectStatus(ctx, c, o.ID, started.GetRunID(), enums.WORKFLOW_EXECUTION_STATUS_TERMINATED)
}

// executeTerminate ends three by one batch.
func executeTerminate(ctx context.Context, c client.Client, o client.StartWorkflowOptions, n int) error {
	var all []*common.WorkflowExecution
	id := o.ID
	for i := range 3 {
		o.ID = fmt.Sprintf("%s-%d", id, i)
		started, err := begin(ctx, c, o, patient)
		if err != nil {
			return err
		}
		all = append(all, &common.WorkflowExecution{WorkflowId: o.ID, RunId: started.GetRunID()})
	}
	_, err := c.WorkflowService().StartBatchOperation(ctx, &workflowservice.StartBatchOperationRequest{Namespace: defaultNamespace,
		JobId: id + "-batch", Reason: "test", Executions: all,
		Operation: &workflowservice.StartBatchOperationRequest_TerminationOperation{TerminationOperation: &batch.BatchOperationTermination{}}})
	if err != nil {
		return err
	}
	for _, one := range all {
		if err := c.GetWorkflow(ctx, one.WorkflowId, one.RunId).Get(ctx, nil); err == nil {
			return fmt.Errorf("%s should not complete", one.WorkflowId)
		}
		if err := expectStatus(ctx, c, one.WorkflowId, one.RunId, enums.WORKFLOW_EXECUTION_STATUS_TERMINATED); err != nil {
			return err
		}
	}
	// The batch is a workflow itself; a run ends when it has.
	return until(ctx, 0, func() error {
		job, err := c.WorkflowService().DescribeBatchOperation(ctx, &workflowservice.DescribeBatchOperationRequest{
			Namespace: defaultNamespace, JobId: id + "-batch"})
		if err == nil && job.State != enums.BATCH_OPERATION_STATE_COMPLETED {
			err = fmt.Errorf("the batch is %s", job.State)
		}
		return err
	})
}

func expectStatus(ctx context.Context, c client.Client, id, run string, want enums.WorkflowExecutionStatus) error {
	seen, err := c.DescribeWorkflowExecution(ctx, id, run)
	if err != nil {
		return err
	}
	if got := seen.WorkflowExecutionInfo.Status; got != want {
		return fmt.Errorf("its status is %s, not %s", got, want)
	}
	return nil
}
