import java.io.StringReader;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.net.URI;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.postgresql.PGConnection;
import org.postgresql.jdbc.PreferQueryMode;
import org.postgresql.util.PSQLException;

/**
 * pgjdbc as a client of whatever stands behind $DSN. Each method `check…` is a check; how it ended is printed as `go test -v` does, which
 * tests/drivers/run counts. Nothing here asks for what Aurora DSQL has not. Arguments name the checks to run. Exit 1 if one failed.
 */
public class PgjdbcClient {
  static final List<String> ZONES = List.of("Asia/Tokyo", "America/New_York", "Europe/Paris", "UTC");
  static int tables = 0;

  interface Body {
    void run(Connection connection) throws Exception;
  }

  static Connection connect(String... words) throws SQLException {
    URI dsn = URI.create(System.getenv("DSN"));
    Properties properties = new Properties();
    properties.setProperty("user", dsn.getUserInfo().split(":")[0]);
    for (int n = 0; n < words.length; n += 2) properties.setProperty(words[n], words[n + 1]);
    return DriverManager.getConnection("jdbc:postgresql://" + dsn.getHost() + ":" + dsn.getPort() + dsn.getPath(), properties);
  }

  static List<Connection> connections(int count, String... words) throws SQLException {
    List<Connection> made = new ArrayList<>();
    for (int n = 0; n < count; n++) made.add(connect(words));
    return made;
  }

  static void closeAll(List<Connection> connections) throws SQLException {
    for (Connection connection : connections) connection.close();
  }

  /** The driver's ways to ask: by default, prepared and binary from the first time on, and as simple queries. */
  static void inEveryMode(Body body) throws Exception {
    for (String[] words : new String[][] {{}, {"prepareThreshold", "1"}, {"prepareThreshold", "-1"}, {"preferQueryMode", "simple"},
        {"preferQueryMode", "extendedCacheEverything"}, {"preferQueryMode", "extendedForPrepared"}, {"preparedStatementCacheQueries", "2"}}) {
      try (Connection connection = connect(words)) {
        body.run(connection);
      } catch (Exception | AssertionError failure) {
        throw new AssertionError("with " + Arrays.toString(words), failure);
      }
    }
  }

