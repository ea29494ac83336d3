// node-pg as a client of whatever stands behind $DSN; $UPSTREAM says whether that is Aurora DSQL. Prints how each check ended as
// `go test -v` does, which tests/drivers/run counts. Arguments name the checks to run. Exit 1 if one failed.
'use strict';
const assert = require('node:assert/strict');
const { Client, Pool, Query } = require('pg');

const onDsql = process.env.UPSTREAM === 'aurora_dsql';
const zones = ['Asia/Tokyo', 'America/New_York', 'Europe/Paris', 'UTC'];
let tables = 0;
let opened = []; // the sessions of the check that runs

class Skipped extends Error {}

const range = (count) => [...Array(count).keys()];

async function connect(words = {}) {
  const client = new Client({ connectionString: process.env.DSN, ...words });
  await client.connect();
  opened.push(client);
  return client;
}

const connections = (count) => Promise.all(range(count).map(() => connect()));

async function value(client, text, values) {
  const { rows } = await client.query({ text, values, rowMode: 'array' });
  return rows[0][0];
}

async function table(columns) {
  const name = `node_pg_${process.pid}_${++tables}`;
  await (await connect()).query(`CREATE TABLE ${name} (${columns})`);
  return name;
}

const refused = (query, code) => assert.rejects(query, (error) => error.code === code || assert.fail(`${error}`));

// Resolves when so many statements with this mark run.
async function running(observer, mark, count) {
  const text = `SELECT count(*)::int FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%${mark}%'`;
  while ((await value(observer, text)) !== count);
}

