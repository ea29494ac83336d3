package drivers

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

var modes = []pgx.QueryExecMode{
	pgx.QueryExecModeCacheStatement,
	pgx.QueryExecModeCacheDescribe,
	pgx.QueryExecModeDescribeExec,
	pgx.QueryExecModeExec,
	pgx.QueryExecModeSimpleProtocol,
}

func inEveryMode(t *testing.T, body func(t *testing.T, conn *pgx.Conn)) {
	for _, mode := range modes {
		t.Run(strings.ReplaceAll(mode.String(), " ", "_"), func(t *testing.T) {
			body(t, connect(t, func(c *pgx.ConnConfig) { c.DefaultQueryExecMode = mode }))
		})
	}
}

func TestPgxValuesRoundTrip(t *testing.T) {
	stamp := time.Date(2026, 2, 28, 23, 59, 58, 123456000, time.UTC)
	samples := []struct {
		kind  string
		value any
	}{
		{"bool", true}, {"int2", int16(math.MinInt16)}, {"int4", int32(math.MaxInt32)}, {"int8", int64(math.MinInt64)},
		{"float4", float32(1.5)}, {"float8", -1e300}, {"text", "grüße, 'quoted' \\ and\nmore"}, {"varchar", ""},
		{"bytea", []byte{0, 1, 0xff, '\'', '\\'}}, {"bytea", []byte{}}, {"timestamp", stamp}, {"timestamptz", stamp},
		{"uuid", "00112233-4455-6677-8899-aabbccddeeff"}, {"jsonb", `{"a": [1, null]}`}, {"numeric", "12345678901234567890.123456789"},
		{"int8[]", []int64{1, -2, 3}}, {"text[]", []string{"a", "", "c,d"}}, {"date", time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC)},
	}
	inEveryMode(t, func(t *testing.T, conn *pgx.Conn) {
		for _, s := range samples {
			got := reflect.New(reflect.TypeOf(s.value))
			for range 2 { // the second one uses what the first one prepared
				check(t, conn.QueryRow(bounded(t), "SELECT $1::"+s.kind, s.value).Scan(got.Interface()))
			}
			if moment, is := s.value.(time.Time); is {
				if !moment.Equal(got.Elem().Interface().(time.Time)) {
					t.Errorf("%s: got %v", s.kind, got.Elem())
				}
			} else if !reflect.DeepEqual(got.Elem().Interface(), s.value) {
				t.Errorf("%s: got %v, want %v", s.kind, got.Elem(), s.value)
			}
		}
	})
}

func TestPgxNulls(t *testing.T) {
	inEveryMode(t, func(t *testing.T, conn *pgx.Conn) {
		for _, kind := range []string{"bool", "int4", "int8", "text", "bytea", "timestamp", "uuid", "jsonb"} {
			var missing *string
			var empty string
			err := conn.QueryRow(bounded(t), "SELECT $1::"+kind+"::text, ''::text", nil).Scan(&missing, &empty)
			check(t, err)
			equal(t, missing == nil, true)
			equal(t, empty, "")
		}
	})
}

func TestPgxErrorsKeepEveryField(t *testing.T) {
	name := table(t, "id int PRIMARY KEY, small int CONSTRAINT tiny CHECK (small < 10)")
	inEveryMode(t, func(t *testing.T, conn *pgx.Conn) {
		ctx := bounded(t)
		_, err := conn.Exec(ctx, "DELETE FROM "+name)
		check(t, err)
		_, err = conn.Exec(ctx, "INSERT INTO "+name+" VALUES ($1, $2)", 1, 1)
		check(t, err)

		_, err = conn.Exec(ctx, "INSERT INTO "+name+" VALUES ($1, $2)", 1, 1)
		var refused *pgconn.PgError
		equal(t, errors.As(err, &refused), true)
		equal(t, refused.Code, "23505")
		equal(t, refused.Severity, "ERROR")
		equal(t, refused.SeverityUnlocalized, "ERROR")
		equal(t, refused.TableName, name)
		equal(t, refused.ConstraintName, name+"_pkey")
		equal(t, refused.Detail, "Key (id)=(1) already exists.")
		equal(t, refused.SchemaName, "public")
		equal(t, refused.Routine != "" && refused.File != "" && refused.Line > 0, true)

		_, err = conn.Exec(ctx, "INSERT INTO "+name+" VALUES ($1, $2)", 2, 11)
		equal(t, errors.As(err, &refused), true)
		equal(t, refused.Code+" "+refused.ConstraintName, "23514 tiny")

		_, err = conn.Exec(ctx, "SELECT 1 FRM pg_class")
		equal(t, errors.As(err, &refused), true)
		equal(t, fmt.Sprint(refused.Code, " ", refused.Position), "42601 14")

		// The session goes on after each of them, with the same texts too.
		for n := range 2 {
			_, err = conn.Exec(ctx, "INSERT INTO "+name+" VALUES ($1, $2)", 10+n, 1)
			check(t, err)
		}
	})
}

