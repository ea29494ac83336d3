package suites

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/metrics"
	"go.temporal.io/server/common/persistence"
	persistencetests "go.temporal.io/server/common/persistence/persistence-tests"
	"go.temporal.io/server/common/persistence/serialization"
	"go.temporal.io/server/common/persistence/sql"
	"go.temporal.io/server/common/persistence/sql/sqlplugin"
	_ "go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql" // registers the plugins
	"go.temporal.io/server/common/resolver"
	"go.temporal.io/server/common/shuffle"
	"go.temporal.io/server/schema"
	"go.temporal.io/server/temporal/environment"
)

const mainSchema = "postgresql/v12/temporal/schema.sql"

// A plugin is one way in which Temporal speaks to PostgreSQL.
type plugin struct {
	name       string
	attributes map[string]string
}

// A database holds Temporal's main schema, and it alone: visibility stays on a plain PostgreSQL.
type database struct {
	config.SQL
	t *testing.T
}

// create makes the database and its tables as Temporal's schema tool does: each statement of schema.sql by itself. The
// test drops it at its end, for DSQL allows ten schemas (facts/dsql.md §3).
func create(t *testing.T, p plugin) *database {
	d := &database{t: t, SQL: config.SQL{
		User:               "temporal",
		Password:           "temporal",
		ConnectAddr:        net.JoinHostPort(environment.GetPostgreSQLAddress(), strconv.Itoa(environment.GetPostgreSQLPort())),
		ConnectProtocol:    "tcp",
		PluginName:         p.name,
		DatabaseName:       "test_" + shuffle.String("temporal_persistence"),
		ConnectAttributes:  p.attributes,
		TaskScanPartitions: 4,
	}}
	d.asAdmin("", func(db sqlplugin.AdminDB) error { return db.CreateDatabase(d.DatabaseName) })
	t.Cleanup(func() {
		d.asAdmin("", func(db sqlplugin.AdminDB) error { return db.DropDatabase(d.DatabaseName) })
	})
	text, err := fs.ReadFile(schema.Assets(), mainSchema)
	require.NoError(t, err)
	statements, err := persistence.LoadAndSplitQueryFromReaders([]io.Reader{bytes.NewReader(text)})
	require.NoError(t, err)
	d.asAdmin(d.DatabaseName, func(db sqlplugin.AdminDB) error {
		for _, statement := range statements {
			if err := db.Exec(statement); err != nil {
				return fmt.Errorf("%w, in %s", err, statement)
			}
		}
		return nil
	})
	return d
}

// asAdmin connects as the schema tool does; an empty name lets the plugin find a database to start from.
func (d *database) asAdmin(name string, act func(sqlplugin.AdminDB) error) {
	cfg := d.SQL
	cfg.DatabaseName = name
	db, err := sql.NewSQLAdminDB(sqlplugin.DbKindUnknown, &cfg, resolver.NewNoopResolver(), log.NewNoopLogger(), metrics.NoopMetricsHandler)
	require.NoError(d.t, err)
	defer func() { _ = db.Close() }()
	require.NoError(d.t, act(db))
}

// store opens the plugin's statements themselves, as the suites of sqlplugin want them.
func (d *database) store() sqlplugin.DB {
	db, err := sql.NewSQLDB(sqlplugin.DbKindMain, &d.SQL, resolver.NewNoopResolver(), log.NewNoopLogger(), metrics.NoopMetricsHandler)
	require.NoError(d.t, err)
	d.t.Cleanup(func() { _ = db.Close() })
	return db
}

// factory opens the stores that Temporal builds on those statements.
func (d *database) factory() *sql.Factory {
	factory := sql.NewFactory(d.SQL, resolver.NewNoopResolver(), "occam_suites", log.NewNoopLogger(), metrics.NoopMetricsHandler,
		serialization.NewSerializer())
	d.t.Cleanup(factory.Close)
	return factory
}

// managers opens what Temporal builds on the stores. Its suites ask for a sql.TestCluster by name, to leave out what is
// for Cassandra; this one finds the database there and, without a folder, loads no schema.
func (d *database) managers() *persistencetests.TestBase {
	host, port, err := net.SplitHostPort(d.ConnectAddr)
	require.NoError(d.t, err)
	number, err := strconv.Atoi(port)
	require.NoError(d.t, err)
	cluster := sql.NewTestCluster(d.PluginName, d.DatabaseName, d.User, d.Password, host, number, d.ConnectAttributes, "", nil, log.NewNoopLogger())
	base := persistencetests.NewTestBaseForCluster(cluster, log.NewTestLogger())
	base.Setup(nil)
	return base
}
