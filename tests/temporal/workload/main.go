// Workload starts many workflows of one kind, or of all kinds, on a Temporal server, waits for all, and verifies each result.
// It exits 0 only if every workflow came to the end it had to come to.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"time"

	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
)

const usageText = `Usage: workload --address HOST:PORT [options]

  workload --address 127.0.0.1:7233 --workflows 200 --concurrency 16 --kind activity
  workload --address 127.0.0.1:7233 --for 10m --kind mixed
  workload --address 127.0.0.1:7233 --prepare     wait for the server, register the namespaces, end

Exit status: 0 all completed and verified, 1 something failed, 2 wrong usage.

`

type options struct {
	address     string
	also        string
	workflows   int
	lasting     time.Duration
	concurrency int
	kind        string
	timeout     time.Duration
	prepare     bool
	serverPid   int
	jsonPath    string
}

func parseOptions() options {
	var o options
	flag.StringVar(&o.address, "address", "", "frontend `HOST:PORT`")
	flag.StringVar(&o.also, "also", "", "a second frontend `HOST:PORT` of the same store: half of the workflows are its own, and workers take tasks there, too")
	flag.IntVar(&o.workflows, "workflows", 200, "how many workflows to run")
	flag.DurationVar(&o.lasting, "for", 0, "begin new ones for so long, in whole turns of the kinds, in place of --workflows")
	flag.IntVar(&o.concurrency, "concurrency", 16, "how many of them at a time")
	flag.StringVar(&o.kind, "kind", "activity", "one of: "+strings.Join(kindNames(), ", ")+"; "+mixed+" is all of them in turn")
	flag.DurationVar(&o.timeout, "timeout", 10*time.Minute, "bound for the whole run")
	flag.BoolVar(&o.prepare, "prepare", false, "wait until the server works and register the namespaces")
	flag.IntVar(&o.serverPid, "server-pid", 0, "with --prepare: give up when this process is gone")
	flag.StringVar(&o.jsonPath, "json", "", "also write the report to this `FILE`")
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), usageText)
		flag.PrintDefaults()
	}
	flag.Parse()
	if o.address == "" || flag.NArg() > 0 || o.workflows < 1 || o.concurrency < 1 {
		flag.Usage()
		os.Exit(2)
	}
	return o
}

// begins tells whether there is to be a workflow n, after so long.
func (o options) begins(n, kinds int, since time.Duration) bool {
	if o.lasting == 0 {
		return n < o.workflows
	}
	return since < o.lasting || n%kinds != 0
}

// step is how many workflows there are between two reports.
func (o options) step() int {
	if o.lasting == 0 {
		return max(1, o.workflows/10)
	}
	return 500
}

func main() {
	o := parseOptions()
	ctx, cancel := context.WithTimeout(context.Background(), o.timeout)
	defer cancel()
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()

	c, err := dial(o.address)
	if err == nil {
		defer c.Close()
		if o.prepare {
			err = prepare(ctx, c, o)
		} else {
			err = runAndReport(ctx, c, o)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "workload:", err)
		os.Exit(1)
	}
}

func dial(address string) (client.Client, error) {
	return client.NewLazyClient(client.Options{HostPort: address, Namespace: defaultNamespace, Logger: logger()})
}

func logger() sdklog.Logger {
	return sdklog.NewStructuredLogger(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})))
}

func runAndReport(ctx context.Context, c client.Client, o options) error {
	chosen, err := chosen(o.kind)
	if err != nil {
		return err
	}
	r, err := run(ctx, c, chosen, o)
	if err != nil {
		return err
	}
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	fmt.Printf("completed=%d failed=%d seconds=%.2f\n%s\n", r.Completed, r.Failed, r.Seconds, text)
	if o.jsonPath != "" {
		if err := os.WriteFile(o.jsonPath, append(text, '\n'), 0o644); err != nil {
			return err
		}
	}
	if begun := r.Completed + r.Failed; r.Failed > 0 || (o.lasting == 0 && begun != o.workflows) {
		return fmt.Errorf("%d of %d workflows failed", r.Failed, begun)
	}
	return nil
}