func TestPgxFailedTransaction(t *testing.T) {
	inEveryMode(t, func(t *testing.T, conn *pgx.Conn) {
		ctx := bounded(t)
		tx, err := conn.Begin(ctx)
		check(t, err)
		_, err = tx.Exec(ctx, "SELECT 1/$1::int", 0)
		var refused *pgconn.PgError
		equal(t, errors.As(err, &refused) && refused.Code == "22012", true)
		_, err = tx.Exec(ctx, "SELECT $1::int", 1)
		equal(t, errors.As(err, &refused) && refused.Code == "25P02", true)
		equal(t, conn.PgConn().TxStatus(), 'E')
		// COMMIT of a failed transaction answers ROLLBACK; Temporal's own store relies on it.
		equal(t, errors.Is(tx.Commit(ctx), pgx.ErrTxCommitRollback), true)
		equal(t, conn.PgConn().TxStatus(), 'I')
	})
}

func TestPgxTransactionsAndRowLocks(t *testing.T) {
	name := table(t, "id int PRIMARY KEY, n int NOT NULL")
	inEveryMode(t, func(t *testing.T, conn *pgx.Conn) {
		ctx := bounded(t)
		_, err := conn.Exec(ctx, "INSERT INTO "+name+" VALUES ($1, 0) ON CONFLICT (id) DO UPDATE SET n = 0", 1)
		check(t, err)
		for _, clause := range []string{"FOR SHARE", "FOR NO KEY UPDATE", "FOR UPDATE", "FOR KEY SHARE"} {
			tx, err := conn.Begin(ctx)
			check(t, err)
			var n int
			check(t, tx.QueryRow(ctx, "SELECT n FROM "+name+" WHERE id = $1 "+clause, 1).Scan(&n))
			_, err = tx.Exec(ctx, "UPDATE "+name+" SET n = $2 WHERE id = $1", 1, n+1)
			check(t, err)
			check(t, tx.Commit(ctx))
		}
		tx, err := conn.Begin(ctx)
		check(t, err)
		tag, err := tx.Exec(ctx, "UPDATE "+name+" SET n = 1000")
		check(t, err)
		equal(t, tag.String(), "UPDATE 1")
		check(t, tx.Rollback(ctx))
		var n int
		check(t, conn.QueryRow(ctx, "SELECT n FROM "+name).Scan(&n))
		equal(t, n, 4)
	})
}

func TestPgxNotices(t *testing.T) {
	notOnDsql(t, "DO")
	var seen []string
	conn := connect(t, func(c *pgx.ConnConfig) {
		c.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) {
			seen = append(seen, strings.Join([]string{n.Severity, n.Code, n.Message, n.Hint}, "|"))
		}
	})
	_, err := conn.Exec(bounded(t), `DO $$BEGIN
		RAISE NOTICE 'first' USING HINT = 'look';
		RAISE WARNING 'second';
	END$$`)
	check(t, err)
	equal(t, strings.Join(seen, " "), "NOTICE|00000|first|look WARNING|01000|second|")
}

func TestPgxManyStatements(t *testing.T) {
	// A cache of two statements evicts at every step: Close, Parse under the same name, again and again.
	conn := connect(t, func(c *pgx.ConnConfig) { c.StatementCacheCapacity = 2 })
	ctx := bounded(t)
	for n := range 60 {
		var got int
		check(t, conn.QueryRow(ctx, fmt.Sprintf("SELECT $1::int + %d", n%6), n).Scan(&got))
		equal(t, got, n+n%6)
	}
	described, err := conn.Prepare(ctx, "named", "SELECT $1::int8, $2::bytea")
	check(t, err)
	equal(t, fmt.Sprint(described.ParamOIDs, len(described.Fields)), "[20 17] 2")
	_, err = conn.Prepare(ctx, "other", "SELECT 'x' || $1::text")
	check(t, err)
	var text string
	check(t, conn.QueryRow(ctx, "other", "y").Scan(&text))
	equal(t, text, "xy")
	check(t, conn.Deallocate(ctx, "named"))
	check(t, conn.DeallocateAll(ctx))
}

func TestPgxSessionSettings(t *testing.T) {
	conn := connect(t, func(c *pgx.ConnConfig) { c.RuntimeParams["application_name"] = "drivers" })
	ctx := bounded(t)
	equal(t, conn.PgConn().ParameterStatus("application_name"), "drivers")
	equal(t, conn.PgConn().ParameterStatus("server_version") != "", true)
	_, err := conn.Exec(ctx, "SET TIME ZONE 'Asia/Tokyo'")
	check(t, err)
	equal(t, conn.PgConn().ParameterStatus("TimeZone"), "Asia/Tokyo")
	var zone string
	check(t, conn.QueryRow(ctx, "SHOW timezone").Scan(&zone))
	equal(t, zone, "Asia/Tokyo")
}

func TestPgxNotifications(t *testing.T) {
	notOnDsql(t, "LISTEN")
	listener, sender := connect(t), connect(t)
	ctx := bounded(t)
	_, err := listener.Exec(ctx, "LISTEN drivers_channel")
	check(t, err)
	_, err = sender.Exec(ctx, "SELECT pg_notify('drivers_channel', 'a word')")
	check(t, err)
	heard, err := listener.WaitForNotification(ctx)
	check(t, err)
	equal(t, heard.Channel+" "+heard.Payload, "drivers_channel a word")
}
