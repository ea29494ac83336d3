package main

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"slices"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
)

// report is what a run leaves behind; latencies are of one workflow, start to end.
type report struct {
	Kind      string  `json:"kind"`
	Completed int     `json:"completed"`
	Failed    int     `json:"failed"`
	Seconds   float64 `json:"seconds"`
	PerSecond float64 `json:"workflows_per_second"`
	P50       float64 `json:"p50_seconds"`
	P99       float64 `json:"p99_seconds"`
	Longest   float64 `json:"longest_seconds"`
}

func run(ctx context.Context, c client.Client, chosen []kind, o options) (report, error) {
	// A queue of its own: an aborted earlier run on the same server cannot feed these workers.
	id := fmt.Sprintf("%s-%d", o.kind, time.Now().UnixNano())
	clients, stop, err := startWorkers(c, chosen, id)
	defer stop()
	if err != nil {
		return report{}, err
	}
	servers := []map[string]client.Client{clients}
	if o.also != "" {
		other, err := dial(o.also)
		if err != nil {
			return report{}, err
		}
		defer other.Close()
		clients, stop, err := startWorkers(other, chosen, id)
		defer stop()
		if err != nil {
			return report{}, err
		}
		servers = append(servers, clients)
	}

	began := time.Now()
	numbers := make(chan int)
	results := make(chan result)
	var group sync.WaitGroup
	for range o.concurrency {
		group.Go(func() {
			for n := range numbers {
				k := chosen[n%len(chosen)]
				// So that each server has some of each kind.
				clients := servers[n/len(chosen)%len(servers)]
				results <- runOne(ctx, clients[k.namespace], k, id, n)
			}
		})
	}
	go func() {
		for n := 0; o.begins(n, len(chosen), time.Since(began)); n++ {
			numbers <- n
		}
		close(numbers)
		group.Wait()
		close(results)
	}()
	r := collect(results, o.step())
	r.Kind = o.kind
	r.Seconds = time.Since(began).Seconds()
	r.PerSecond = float64(r.Completed) / r.Seconds
	return r, nil
}

// startWorkers starts one for each namespace of the kinds chosen, and returns the client of each.
func startWorkers(c client.Client, chosen []kind, queue string) (clients map[string]client.Client, stop func(), err error) {
	clients = map[string]client.Client{}
	var ends []func()
	stop = func() {
		for _, end := range slices.Backward(ends) {
			end()
		}
	}
	for _, k := range chosen {
		if clients[k.namespace] != nil {
			continue
		}
		clients[k.namespace] = c
		if k.namespace != "" {
			other, err := inNamespace(c, k.namespace)
			if err != nil {
				return clients, stop, err
			}
			ends = append(ends, other.Close)
			clients[k.namespace] = other
		}
		w := worker.New(clients[k.namespace], queue, worker.Options{})
		registerAll(w, chosen)
		if err := w.Start(); err != nil {
			return clients, stop, err
		}
		ends = append(ends, w.Stop)
	}
	return clients, stop, nil
}

// registerAll lets a worker know every kind of the run; several of them share workflows.
func registerAll(w worker.Worker, chosen []kind) {
	seen := registry{w, map[any]bool{}}
	for _, k := range chosen {
		k.register(seen)
	}
}

// A registry passes each workflow and activity on once.
type registry struct {
	worker.Registry
	seen map[any]bool
}

func (r registry) isNew(function any) bool {
	key := reflect.ValueOf(function).Pointer()
	known := r.seen[key]
	r.seen[key] = true
	return !known
}

func (r registry) RegisterWorkflow(function any) {
	if r.isNew(function) {
		r.Registry.RegisterWorkflow(function)
	}
}

func (r registry) RegisterActivity(function any) {
	if r.isNew(function) {
		r.Registry.RegisterActivity(function)
	}
}

type result struct {
	took time.Duration
	err  error
}

func runOne(ctx context.Context, c client.Client, k kind, id string, n int) result {
	began := time.Now()
	err := k.execute(ctx, c, client.StartWorkflowOptions{ID: fmt.Sprintf("%s-%d", id, n), TaskQueue: id}, n)
	if err != nil {
		err = fmt.Errorf("workflow %d: %w", n, err)
	}
	return result{time.Since(began), err}
}

// collect tells how far it is after every `step` results.
func collect(results <-chan result, step int) report {
	var r report
	var took []time.Duration
	for one := range results {
		took = append(took, one.took)
		if one.err != nil {
			r.Failed++
			fmt.Fprintln(os.Stderr, "workload:", one.err)
		} else {
			r.Completed++
		}
		if len(took)%step == 0 {
			fmt.Fprintf(os.Stderr, "workload: %d done, %d failed\n", len(took), r.Failed)
		}
	}
	slices.Sort(took)
	r.P50 = took[len(took)/2].Seconds()
	r.P99 = took[len(took)*99/100].Seconds()
	r.Longest = took[len(took)-1].Seconds()
	return r
}
