// Package drivers proves that the Go clients Temporal uses, pgx and lib/pq, find behind $DSN what they
// find behind a PostgreSQL: formats, pipelines, COPY, cursors, errors, notices, cancel, large results.
package drivers

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// proxyAllowance is how much the proxy may grow while large results or inputs pass through it.
const proxyAllowance = 48 << 20

func dsn(t testing.TB) string {
	t.Helper()
	value := os.Getenv("DSN")
	if value == "" {
		t.Skip("DSN is not set; tests/drivers/run DSN sets it")
	}
	return value
}

// notOnDsql skips a test that asks for what Aurora DSQL has not (facts/dsql.md §3.1), by $UPSTREAM.
func notOnDsql(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("UPSTREAM") == "aurora_dsql" {
		t.Skip("Aurora DSQL has no ", what)
	}
}

// bounded gives up after a time that no correct server needs: a lost answer fails instead of hanging.
func bounded(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func connect(t testing.TB, adjust ...func(*pgx.ConnConfig)) *pgx.Conn {
	t.Helper()
	config, err := pgx.ParseConfig(dsn(t))
	check(t, err)
	for _, f := range adjust {
		f(config)
	}
	conn, err := pgx.ConnectConfig(bounded(t), config)
	check(t, err)
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// table creates a table of its own for one test; the columns are given as in CREATE TABLE.
func table(t testing.TB, columns string) string {
	t.Helper()
	name := fmt.Sprintf("drivers_%d_%d", os.Getpid(), rand.Uint32())
	conn := connect(t)
	_, err := conn.Exec(bounded(t), "CREATE TABLE "+name+" ("+columns+")")
	check(t, err)
	t.Cleanup(func() {
		// A connection of its own: this runs after the test's connections are closed.
		config, _ := pgx.ParseConfig(os.Getenv("DSN"))
		last, err := pgx.ConnectConfig(context.Background(), config)
		check(t, err)
		defer last.Close(context.Background())
		_, err = last.Exec(context.Background(), "DROP TABLE "+name)
		check(t, err)
	})
	return name
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t testing.TB, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("got %v, want %v", got, want)
	}
}

// proxyPeak is the peak resident size of the process $PROXY_PID, when there is one to watch.
func proxyPeak(t testing.TB) (int64, bool) {
	t.Helper()
	pid := os.Getenv("PROXY_PID")
	if pid == "" {
		return 0, false
	}
	file, err := os.Open("/proc/" + pid + "/status")
	check(t, err)
	defer file.Close()
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		if rest, found := strings.CutPrefix(scanner.Text(), "VmHWM:"); found {
			kilobytes, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			check(t, err)
			return kilobytes << 10, true
		}
	}
	t.Fatal("no VmHWM for process ", pid)
	return 0, false
}

// flat fails when what `pass` sends through the proxy stays in it.
func flat(t testing.TB, pass func()) {
	t.Helper()
	before, watched := proxyPeak(t)
	pass()
	if !watched {
		return
	}
	after, _ := proxyPeak(t)
	t.Logf("peak resident size of the proxy: %d MiB before, %d MiB after", before>>20, after>>20)
	if after-before > proxyAllowance {
		t.Fatalf("the proxy grew by %d MiB", (after-before)>>20)
	}
}