  static String value(Connection connection, String text, Object... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(text)) {
      for (int n = 0; n < values.length; n++) statement.setObject(n + 1, values[n]);
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return rows.getString(1);
      }
    }
  }

  static int run(Connection connection, String text) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.execute(text) ? 0 : statement.getUpdateCount();
    }
  }

  static String table(String columns) throws SQLException {
    String name = "pgjdbc_" + ProcessHandle.current().pid() + "_" + ++tables;
    try (Connection connection = connect()) {
      run(connection, "CREATE TABLE " + name + " (" + columns + ")");
    }
    return name;
  }

  static void equal(Object got, Object want) {
    if (!got.equals(want)) throw new AssertionError("got " + got + ", want " + want);
  }

  static SQLException refused(Callable<?> call, String state) throws Exception {
    try {
      call.call();
    } catch (SQLException refusal) {
      equal(refusal.getSQLState(), state);
      return refusal;
    }
    throw new AssertionError("not refused with " + state);
  }

  static void checkConnect() throws Exception {
    try (Connection connection = connect("ApplicationName", "drivers of pgjdbc")) {
      equal(value(connection, "SHOW application_name"), "drivers of pgjdbc");
      equal(connection.isValid(5), true);
      equal(connection.getMetaData().getDatabaseMajorVersion() >= 15, true);
      equal(connection.unwrap(PGConnection.class).getParameterStatus("server_encoding"), "UTF8");
    }
  }

  static void checkValuesInEveryMode() throws Exception {
    Timestamp moment = Timestamp.from(Instant.parse("2026-02-28T23:59:58.123456Z"));
    Object[] values = {1, 1L << 40, -1.5, new BigDecimal("123456789.000000001"), "grüße '\\ ?", "", true, moment, new UUID(0, 5)};
    String text = "SELECT ?::int4, ?::int8, ?::float8, ?::numeric, ?::text, ?::text, ?::bool, ?::timestamptz, ?::uuid, ?::bytea, NULL::text";
    inEveryMode(connection -> {
      boolean simple = connection.unwrap(PGConnection.class).getPreferQueryMode() == PreferQueryMode.SIMPLE;
      try (PreparedStatement statement = connection.prepareStatement(text)) {
        for (int round = 0; round < 8; round++) {  // from the fifth on prepared by name, then in binary
          for (int n = 0; n < values.length; n++) statement.setObject(n + 1, values[n]);
          if (simple) statement.setString(10, "\\x00ff5c");  // the driver has no bytea there
          else statement.setBytes(10, new byte[] {0, -1, '\\'});
          try (ResultSet row = statement.executeQuery()) {
            row.next();
            for (int n = 0; n < values.length; n++) equal(row.getObject(n + 1), values[n]);
            equal(Arrays.toString(row.getBytes(10)), "[0, -1, 92]");
            equal(row.getString(11) == null, true);
          }
        }
      }
    });
  }

  static void checkStatementsInEveryMode() throws Exception {
    String name = table("id int PRIMARY KEY, word text");
    inEveryMode(connection -> {
      run(connection, "DELETE FROM " + name);
      for (int n = 0; n < 12; n++) {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + name + " VALUES (?, ?)")) {
          insert.setInt(1, n);
          insert.setString(2, "word " + n);
          equal(insert.executeUpdate(), 1);
        }
      }
      for (int n = 0; n < 12; n++) equal(value(connection, "SELECT word FROM " + name + " WHERE id = ?", n), "word " + n);
      equal(run(connection, "UPDATE " + name + " SET word = 'new' WHERE id < 5"), 5);
      try (Statement statement = connection.createStatement()) {
        statement.execute("SELECT 1; SELECT 'two'");
        equal(statement.getMoreResults(), true);
        statement.getResultSet().next();
        equal(statement.getResultSet().getString(1), "two");
      }
    });
  }

  static void checkSameTextOnManyConnections() throws Exception {
    List<Connection> sessions = connections(20);
    for (int round = 0; round < 10; round++) {
      for (int n = 0; n < sessions.size(); n++) {
        equal(value(sessions.get(n), "SELECT ?::int * 100 + ?::int", n, round), "" + (n * 100 + round));
      }
    }
    closeAll(sessions);
  }

  /** pgjdbc names its statements S_1, S_2 … in every session. */
  static void checkSameNamesForOtherTexts() throws Exception {
    List<Connection> sessions = connections(6, "prepareThreshold", "1");
    for (int round = 0; round < 10; round++) {
      for (int n = 0; n < sessions.size(); n++) {
        equal(value(sessions.get(n), "SELECT 'session " + n + ": ' || ?::text", "" + round), "session " + n + ": " + round);
      }
    }
    closeAll(sessions);
  }

  static void checkTransactionsInEveryMode() throws Exception {
    String name = table("id int PRIMARY KEY");
    try (Connection other = connect()) {
      inEveryMode(connection -> {
        run(connection, "DELETE FROM " + name);
        connection.setAutoCommit(false);
        String count = "SELECT count(*) FROM " + name;
        run(connection, "INSERT INTO " + name + " VALUES (1)");
        equal(value(other, count), "0");
        connection.commit();
        run(connection, "INSERT INTO " + name + " VALUES (2)");
        connection.rollback();
        equal(value(other, count), "1");
        run(connection, "INSERT INTO " + name + " VALUES (3)");
        refused(() -> run(connection, "INSERT INTO " + name + " VALUES (1)"), "23505");
        refused(() -> value(connection, "SELECT 1"), "25P02");
        connection.commit();  // of a failed transaction: its end
        equal(value(other, count), "1");
        for (int n = 10; n < 18; n++) {
          equal(value(connection, "SELECT ?::int", n), "" + n);
          run(connection, "INSERT INTO " + name + " VALUES (" + n + ")");
          connection.commit();
        }
        equal(value(other, count), "9");
        connection.setAutoCommit(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        equal(connection.getTransactionIsolation(), Connection.TRANSACTION_REPEATABLE_READ);
      });
    }
  }

  static void checkErrorsInEveryMode() throws Exception {
    String name = table("id int PRIMARY KEY");
    inEveryMode(connection -> {
      run(connection, "DELETE FROM " + name);
      run(connection, "INSERT INTO " + name + " VALUES (1)");
      for (int round = 0; round < 7; round++) {
        PSQLException twice = (PSQLException) refused(() -> value(connection, "INSERT INTO " + name + " VALUES (?) RETURNING id", 1), "23505");
        equal(twice.getServerErrorMessage().getConstraint(), name + "_pkey");
        PSQLException wrong = (PSQLException) refused(() -> value(connection, "SELECT 1 FRM pg_class"), "42601");
        equal(wrong.getServerErrorMessage().getPosition(), 14);
        refused(() -> value(connection, "SELECT * FROM never_was"), "42P01");
      }
      equal(value(connection, "SELECT 'still here'"), "still here");
    });
  }

  static void checkBatch() throws Exception {
    String name = table("id int PRIMARY KEY, word text");
    for (String rewritten : List.of("false", "true")) {
      try (Connection connection = connect("reWriteBatchedInserts", rewritten)) {
        run(connection, "DELETE FROM " + name);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + name + " VALUES (?, ?)")) {
          for (int round = 0; round < 8; round++) {
            for (int n = 0; n < 200; n++) {
              insert.setInt(1, round * 1000 + n);
              insert.setString(2, "word");
              insert.addBatch();
            }
            equal(insert.executeBatch().length, 200);
          }
          for (int id : new int[] {9000, 1, 9001}) {
            insert.setInt(1, id);
            insert.addBatch();
          }
          equal(refused(insert::executeBatch, "23505") instanceof BatchUpdateException, true);
        }
        equal(value(connection, "SELECT count(*) FROM " + name), "1600");
      }
    }
  }

  /** Returns when so many statements with this mark run. */
  static void await(Connection observer, String mark, int count) throws SQLException {
    String text = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%" + mark + "%'";
    while (!value(observer, text).equals("" + count)) Thread.onSpinWait();
  }

  static CompletableFuture<Boolean> started(Statement statement, String seconds, String mark) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return statement.execute("SELECT pg_sleep(" + seconds + "), '" + mark + "'");
      } catch (SQLException refusal) {
        throw new CompletionException(refusal);
      }
    }, task -> new Thread(task).start());
  }

  static void checkCancelTheRightOne() throws Exception {
    String mark = "pgjdbc_cancel_" + ProcessHandle.current().pid();
    List<Connection> sessions = connections(3);
    List<Statement> statements = new ArrayList<>();
    for (Connection session : sessions) statements.add(session.createStatement());
    try (Connection observer = connect()) {
      CompletableFuture<Boolean> left = started(statements.get(0), "0.3", mark);
      CompletableFuture<Boolean> target = started(statements.get(1), "60", mark);
      CompletableFuture<Boolean> right = started(statements.get(2), "0.3", mark);
      await(observer, mark, 3);
      statements.get(1).cancel();
      refused(() -> {
        try {
          return target.join();
        } catch (CompletionException wrapped) {
          throw (SQLException) wrapped.getCause();
        }
      }, "57014");
      equal(left.join() && right.join(), true);
      equal(value(sessions.get(1), "SELECT 1"), "1");
    }
    closeAll(sessions);
  }

  static void checkLargeResults() throws Exception {
    String text = "SELECT n, repeat('x', 490) FROM generate_series(1, 100000) n";
    try (Connection connection = connect(); Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (int size : new int[] {0, 5000}) {  // at once, and by portals that are suspended
        statement.setFetchSize(size);
        long rows = 0, bytes = 0;
        try (ResultSet row = statement.executeQuery(text)) {
          while (row.next()) {
            rows++;
            bytes += row.getBytes(2).length;
          }
        }
        equal(rows + " " + bytes, "100000 49000000");
      }
      connection.commit();
    }
  }

  /** Two portals of one transaction are read in turn, while another session works. */
  static void checkSuspendedPortals() throws Exception {
    try (Connection connection = connect(); Connection other = connect()) {
      connection.setAutoCommit(false);
      try (PreparedStatement up = connection.prepareStatement("SELECT generate_series(1, 2000)");
          PreparedStatement down = connection.prepareStatement("SELECT 2001 - n FROM generate_series(1, 2000) n")) {
        up.setFetchSize(100);
        down.setFetchSize(70);
        try (ResultSet first = up.executeQuery(); ResultSet second = down.executeQuery()) {
          for (int n = 1; n <= 2000; n++) {
            equal(first.next() && second.next(), true);
            equal(first.getInt(1) + second.getInt(1), 2001);
            if (n % 500 == 0) equal(value(other, "SELECT 1"), "1");
          }
        }
      }
      connection.commit();
    }
  }

  static void checkCopy() throws Exception {
    String name = table("id int PRIMARY KEY, word text");
    StringBuilder lines = new StringBuilder();
    for (int n = 0; n < 2000; n++) lines.append(n).append("\tword ").append(n).append('\n');
    try (Connection connection = connect()) {
      var copy = connection.unwrap(PGConnection.class).getCopyAPI();
      equal(copy.copyIn("COPY " + name + " FROM STDIN", new StringReader(lines.toString())), 2000L);
      StringWriter out = new StringWriter();
      copy.copyOut("COPY (SELECT * FROM " + name + " ORDER BY id) TO STDOUT", out);
      equal(out.toString(), lines.toString());
      refused(() -> copy.copyIn("COPY " + name + " FROM STDIN", new StringReader("1\tagain\n")), "23505");
      equal(value(connection, "SELECT count(*) FROM " + name), "2000");
    }
  }

  static void checkSettingsStayWhileOthersWork() throws Exception {
    List<Connection> sessions = connections(8);
    List<String> want = new ArrayList<>();
    for (int n = 0; n < sessions.size(); n++) {
      Connection session = sessions.get(n);
      run(session, "SET TIME ZONE '" + ZONES.get(n % 4) + "'");
      run(session, "SET extra_float_digits = " + n % 3);
      session.setClientInfo("ApplicationName", "session " + n);
      session.setSchema("s" + n);
      want.add(ZONES.get(n % 4) + "|" + n % 3 + "|session " + n + "|\"s" + n + "\"");
    }
    for (int held = 0; held < 5; held++) {
      for (Connection session : sessions.subList(0, held)) {
        session.setAutoCommit(false);
        equal(value(session, "SELECT 1"), "1");
      }
      seen(sessions.subList(held, 8), want.subList(held, 8));
      for (Connection session : sessions.subList(0, held)) {
        session.commit();
        session.setAutoCommit(true);
      }
      seen(sessions, want);
    }
    closeAll(sessions);
  }

  static void seen(List<Connection> sessions, List<String> want) throws SQLException {
    for (int n = 0; n < sessions.size(); n++) {
      String got = value(sessions.get(n), "SELECT concat_ws('|', current_setting('TimeZone'), current_setting('extra_float_digits'), "
          + "current_setting('application_name'), current_setting('search_path'))");
      equal(got.replace("\"", ""), want.get(n).replace("\"", ""));
    }
  }

  static void checkManyThreads() throws Exception {
    String name = table("id int PRIMARY KEY");
    inParallel(20, number -> {
      try (Connection connection = connect(); PreparedStatement insert = connection.prepareStatement("INSERT INTO " + name + " VALUES (?)")) {
        connection.setAutoCommit(false);
        for (int round = 0; round < 10; round++) {
          insert.setInt(1, number * 100 + round);
          insert.executeUpdate();
          connection.commit();
        }
      }
    });
    try (Connection connection = connect()) {
      equal(value(connection, "SELECT count(*) FROM " + name), "200");
    }
  }

  static void checkShortConnections() throws Exception {
    inParallel(4, number -> {
      for (int round = 0; round < 20; round++) {
        try (Connection connection = connect()) {
          equal(value(connection, "SELECT ?::int", number * 100 + round), "" + (number * 100 + round));
        }
      }
    });
  }

  interface Work {
    void run(int number) throws Exception;
  }

  static void inParallel(int count, Work work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(count);
    List<Future<?>> all = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      int number = n;
      all.add(threads.submit(() -> { work.run(number); return null; }));
    }
    threads.shutdown();
    for (Future<?> one : all) one.get();
  }

  /** Prints how the check ended; whether it failed. */
  static boolean failed(Method check) throws Exception {
    String name = check.getName().substring("check".length());
    System.out.println("=== RUN   " + name);
    long began = System.nanoTime();
    String word = "PASS";
    try {
      check.invoke(null);
    } catch (InvocationTargetException wrapped) {
      word = "FAIL";
      wrapped.getCause().printStackTrace(System.out);
    }
    System.out.printf("--- %s: %s (%.2fs)%n", word, name, (System.nanoTime() - began) / 1e9);
    return word.equals("FAIL");
  }

  public static void main(String[] names) throws Exception {
    boolean broken = false;
    Method[] methods = PgjdbcClient.class.getDeclaredMethods();
    Arrays.sort(methods, Comparator.comparing(Method::getName));
    for (Method method : methods) {
      boolean chosen = names.length == 0 || List.of(names).contains(method.getName().replaceFirst("^check", ""));
      if (method.getName().startsWith("check") && chosen) broken |= failed(method);
    }
    System.exit(broken ? 1 : 0);
  }
}