const checks = {
  async connect() {
    const client = await connect({ application_name: 'drivers of node-pg' });
    assert.equal(await value(client, 'SHOW application_name'), 'drivers of node-pg');
    assert.equal(await value(client, 'SELECT 1'), 1);
  },

  async values() {
    const client = await connect();
    const moment = new Date('2026-02-28T23:59:58.123Z');
    const values = [1, '1099511627776', -1.5, '123456789.000000001', "grüße '\\ $1", '', null, true, moment, Buffer.from([0, 255, 39]), { a: [1, null] }];
    const kinds = 'int4 int8 float8 numeric text text text bool timestamptz bytea jsonb'.split(' ');
    const text = 'SELECT ' + kinds.map((kind, n) => `$${n + 1}::${kind}`).join(', ');
    for (const name of ['', 'values', 'values', 'values']) {
      const { rows } = await client.query({ name, text, values, rowMode: 'array' });
      assert.deepEqual(rows[0], values);
    }
  },

  async statements() {
    const name = await table('id int PRIMARY KEY, word text');
    const client = await connect();
    assert.equal((await client.query(`INSERT INTO ${name} SELECT n, 'word ' || n FROM generate_series(1, 9) n`)).rowCount, 9);
    assert.equal((await client.query(`UPDATE ${name} SET word = $1 WHERE id > $2`, ['new', 5])).rowCount, 4);
    const several = await client.query("SELECT 1 AS a; SELECT 'two' AS b");
    assert.deepEqual(several.map((one) => one.rows[0]), [{ a: 1 }, { b: 'two' }]);
    assert.equal((await client.query('')).command, null);
  },

  async same_text_on_many_connections() {
    const clients = await connections(20);
    for (const round of range(8)) {
      const got = await Promise.all(clients.map((client, n) =>
        client.query({ name: 'same', text: 'SELECT $1::int * 100 + $2::int AS n', values: [n, round] })));
      assert.deepEqual(got.map((one) => one.rows[0].n), range(20).map((n) => n * 100 + round));
    }
  },

  async same_name_for_other_texts() {
    const clients = await connections(6);
    for (const round of range(8)) {
      for (const [n, client] of clients.entries()) {
        const { rows } = await client.query({ name: 'same', text: `SELECT 'session ${n}: ' || $1::text AS a`, values: [`${round}`] });
        assert.equal(rows[0].a, `session ${n}: ${round}`);
      }
    }
  },

  async transactions() {
    const name = await table('id int PRIMARY KEY');
    const [client, other] = await connections(2);
    const insert = (id) => client.query({ name: 'insert', text: `INSERT INTO ${name} VALUES ($1)`, values: [id] });
    const count = () => value(other, `SELECT count(*)::int FROM ${name}`);
    await client.query('BEGIN');
    await insert(1);
    assert.equal(await count(), 0);
    await client.query('COMMIT');
    await client.query('BEGIN');
    await insert(2);
    await client.query('ROLLBACK');
    assert.equal(await count(), 1);
    await client.query('BEGIN');
    await insert(3);
    await refused(insert(1), '23505');
    await refused(client.query('SELECT 1'), '25P02');
    assert.equal((await client.query('COMMIT')).command, 'ROLLBACK');
    for (const id of range(8)) {
      await client.query('BEGIN');
      await insert(10 + id);
      await client.query('COMMIT');
    }
    assert.equal(await count(), 9);
  },

  async errors() {
    const name = await table('id int PRIMARY KEY');
    const client = await connect();
    await client.query(`INSERT INTO ${name} VALUES (1)`);
    for (const statement of [undefined, 'twice', 'twice']) {
      const twice = client.query({ name: statement, text: `INSERT INTO ${name} VALUES ($1)`, values: [1] });
      await assert.rejects(twice, { code: '23505', constraint: `${name}_pkey`, table: name, detail: 'Key (id)=(1) already exists.' });
      await assert.rejects(client.query('SELECT 1 FRM pg_class', []), { code: '42601', position: '14' });
      await refused(client.query({ name: 'never', text: 'SELECT * FROM never_was' }), '42P01');
    }
    assert.equal(await value(client, "SELECT 'still here'"), 'still here');
  },

  // Queries are queued in the client: each is sent when the answer to the one before is there.
  async queue() {
    const name = await table('id int PRIMARY KEY');
    const client = await connect();
    const answers = range(60).map((n) => client.query(n % 2 ? `INSERT INTO ${name} VALUES (${n}) RETURNING id`
      : { name: `q${n % 6}`, text: `SELECT $1::int AS id /* ${n % 6} */`, values: [n] }));
    answers.splice(30, 0, client.query(`INSERT INTO ${name} VALUES (1)`).catch((error) => ({ rows: [{ id: error.code }] })));
    const want = range(60);
    want.splice(30, 0, '23505');
    assert.deepEqual((await Promise.all(answers)).map((one) => one.rows[0].id), want);
  },

  async cancel_the_right_one() {
    const mark = `node_pg_cancel_${process.pid}`;
    const [observer, ...clients] = await connections(4);
    const queries = clients.map((client, n) => new Query(`SELECT pg_sleep(${n === 1 ? 60 : 0.3}), '${mark}'`));
    const ends = clients.map((client, n) => new Promise((resolve) => {
      queries[n].on('error', (error) => resolve(error.code)).on('end', () => resolve('done'));
      client.query(queries[n]);
    }));
    await running(observer, mark, 3);
    // node-pg cancels by a client of its own, which sends the key of the one it is to end.
    const canceller = new Client({ connectionString: process.env.DSN });
    const closed = new Promise((resolve) => canceller.connection.once('end', resolve));
    canceller.cancel(clients[1], queries[1]);
    assert.deepEqual(await Promise.all(ends), ['done', '57014', 'done']);
    await closed;
    assert.equal(await value(clients[1], 'SELECT 1'), 1);
  },

  async large_results() {
    const client = await connect();
    const text = "SELECT n, repeat('x', 490) AS x FROM generate_series(1, 100000) n";
    const { rows } = await client.query({ text, rowMode: 'array' });
    assert.equal(rows.length, 100000);
    assert.equal(rows.reduce((sum, row) => sum + row[1].length, 0), 49000000);
  },

  // Execute with a limit of rows, again and again, until the portal is at its end.
  async suspended_portals() {
    const [client, other] = await connections(2);
    const { rows } = await client.query({ text: 'SELECT generate_series(1, $1::int) AS n', values: [1000], rows: 70 });
    assert.equal(rows.reduce((sum, row) => sum + row.n, 0), 500500);
    assert.equal(await value(other, 'SELECT 1'), 1);
  },

  async settings_stay_while_others_work() {
    const clients = await connections(8);
    const want = [];
    for (const [n, client] of clients.entries()) {
      const style = ['ISO, MDY', 'ISO, DMY'][n % 2];
      await client.query(`SET TIME ZONE '${zones[n % 4]}'; SET DateStyle = '${style}'`);
      await client.query(`SET application_name = 'session ${n}'`);
      await client.query(`SET search_path TO s${n}`);
      want.push(`${zones[n % 4]}|${style}|session ${n}|s${n}`);
    }
    const seen = (some) => Promise.all(some.map((client) => value(client, "SELECT concat_ws('|', current_setting('TimeZone'), " +
      "current_setting('DateStyle'), current_setting('application_name'), current_setting('search_path'))")));
    for (const held of range(5)) {
      for (const client of clients.slice(0, held)) {
        await client.query('BEGIN');
        await client.query('SELECT 1');
      }
      assert.deepEqual(await seen(clients.slice(held)), want.slice(held));
      for (const client of clients.slice(0, held)) await client.query('COMMIT');
      assert.deepEqual(await seen(clients), want);
    }
  },

  async notifications() {
    if (onDsql) throw new Skipped('LISTEN');
    const [listener, other] = await connections(2);
    const heard = new Promise((resolve) => listener.once('notification', (one) => resolve(one.payload)));
    await listener.query(`LISTEN node_pg_${process.pid}`);
    await other.query("SELECT pg_notify($1, 'a word')", [`node_pg_${process.pid}`]);
    assert.equal(await heard, 'a word');
  },

  async pool() {
    const name = await table('id int PRIMARY KEY');
    const pool = new Pool({ connectionString: process.env.DSN, max: 20 });
    await Promise.all(range(40).map(async (worker) => {
      for (const round of range(10)) {
        const client = await pool.connect();
        try {
          await client.query('BEGIN');
          await client.query({ name: 'insert', text: `INSERT INTO ${name} VALUES ($1)`, values: [worker * 100 + round] });
          await client.query('COMMIT');
        } finally {
          client.release();
        }
      }
    }));
    assert.equal((await pool.query(`SELECT count(*)::int AS n FROM ${name}`)).rows[0].n, 400);
    await pool.end();
  },

  async short_connections() {
    await Promise.all(range(4).map(async (worker) => {
      for (const round of range(25)) {
        const client = new Client({ connectionString: process.env.DSN });
        await client.connect();
        assert.equal(await value(client, 'SELECT $1::int', [worker * 100 + round]), worker * 100 + round);
        await client.end();
      }
    }));
  },
};

async function failed(name) {
  console.log(`=== RUN   ${name}`);
  const began = process.hrtime.bigint();
  let word = 'PASS';
  try {
    await checks[name]();
  } catch (error) {
    word = error instanceof Skipped ? 'SKIP' : 'FAIL';
    console.log(word === 'SKIP' ? `    Aurora DSQL has no ${error.message}` : error.stack);
  }
  await Promise.all(opened.map((client) => client.end()));
  opened = [];
  console.log(`--- ${word}: ${name} (${(Number(process.hrtime.bigint() - began) / 1e9).toFixed(2)}s)`);
  return word === 'FAIL';
}

async function main() {
  const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(checks);
  for (const name of chosen) if (await failed(name)) process.exitCode = 1;
}

main();
