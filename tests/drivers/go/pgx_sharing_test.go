package drivers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// What must hold for several sessions at once, however few connections of the server they share.

func inEveryModeWith(t *testing.T, count int, body func(t *testing.T, conns []*pgx.Conn)) {
	inEveryMode(t, func(t *testing.T, first *pgx.Conn) {
		conns := []*pgx.Conn{first}
		for len(conns) < count {
			conns = append(conns, connect(t, func(c *pgx.ConnConfig) {
				c.DefaultQueryExecMode = first.Config().DefaultQueryExecMode
			}))
		}
		body(t, conns)
	})
}

func TestPgxSameTextOnManyConnections(t *testing.T) {
	inEveryModeWith(t, 20, func(t *testing.T, conns []*pgx.Conn) {
		ctx := bounded(t)
		for round := range 8 {
			for number, conn := range conns {
				var got string
				check(t, conn.QueryRow(ctx, "SELECT $1::int4 * 100 + $2::int8 || ' ' || $3::text", number, int64(round), "x").Scan(&got))
				equal(t, got, fmt.Sprint(number*100+round, " x"))
			}
		}
	})
}

func TestPgxSameNameForOtherTexts(t *testing.T) {
	ctx := bounded(t)
	conns := []*pgx.Conn{connect(t), connect(t), connect(t)}
	prepare := func(number int, conn *pgx.Conn) {
		_, err := conn.Prepare(ctx, "same", fmt.Sprintf("SELECT 'session %d: ' || $1::text%s", number, []string{"", ", 1", ", 1, 'two'"}[number]))
		check(t, err)
	}
	for number, conn := range conns {
		prepare(number, conn)
	}
	for round := range 6 {
		for number, conn := range conns {
			rows, err := conn.Query(ctx, "same", fmt.Sprint(round))
			check(t, err)
			equal(t, len(rows.FieldDescriptions()), number+1)
			got, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (string, error) {
				values, err := row.Values()
				return fmt.Sprint(values[0]), err
			})
			check(t, err)
			equal(t, got, fmt.Sprintf("session %d: %d", number, round))
		}
	}
	// A name that one session gives back stays what it was in the others.
	check(t, conns[0].Deallocate(ctx, "same"))
	_, err := conns[0].PgConn().ExecPrepared(ctx, "same", [][]byte{[]byte("x")}, nil, nil).Close()
	var refused *pgconn.PgError
	equal(t, errors.As(err, &refused) && refused.Code == "26000", true)
	var got string
	check(t, conns[1].QueryRow(ctx, "same", "kept").Scan(&got, nil))
	equal(t, got, "session 1: kept")
	prepare(2, conns[0])
	check(t, conns[0].QueryRow(ctx, "same", "new").Scan(&got, nil, nil))
	equal(t, got, "session 2: new")
}

// await returns when this many statements with the mark run.
func await(t *testing.T, observer *pgx.Conn, mark string, count int) {
	t.Helper()
	ctx := bounded(t)
	for running := -1; running != count; {
		check(t, observer.QueryRow(ctx, "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%' || $1 || '%' "+
			"AND pid <> pg_backend_pid()", pgx.QueryExecModeExec, mark).Scan(&running))
	}
}

func TestPgxCancelEndsItsOwnStatementOnly(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode.String(), func(t *testing.T) {
			ctx, observer := bounded(t), connect(t)
			mark := fmt.Sprintf("cancel_%d_%d", os.Getpid(), mode)
			sleeper := func(seconds string) (*pgx.Conn, chan error) {
				conn, ended := connect(t), make(chan error, 1)
				go func() {
					_, err := conn.Exec(ctx, "SELECT pg_sleep("+seconds+"), '"+mark+"'", mode)
					ended <- err
				}()
				return conn, ended
			}
			_, left := sleeper("0.4")
			target, cancelled := sleeper("60")
			_, right := sleeper("0.4")
			await(t, observer, mark, 3)
			check(t, target.PgConn().CancelRequest(ctx))
			var refused *pgconn.PgError
			equal(t, errors.As(<-cancelled, &refused) && refused.Code == "57014", true)
			check(t, <-left)
			check(t, <-right)
			var one int
			check(t, target.QueryRow(ctx, "SELECT 1").Scan(&one))
		})
	}
}

// The connection that served the cancelled session may serve another by then.
func TestPgxLateCancelDisturbsNobody(t *testing.T) {
	ctx, observer := bounded(t), connect(t)
	mark := fmt.Sprintf("late_%d", os.Getpid())
	idle := connect(t)
	_, err := idle.Exec(ctx, "SELECT 1")
	check(t, err)
	ended := make(chan error, 4)
	for range cap(ended) {
		conn := connect(t)
		go func() {
			_, err := conn.Exec(ctx, "SELECT pg_sleep(0.4), '"+mark+"'")
			ended <- err
		}()
	}
	await(t, observer, mark, cap(ended))
	for range 3 {
		check(t, idle.PgConn().CancelRequest(ctx))
	}
	for range cap(ended) {
		check(t, <-ended)
	}
	_, err = idle.Exec(ctx, "SELECT 1")
	check(t, err)
}

