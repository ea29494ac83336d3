package drivers

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgproto3"
)

func TestPgxBatch(t *testing.T) {
	name := table(t, "id int PRIMARY KEY, text text")
	inEveryMode(t, func(t *testing.T, conn *pgx.Conn) {
		ctx := bounded(t)
		_, err := conn.Exec(ctx, "DELETE FROM "+name)
		check(t, err)
		var batch pgx.Batch
		for n := range 100 {
			batch.Queue("INSERT INTO "+name+" VALUES ($1, $2)", n, fmt.Sprint("row ", n))
		}
		var count int
		batch.Queue("SELECT count(*) FROM " + name).QueryRow(func(row pgx.Row) error { return row.Scan(&count) })
		check(t, conn.SendBatch(ctx, &batch).Close())
		equal(t, count, 100)

		// One statement of a batch fails: all of it is undone, the session goes on.
		var broken pgx.Batch
		broken.Queue("INSERT INTO "+name+" VALUES ($1, 'new')", 1000)
		broken.Queue("INSERT INTO "+name+" VALUES ($1, 'again')", 1)
		broken.Queue("INSERT INTO "+name+" VALUES ($1, 'new')", 1001)
		var refused *pgconn.PgError
		equal(t, errors.As(conn.SendBatch(ctx, &broken).Close(), &refused) && refused.Code == "23505", true)
		check(t, conn.QueryRow(ctx, "SELECT count(*) FROM "+name).Scan(&count))
		equal(t, count, 100)
	})
}

func TestPgxPipelineWithSeveralSyncs(t *testing.T) {
	conn := connect(t)
	ctx := bounded(t)
	pipeline := conn.PgConn().StartPipeline(ctx)
	pipeline.SendPrepare("p", "SELECT $1::int * 2", nil)
	pipeline.SendQueryPrepared("p", [][]byte{[]byte("21")}, nil, nil)
	check(t, pipeline.Sync())
	pipeline.SendQueryParams("SELECT 1/$1::int", [][]byte{[]byte("0")}, nil, nil, nil)
	pipeline.SendQueryPrepared("p", [][]byte{[]byte("1")}, nil, nil) // skipped: same group as the error
	check(t, pipeline.Sync())
	pipeline.SendQueryPrepared("p", [][]byte{[]byte("4")}, nil, nil)
	check(t, pipeline.Sync())

	var seen []string
	for {
		got, err := pipeline.GetResults()
		if err != nil {
			var refused *pgconn.PgError
			equal(t, errors.As(err, &refused), true)
			seen = append(seen, refused.Code)
			continue
		}
		switch r := got.(type) {
		case nil:
			check(t, pipeline.Close())
			equal(t, strings.Join(seen, " "), "prepared 42 sync 22012 sync 8 sync")
			return
		case *pgconn.StatementDescription:
			seen = append(seen, "prepared")
		case *pgconn.PipelineSync:
			seen = append(seen, "sync")
		case *pgconn.ResultReader:
			if all := r.Read(); all.Err == nil {
				seen = append(seen, string(all.Rows[0][0]))
			} else {
				seen = append(seen, all.Err.(*pgconn.PgError).Code)
			}
		}
	}
}

func TestPgxMultiStatementQuery(t *testing.T) {
	conn := connect(t)
	results, err := conn.PgConn().Exec(bounded(t), "SELECT 1; SELECT 2 WHERE false;; BEGIN; SELECT 'three'; COMMIT").ReadAll()
	check(t, err)
	var tags []string
	for _, r := range results {
		tags = append(tags, r.CommandTag.String())
	}
	equal(t, strings.Join(tags, ", "), "SELECT 1, SELECT 0, BEGIN, SELECT 1, COMMIT")
	_, err = conn.PgConn().Exec(bounded(t), "SELECT 1; SELECT 1/0; SELECT 2").ReadAll()
	var refused *pgconn.PgError
	equal(t, errors.As(err, &refused) && refused.Code == "22012", true)
	_, err = conn.PgConn().Exec(bounded(t), "-- ping").ReadAll()
	check(t, err)
}

