// Rival is a second history host that believes every shard to be its own: every few seconds it acquires one of them,
// with Temporal's own shard manager and plugin, and does nothing with it. The host that had it must notice and acquire
// it again. What it did it writes as one JSON object per line; it ends on SIGTERM or SIGINT.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const usageText = `Usage: rival --main HOST:PORT --every 2s [options]

  rival --main 127.0.0.1:6432 --shards 4 --every 2s --record steals.jsonl

Exit status: 0 ended by a signal, 1 something failed, 2 wrong usage.

`

type options struct {
	main   string
	plugin string
	shards int
	every  time.Duration
	watch  time.Duration
	seed   uint64
	record string
}

func parseOptions() options {
	var o options
	flag.StringVar(&o.main, "main", "", "`HOST:PORT` of the main store")
	flag.StringVar(&o.plugin, "plugin", "postgres12_pgx", "Temporal's SQL plugin")
	flag.IntVar(&o.shards, "shards", 4, "how many shards there are")
	flag.DurationVar(&o.every, "every", 0, "mean time between two steals; each waits from half to one and a half of it")
	flag.DurationVar(&o.watch, "watch", 300*time.Millisecond, "how long to look for tasks of the former owner after a steal")
	flag.Uint64Var(&o.seed, "seed", 1, "chooses the shards and the times")
	flag.StringVar(&o.record, "record", "", "write to this `FILE` instead of standard output")
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), usageText)
		flag.PrintDefaults()
	}
	flag.Parse()
	if o.main == "" || flag.NArg() > 0 || o.shards < 1 || o.every <= 0 {
		flag.Usage()
		os.Exit(2)
	}
	return o
}

func main() {
	o := parseOptions()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "rival:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	var out io.Writer = os.Stdout
	if o.record != "" {
		file, err := os.Create(o.record)
		if err != nil {
			return err
		}
		defer file.Close()
		out = file
	}
	h, err := newHost(o)
	if err != nil {
		return err
	}
	defer h.close()
	random := rand.New(rand.NewPCG(o.seed, 0))
	lines := json.NewEncoder(out)
	for {
		pause := o.every/2 + time.Duration(random.Int64N(int64(o.every)))
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
		// A steal once begun is brought to its end: only then is it known what became of it.
		found := h.steal(context.WithoutCancel(ctx), int32(1+random.IntN(o.shards)))
		if err := lines.Encode(found); err != nil {
			return errors.Join(errors.New("the record cannot be written"), err)
		}
	}
}