func TestPgxSettingsStayWhileOthersWork(t *testing.T) {
	zones := []string{"Asia/Tokyo", "America/New_York", "Europe/Paris", "UTC"}
	inEveryModeWith(t, 8, func(t *testing.T, conns []*pgx.Conn) {
		ctx := bounded(t)
		want := make([]string, len(conns))
		for number, conn := range conns {
			zone, style := zones[number%len(zones)], []string{"ISO, MDY", "ISO, DMY"}[number%2]
			name := fmt.Sprint("session ", number)
			for _, set := range []string{"SET TIME ZONE '" + zone + "'", "SET DateStyle = '" + style + "'", "SET application_name = '" + name + "'",
				fmt.Sprintf("SET search_path TO s%d, public", number)} {
				_, err := conn.Exec(ctx, set)
				check(t, err)
			}
			want[number] = fmt.Sprintf("%s|%s|%s|s%d, public", zone, style, name, number)
		}
		seen := func(number int) {
			t.Helper()
			var got string
			check(t, conns[number].QueryRow(ctx, "SELECT concat_ws('|', current_setting('TimeZone'), current_setting('DateStyle'), "+
				"current_setting('application_name'), current_setting('search_path'))").Scan(&got))
			equal(t, got, want[number])
			equal(t, conns[number].PgConn().ParameterStatus("TimeZone"), zones[number%len(zones)])
		}
		for held := range 5 { // so many others keep what serves them in a transaction
			var open []pgx.Tx
			for _, conn := range conns[:held] {
				tx, err := conn.Begin(ctx)
				check(t, err)
				_, err = tx.Exec(ctx, "SELECT 1")
				check(t, err)
				open = append(open, tx)
			}
			for number := held; number < len(conns); number++ {
				seen(number)
			}
			for _, tx := range open {
				check(t, tx.Rollback(ctx))
			}
			for number := range conns {
				seen(number)
			}
		}
	})
}

func TestPgxSettingsOfATransactionEndWithIt(t *testing.T) {
	inEveryModeWith(t, 2, func(t *testing.T, conns []*pgx.Conn) {
		ctx := bounded(t)
		_, err := conns[0].Exec(ctx, "SET TIME ZONE 'Asia/Tokyo'")
		check(t, err)
		zone := func() (got string) { // while the other session is in a transaction, on what served this one
			tx, err := conns[1].Begin(ctx)
			check(t, err)
			_, err = tx.Exec(ctx, "SELECT 1")
			check(t, err)
			check(t, conns[0].QueryRow(ctx, "SHOW timezone").Scan(&got))
			check(t, tx.Rollback(ctx))
			return got
		}
		for _, set := range []string{"SET TIME ZONE 'America/New_York'", "SET LOCAL TIME ZONE 'America/New_York'"} {
			tx, err := conns[0].Begin(ctx)
			check(t, err)
			_, err = tx.Exec(ctx, set)
			check(t, err)
			check(t, tx.Rollback(ctx))
			equal(t, zone(), "Asia/Tokyo")
		}
		tx, err := conns[0].Begin(ctx)
		check(t, err)
		_, err = tx.Exec(ctx, "SET LOCAL TIME ZONE 'America/New_York'")
		check(t, err)
		check(t, tx.Commit(ctx))
		equal(t, zone(), "Asia/Tokyo")
		_, err = conns[0].Exec(ctx, "RESET timezone")
		check(t, err)
		var own, others string
		check(t, conns[0].QueryRow(ctx, "SHOW timezone").Scan(&own))
		check(t, conns[1].QueryRow(ctx, "SHOW timezone").Scan(&others))
		equal(t, own, others)
	})
}

func TestPgxPool(t *testing.T) {
	name := table(t, "id int PRIMARY KEY, n int NOT NULL")
	for _, mode := range modes {
		t.Run(mode.String(), func(t *testing.T) {
			config, err := pgxpool.ParseConfig(dsn(t))
			check(t, err)
			config.MaxConns = 20
			config.ConnConfig.DefaultQueryExecMode = mode
			pool, err := pgxpool.NewWithConfig(bounded(t), config)
			check(t, err)
			defer pool.Close()
			ctx := bounded(t)
			_, err = pool.Exec(ctx, "DELETE FROM "+name)
			check(t, err)
			inParallel(t, 40, func(worker int) error {
				for round := range 10 {
					err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
						_, err := tx.Exec(ctx, "INSERT INTO "+name+" VALUES ($1, $2)", worker*100+round, round)
						return err
					})
					if err != nil {
						return err
					}
				}
				return nil
			})
			var count, sum int
			check(t, pool.QueryRow(ctx, "SELECT count(*), sum(n) FROM "+name).Scan(&count, &sum))
			equal(t, fmt.Sprint(count, sum), "400 1800")
		})
	}
}

// inParallel fails with the first failure of so many workers.
func inParallel(t *testing.T, workers int, work func(worker int) error) {
	t.Helper()
	var all sync.WaitGroup
	failures := make([]error, workers)
	for worker := range workers {
		all.Add(1)
		go func() {
			defer all.Done()
			failures[worker] = work(worker)
		}()
	}
	all.Wait()
	check(t, errors.Join(failures...))
}

func TestPgxManyShortConnections(t *testing.T) {
	inParallel(t, 4, func(worker int) error {
		for round := range 25 {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			err := visit(ctx, dsn(t), worker*100+round)
			cancel()
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func visit(ctx context.Context, dsn string, number int) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var got int
	if err := conn.QueryRow(ctx, "SELECT $1::int", number).Scan(&got); err != nil {
		return err
	}
	if got != number {
		return fmt.Errorf("got %d, want %d", got, number)
	}
	return nil
}