func TestPgxCopyBothWays(t *testing.T) {
	notOnDsql(t, "transaction of 20,000 rows")
	name := table(t, "id int8 PRIMARY KEY, payload bytea, stamp timestamptz")
	conn := connect(t)
	ctx := bounded(t)
	const rows = 20000
	copied, err := conn.CopyFrom(ctx, pgx.Identifier{name}, []string{"id", "payload", "stamp"},
		pgx.CopyFromSlice(rows, func(n int) ([]any, error) {
			return []any{int64(n), bytes.Repeat([]byte{byte(n)}, n%300), time.Unix(int64(n), 0)}, nil
		}))
	check(t, err)
	equal(t, copied, rows)

	var text bytes.Buffer
	tag, err := conn.PgConn().CopyTo(ctx, &text, "COPY "+name+" TO STDOUT (FORMAT csv)")
	check(t, err)
	equal(t, tag.RowsAffected(), rows)
	equal(t, bytes.Count(text.Bytes(), []byte("\n")), rows)

	// What came out goes in again, inside a transaction that is then undone.
	tx, err := conn.Begin(ctx)
	check(t, err)
	_, err = tx.Exec(ctx, "DELETE FROM "+name)
	check(t, err)
	_, err = conn.PgConn().CopyFrom(ctx, &text, "COPY "+name+" FROM STDIN (FORMAT csv)")
	check(t, err)
	check(t, tx.Rollback(ctx))

	// A refused row and a client that gives up half-way both leave a working session.
	_, err = conn.PgConn().CopyFrom(ctx, strings.NewReader("1\tnot\n"), "COPY "+name+" FROM STDIN")
	var refused *pgconn.PgError
	equal(t, errors.As(err, &refused) && refused.Code == "22P04", true)
	_, err = conn.PgConn().CopyFrom(ctx, io.MultiReader(strings.NewReader("70000\t\\\\x\t\\N\n"), brokenReader{}), "COPY "+name+" FROM STDIN")
	equal(t, err != nil, true)
	var count int
	check(t, conn.QueryRow(ctx, "SELECT count(*) FROM "+name).Scan(&count))
	equal(t, count, rows)
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("the file broke") }

func TestPgxCursors(t *testing.T) {
	notOnDsql(t, "DECLARE CURSOR")
	inEveryMode(t, func(t *testing.T, conn *pgx.Conn) {
		ctx := bounded(t)
		tx, err := conn.Begin(ctx)
		check(t, err)
		_, err = tx.Exec(ctx, "DECLARE walk CURSOR FOR SELECT generate_series(1, 95)")
		check(t, err)
		var sizes []int
		for len(sizes) == 0 || sizes[len(sizes)-1] > 0 {
			rows, err := tx.Query(ctx, "FETCH 30 FROM walk")
			check(t, err)
			got, err := pgx.CollectRows(rows, pgx.RowTo[int])
			check(t, err)
			sizes = append(sizes, len(got))
		}
		equal(t, fmt.Sprint(sizes), "[30 30 30 5 0]")
		_, err = tx.Exec(ctx, "CLOSE walk")
		check(t, err)
		check(t, tx.Commit(ctx))
	})
}

// Row limits of Execute and Flush are what JDBC and libpq clients use; pgx only offers them as raw messages.
func TestPgxSuspendedPortalsAndFlush(t *testing.T) {
	conn := connect(t).PgConn()
	f := conn.Frontend()
	deadline, _ := bounded(t).Deadline()
	check(t, conn.Conn().SetDeadline(deadline))
	f.Send(&pgproto3.Parse{Query: "SELECT generate_series(1, 25)"})
	f.Send(&pgproto3.Bind{DestinationPortal: "portal"})
	f.Send(&pgproto3.Describe{ObjectType: 'P', Name: "portal"})
	f.Send(&pgproto3.Execute{Portal: "portal", MaxRows: 10})
	f.Send(&pgproto3.Flush{})
	check(t, f.Flush())
	equal(t, kindsUntil(t, f, "PortalSuspended"), "ParseComplete BindComplete RowDescription 10*DataRow PortalSuspended")
	f.Send(&pgproto3.Execute{Portal: "portal", MaxRows: 10})
	f.Send(&pgproto3.Flush{})
	check(t, f.Flush())
	equal(t, kindsUntil(t, f, "PortalSuspended"), "10*DataRow PortalSuspended")
	f.Send(&pgproto3.Execute{Portal: "portal"})
	f.Send(&pgproto3.Close{ObjectType: 'P', Name: "portal"})
	f.Send(&pgproto3.Sync{})
	check(t, f.Flush())
	equal(t, kindsUntil(t, f, "ReadyForQuery"), "5*DataRow CommandComplete CloseComplete ReadyForQuery")
}

// kindsUntil names the messages up to one of the given kind, runs of the same kind counted.
func kindsUntil(t *testing.T, f *pgproto3.Frontend, last string) string {
	t.Helper()
	var names []string
	rows := 0
	for {
		message, err := f.Receive()
		check(t, err)
		name := strings.TrimPrefix(fmt.Sprintf("%T", message), "*pgproto3.")
		if name == "DataRow" {
			rows++
			continue
		}
		if rows > 0 {
			names = append(names, fmt.Sprint(rows, "*DataRow"))
			rows = 0
		}
		names = append(names, name)
		if name == last || name == "ErrorResponse" {
			return strings.Join(names, " ")
		}
	}
}

