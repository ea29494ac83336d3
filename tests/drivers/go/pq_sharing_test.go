package drivers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/lib/pq"
)

// lib/pq names its statements 1, 2, 3 … in every session: the same names, for other texts.
func TestPqSameNamesForOtherTexts(t *testing.T) {
	inBothPqModes(t, func(t *testing.T, first *sql.DB) {
		ctx := bounded(t)
		var statements []*sql.Stmt
		for number := range 6 {
			db := first
			if number > 0 {
				db = openPq(t, "")
			}
			statement, err := db.PrepareContext(ctx, fmt.Sprintf("SELECT 'session %d: ' || $1::text", number))
			check(t, err)
			defer statement.Close()
			statements = append(statements, statement)
		}
		for round := range 8 {
			for number, statement := range statements {
				var got string
				check(t, statement.QueryRowContext(ctx, fmt.Sprint(round)).Scan(&got))
				equal(t, got, fmt.Sprintf("session %d: %d", number, round))
			}
		}
	})
}

func TestPqCancelEndsItsOwnStatementOnly(t *testing.T) {
	ctx, observer := bounded(t), connect(t)
	mark := fmt.Sprintf("pq_cancel_%d", os.Getpid())
	sleep := func(ctx context.Context, seconds string) chan error {
		db, ended := openPq(t, ""), make(chan error, 1)
		go func() {
			_, err := db.ExecContext(ctx, "SELECT pg_sleep("+seconds+"), '"+mark+"'")
			ended <- err
		}()
		return ended
	}
	short, cancel := context.WithCancel(ctx)
	left, cancelled, right := sleep(ctx, "0.4"), sleep(short, "60"), sleep(ctx, "0.4")
	await(t, observer, mark, 3)
	cancel()
	var refused *pq.Error
	err := <-cancelled
	equal(t, errors.Is(err, context.Canceled) || errors.As(err, &refused) && refused.Code == "57014", true)
	check(t, <-left)
	check(t, <-right)
}

func TestPqSettingsStayWhileOthersWork(t *testing.T) {
	ctx := bounded(t)
	zones := []string{"Asia/Tokyo", "America/New_York", "Europe/Paris", "UTC"}
	var sessions []*sql.DB
	for number, zone := range zones {
		db := openPq(t, fmt.Sprintf("application_name=session%d&search_path=s%d", number, number))
		_, err := db.ExecContext(ctx, "SET TIME ZONE '"+zone+"'")
		check(t, err)
		sessions = append(sessions, db)
	}
	seen := func(number int) {
		t.Helper()
		var got string
		check(t, sessions[number].QueryRowContext(ctx, "SELECT concat_ws('|', current_setting('TimeZone'), current_setting('application_name'), "+
			"current_setting('search_path'))").Scan(&got))
		equal(t, got, fmt.Sprintf("%s|session%d|s%d", zones[number], number, number))
	}
	for held := range len(sessions) {
		var open []*sql.Tx
		for _, db := range sessions[:held] {
			tx, err := db.BeginTx(ctx, nil)
			check(t, err)
			_, err = tx.ExecContext(ctx, "SELECT 1")
			check(t, err)
			open = append(open, tx)
		}
		for number := held; number < len(sessions); number++ {
			seen(number)
		}
		for _, tx := range open {
			check(t, tx.Commit())
		}
		for number := range sessions {
			seen(number)
		}
	}
}

func TestPqPoolOfTwenty(t *testing.T) {
	name := table(t, "id int PRIMARY KEY, n int NOT NULL")
	inBothPqModes(t, func(t *testing.T, db *sql.DB) {
		ctx := bounded(t)
		db.SetMaxOpenConns(20)
		db.SetMaxIdleConns(5) // so that sessions end and begin all the time
		_, err := db.ExecContext(ctx, "DELETE FROM "+name)
		check(t, err)
		insert, err := db.PrepareContext(ctx, "INSERT INTO "+name+" VALUES ($1, $2)")
		check(t, err)
		defer insert.Close()
		inParallel(t, 40, func(worker int) error {
			for round := range 10 {
				tx, err := db.BeginTx(ctx, nil)
				if err != nil {
					return err
				}
				if _, err := tx.StmtContext(ctx, insert).ExecContext(ctx, worker*100+round, round); err != nil {
					return err
				}
				if err := tx.Commit(); err != nil {
					return err
				}
			}
			return nil
		})
		var count, sum int
		check(t, db.QueryRowContext(ctx, "SELECT count(*), sum(n) FROM "+name).Scan(&count, &sum))
		equal(t, fmt.Sprint(count, sum), "400 1800")
	})
}

func TestPqManyShortConnections(t *testing.T) {
	db := openPq(t, "")
	db.SetMaxIdleConns(-1) // a session for each statement
	for number := range 60 {
		var got int
		check(t, db.QueryRowContext(bounded(t), "SELECT $1::int", number).Scan(&got))
		equal(t, got, number)
	}
}
