package drivers

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"
)

// openPq returns a pool of one session, so that session state is where the next statement finds it.
func openPq(t *testing.T, attributes string, wrap ...func(*pq.Connector) *sql.DB) *sql.DB {
	t.Helper()
	separator := "?"
	if strings.Contains(dsn(t), "?") {
		separator = "&"
	}
	connector, err := pq.NewConnector(dsn(t) + separator + attributes)
	check(t, err)
	db := sql.OpenDB(connector)
	for _, f := range wrap {
		db = f(connector)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}

// lib/pq prepares and executes in two round trips, or in one with everything in binary.
func inBothPqModes(t *testing.T, body func(t *testing.T, db *sql.DB)) {
	for _, attributes := range []string{"binary_parameters=no", "binary_parameters=yes"} {
		t.Run(attributes, func(t *testing.T) { body(t, openPq(t, attributes)) })
	}
}

func TestPqValuesAndNulls(t *testing.T) {
	stamp := time.Date(2026, 2, 28, 23, 59, 58, 123456000, time.UTC)
	inBothPqModes(t, func(t *testing.T, db *sql.DB) {
		ctx := bounded(t)
		for range 2 {
			var (
				flag    bool
				number  int64
				real    float64
				text    string
				raw     []byte
				moment  time.Time
				missing sql.NullString
				none    []byte
			)
			err := db.QueryRowContext(ctx, "SELECT $1::bool, $2::int8, $3::float8, $4::text, $5::bytea, $6::timestamptz, $7::text, $8::bytea",
				true, int64(-1)<<62, 0.1, "grüße '\\", []byte{0, 0xff, '\\'}, stamp, nil, nil).
				Scan(&flag, &number, &real, &text, &raw, &moment, &missing, &none)
			check(t, err)
			equal(t, flag && number == -1<<62 && real == 0.1 && text == "grüße '\\", true)
			equal(t, bytes.Equal(raw, []byte{0, 0xff, '\\'}) && moment.Equal(stamp), true)
			equal(t, missing.Valid || none != nil, false)
		}
	})
}

func TestPqErrors(t *testing.T) {
	name := table(t, "id int PRIMARY KEY")
	inBothPqModes(t, func(t *testing.T, db *sql.DB) {
		ctx := bounded(t)
		_, err := db.ExecContext(ctx, "DELETE FROM "+name)
		check(t, err)
		for n := range 3 {
			_, err = db.ExecContext(ctx, "INSERT INTO "+name+" VALUES ($1)", 1)
			var refused *pq.Error
			if n == 0 {
				check(t, err)
				continue
			}
			equal(t, errors.As(err, &refused), true)
			equal(t, fmt.Sprint(refused.Code, refused.Severity, refused.Table, refused.Constraint, refused.Detail),
				fmt.Sprint("23505", "ERROR", name, name+"_pkey", "Key (id)=(1) already exists."))
		}
		tx, err := db.BeginTx(ctx, nil)
		check(t, err)
		_, err = tx.ExecContext(ctx, "SELECT 1/$1::int", 0)
		var refused *pq.Error
		equal(t, errors.As(err, &refused) && refused.Code == "22012", true)
		_, err = tx.ExecContext(ctx, "SELECT 1")
		equal(t, errors.As(err, &refused) && refused.Code == "25P02", true)
		check(t, tx.Rollback())
		check(t, db.PingContext(ctx))
	})
}

func TestPqTransactionsAndStatements(t *testing.T) {
	name := table(t, "id int PRIMARY KEY, n int NOT NULL")
	inBothPqModes(t, func(t *testing.T, db *sql.DB) {
		ctx := bounded(t)
		_, err := db.ExecContext(ctx, "INSERT INTO "+name+" VALUES ($1, 0) ON CONFLICT (id) DO UPDATE SET n = 0", 1)
		check(t, err)
		for _, clause := range []string{"FOR SHARE", "FOR UPDATE"} {
			tx, err := db.BeginTx(ctx, nil)
			check(t, err)
			var n int
			check(t, tx.QueryRowContext(ctx, "SELECT n FROM "+name+" WHERE id = $1 "+clause, 1).Scan(&n))
			result, err := tx.ExecContext(ctx, "UPDATE "+name+" SET n = $1 WHERE id = $2", n+1, 1)
			check(t, err)
			affected, err := result.RowsAffected()
			check(t, err)
			equal(t, affected, 1)
			check(t, tx.Commit())
		}
		statement, err := db.PrepareContext(ctx, "SELECT n + $1 FROM "+name+" WHERE id = 1")
		check(t, err)
		defer statement.Close()
		for n := range 5 {
			var got int
			check(t, statement.QueryRowContext(ctx, n).Scan(&got))
			equal(t, got, 2+n)
		}
	})
}

func TestPqNotices(t *testing.T) {
	notOnDsql(t, "DO")
	var seen []string
	db := openPq(t, "", func(connector *pq.Connector) *sql.DB {
		return sql.OpenDB(pq.ConnectorWithNoticeHandler(connector, func(n *pq.Error) {
			seen = append(seen, n.Severity+" "+string(n.Code)+" "+n.Message)
		}))
	})
	_, err := db.ExecContext(bounded(t), "DO $$BEGIN RAISE NOTICE 'first'; RAISE WARNING 'second'; END$$")
	check(t, err)
	equal(t, strings.Join(seen, ", "), "NOTICE 00000 first, WARNING 01000 second")
}

func TestPqCopyIn(t *testing.T) {
	notOnDsql(t, "transaction of 5,000 rows")
	name := table(t, "id int PRIMARY KEY, word text, raw bytea")
	db := openPq(t, "")
	ctx := bounded(t)
	fill := func(rows int) error {
		tx, err := db.BeginTx(ctx, nil)
		check(t, err)
		defer tx.Rollback()
		statement, err := tx.PrepareContext(ctx, pq.CopyIn(name, "id", "word", "raw"))
		check(t, err)
		// Also after a failure: only Close ends the driver's own reader of the connection.
		defer statement.Close()
		for n := range rows {
			if _, err := statement.ExecContext(ctx, n%5000, "tab\t and \\ line\n", []byte{byte(n), 0}); err != nil {
				return err
			}
		}
		if _, err := statement.ExecContext(ctx); err != nil {
			return err
		}
		check(t, statement.Close())
		return tx.Commit()
	}
	check(t, fill(5000))
	var refused *pq.Error
	equal(t, errors.As(fill(5001), &refused) && refused.Code == "23505", true)
	var count int
	check(t, db.QueryRowContext(ctx, "SELECT count(*) FROM "+name+" WHERE word = $1", "tab\t and \\ line\n").Scan(&count))
	equal(t, count, 5000)
}

func TestPqCursor(t *testing.T) {
	notOnDsql(t, "DECLARE CURSOR")
	inBothPqModes(t, func(t *testing.T, db *sql.DB) {
		ctx := bounded(t)
		tx, err := db.BeginTx(ctx, nil)
		check(t, err)
		defer tx.Rollback()
		_, err = tx.ExecContext(ctx, "DECLARE walk CURSOR FOR SELECT n FROM generate_series(1, $1::int) n", 25)
		if err != nil { // a DECLARE takes parameters only where the server plans it with them
			t.Fatal(err)
		}
		total := 0
		for size := -1; size != 0; {
			rows, err := tx.QueryContext(ctx, "FETCH 10 FROM walk")
			check(t, err)
			size = 0
			for rows.Next() {
				size++
			}
			check(t, rows.Err())
			total += size
		}
		equal(t, total, 25)
		check(t, tx.Commit())
	})
}

func TestPqCancel(t *testing.T) {
	db := openPq(t, "")
	for range 3 {
		ctx, cancel := context.WithTimeout(bounded(t), 50*time.Millisecond)
		_, err := db.ExecContext(ctx, "SELECT pg_sleep(60)")
		cancel()
		equal(t, err != nil, true)
		check(t, db.PingContext(bounded(t)))
	}
}

func TestPqListen(t *testing.T) {
	notOnDsql(t, "LISTEN")
	events := make(chan error, 8)
	listener := pq.NewListener(dsn(t), time.Second, time.Minute, func(_ pq.ListenerEventType, err error) { events <- err })
	defer listener.Close()
	check(t, <-events)
	check(t, listener.Listen("drivers_pq"))
	db := openPq(t, "")
	_, err := db.ExecContext(bounded(t), "SELECT pg_notify($1, $2)", "drivers_pq", "a word")
	check(t, err)
	select {
	case heard := <-listener.Notify:
		equal(t, heard.Channel+" "+heard.Extra, "drivers_pq a word")
	case <-bounded(t).Done():
		t.Fatal("the notification did not come")
	}
	check(t, listener.Ping())
}

func TestPqLargeResultStreams(t *testing.T) {
	db := openPq(t, "")
	flat(t, func() {
		rows, err := db.QueryContext(bounded(t), "SELECT n, repeat('x', 10000) FROM generate_series(1, $1::int) n", 10500)
		check(t, err)
		defer rows.Close()
		count, size := 0, 0
		for rows.Next() {
			var n int
			var text sql.RawBytes
			check(t, rows.Scan(&n, &text))
			count++
			size += len(text)
		}
		check(t, rows.Err())
		equal(t, count, 10500)
		equal(t, size, 105_000_000)
	})
}