func TestPgxCancelKeepsTheSession(t *testing.T) {
	conn := connect(t, func(c *pgx.ConnConfig) {
		c.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
			return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: time.Minute}
		}
	})
	for range 3 {
		ctx, cancel := context.WithTimeout(bounded(t), 50*time.Millisecond)
		_, err := conn.Exec(ctx, "SELECT pg_sleep(60)")
		cancel()
		var refused *pgconn.PgError
		equal(t, errors.As(err, &refused) && refused.Code == "57014", true)
		var one int
		check(t, conn.QueryRow(bounded(t), "SELECT 1").Scan(&one))
	}
}

// The default of pgx: the connection is dropped, and a CancelRequest ends what still runs for it.
func TestPgxCancelByLeaving(t *testing.T) {
	name := table(t, "id int PRIMARY KEY")
	leaver, other := connect(t), connect(t)
	ctx := bounded(t)
	_, err := leaver.Exec(ctx, "BEGIN")
	check(t, err)
	_, err = leaver.Exec(ctx, "INSERT INTO "+name+" VALUES (1)")
	check(t, err)
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	_, err = leaver.Exec(short, "SELECT pg_sleep(60)")
	equal(t, err != nil && leaver.IsClosed(), true)
	// The same key: this returns only when the first transaction is gone, and it must be undone.
	_, err = other.Exec(ctx, "INSERT INTO "+name+" VALUES (1)")
	check(t, err)
}

func TestPgxLargeResultStreams(t *testing.T) {
	conn := connect(t)
	flat(t, func() {
		rows, err := conn.Query(bounded(t), "SELECT n, repeat(chr(65 + n % 26), 10000) FROM generate_series(1, 10500) n")
		check(t, err)
		count, size := 0, 0
		for rows.Next() {
			raw := rows.RawValues()
			count++
			size += len(raw[1])
		}
		check(t, rows.Err())
		equal(t, count, 10500)
		equal(t, size, 105_000_000)
	})
}

func TestPgxLargeValues(t *testing.T) {
	conn := connect(t)
	payload := bytes.Repeat([]byte("0123456789abcde\x00"), 1<<18) // 4 MiB
	want := sha256.Sum256(payload)
	for _, mode := range modes[:4] {
		var echo []byte
		check(t, conn.QueryRow(bounded(t), "SELECT $1::bytea", mode, payload).Scan(&echo))
		equal(t, sha256.Sum256(echo), want)
	}
}

func TestPgxLargeCopyIn(t *testing.T) {
	notOnDsql(t, "transaction of 10,500 rows")
	name := table(t, "n int, filler text")
	conn := connect(t)
	flat(t, func() {
		line := strings.Repeat("x", 9990)
		n := 0
		source := pgx.CopyFromFunc(func() ([]any, error) {
			if n == 10500 {
				return nil, nil
			}
			n++
			return []any{int32(n), line}, nil
		})
		copied, err := conn.CopyFrom(bounded(t), pgx.Identifier{name}, []string{"n", "filler"}, source)
		check(t, err)
		equal(t, copied, 10500)
	})
}

func TestPgxConcurrentTransfers(t *testing.T) {
	const accounts, workers, rounds = 8, 12, 25
	name := table(t, "id int PRIMARY KEY, balance int NOT NULL")
	conn := connect(t)
	_, err := conn.Exec(bounded(t), "INSERT INTO "+name+" SELECT n, 100 FROM generate_series(0, $1) n", accounts-1)
	check(t, err)
	failures := make(chan error, workers)
	for w := range workers {
		worker := connect(t)
		go func() { failures <- transfer(bounded(t), worker, name, w, accounts, rounds) }()
	}
	for range workers {
		check(t, <-failures)
	}
	var sum int
	check(t, conn.QueryRow(bounded(t), "SELECT sum(balance) FROM "+name).Scan(&sum))
	equal(t, sum, accounts*100)
}

// transfer moves one unit between two rows, locked in the order of their keys. Serialization failures
// and deadlocks are told to the client by right; everything else is a defect.
func transfer(ctx context.Context, conn *pgx.Conn, name string, seed, accounts, rounds int) error {
	for n := 0; n < rounds; n++ {
		from, to := (seed+n)%accounts, (seed*3+n*5+1)%accounts
		if from == to {
			continue
		}
		err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			rows, err := tx.Query(ctx, "SELECT balance FROM "+name+" WHERE id IN ($1, $2) ORDER BY id FOR UPDATE", from, to)
			if err != nil {
				return err
			}
			rows.Close()
			if rows.Err() != nil {
				return rows.Err()
			}
			if _, err := tx.Exec(ctx, "UPDATE "+name+" SET balance = balance - 1 WHERE id = $1", from); err != nil {
				return err
			}
			_, err = tx.Exec(ctx, "UPDATE "+name+" SET balance = balance + 1 WHERE id = $1", to)
			return err
		})
		var refused *pgconn.PgError
		if errors.As(err, &refused) && refused.Code == "40001" {
			n--
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}
