package drivers

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

var unescape = strings.NewReplacer(`\\`, `\`, `\n`, "\n")

// player keeps the sessions of a trace as pgx would: one connection each, a prepared statement per text.
type player struct {
	ctx        context.Context
	schema     string
	texts      map[string]string
	sessions   map[string]*pgconn.PgConn
	prepared   map[string]bool
	statements int
}

func (p *player) play(line string) error {
	first, rest, _ := strings.Cut(line, " ")
	if first == "#" {
		return nil
	}
	if strings.HasPrefix(first, "S") {
		p.texts[first] = unescape.Replace(rest)
		return nil
	}
	session, err := p.session(first)
	if err != nil {
		return err
	}
	p.statements++
	kind, rest, _ := strings.Cut(rest, " ")
	if kind == "Q" {
		_, err := session.Exec(p.ctx, unescape.Replace(rest)).ReadAll()
		return err
	}
	return p.execute(session, first, rest)
}

func (p *player) execute(session *pgconn.PgConn, number, rest string) error {
	text, list, _ := strings.Cut(rest, " ")
	var given []*string
	if err := json.Unmarshal([]byte(list), &given); err != nil {
		return err
	}
	if !p.prepared[number+text] {
		if _, err := session.Prepare(p.ctx, text, p.texts[text], nil); err != nil {
			return err
		}
		p.prepared[number+text] = true
	}
	values := make([][]byte, len(given))
	for n, value := range given {
		if value != nil {
			values[n] = []byte(*value)
		}
	}
	return session.ExecPrepared(p.ctx, text, values, nil, nil).Read().Err
}

func (p *player) session(number string) (*pgconn.PgConn, error) {
	if session, open := p.sessions[number]; open {
		return session, nil
	}
	session, err := pgconn.Connect(p.ctx, os.Getenv("DSN"))
	if err != nil {
		return nil, err
	}
	p.sessions[number] = session
	_, err = session.Exec(p.ctx, "SET search_path TO "+p.schema).ReadAll()
	return session, err
}

func TestRecordedTracesReplay(t *testing.T) {
	notOnDsql(t, "keys of bytea, and here are no rules for tables that have them")
	dsn(t)
	ddl, err := os.ReadFile("../../traces/temporal_schema.sql")
	check(t, err)
	traces, err := filepath.Glob("../../traces/temporal*.trace")
	check(t, err)
	for number, path := range traces {
		t.Run(filepath.Base(path), func(t *testing.T) {
			schema := fmt.Sprintf("drivers_%d_trace_%d", os.Getpid(), number)
			owner := connect(t)
			_, err := owner.PgConn().Exec(bounded(t), "CREATE SCHEMA "+schema+"; SET search_path TO "+schema).ReadAll()
			check(t, err)
			t.Cleanup(func() { owner.PgConn().Exec(context.Background(), "DROP SCHEMA "+schema+" CASCADE").ReadAll() })
			_, err = owner.PgConn().Exec(bounded(t), string(ddl)).ReadAll()
			check(t, err)
			replay(t, path, schema)
		})
	}
}

func replay(t *testing.T, path, schema string) {
	file, err := os.Open(path)
	check(t, err)
	defer file.Close()
	p := player{bounded(t), schema, map[string]string{}, map[string]*pgconn.PgConn{}, map[string]bool{}, 0}
	defer func() {
		for _, session := range p.sessions {
			session.Close(context.Background())
		}
	}()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 16<<20)
	lines.Scan()
	equal(t, lines.Text(), "occam trace 1")
	for lines.Scan() {
		if err := p.play(lines.Text()); err != nil {
			t.Fatalf("%.200s: %v", lines.Text(), err)
		}
	}
	check(t, lines.Err())
	t.Logf("%d statements in %d sessions", p.statements, len(p.sessions))
}
