//! Statements: what reads is answered, all else is refused, and what is wrong is told with its place.

use crate::world::World;
use datafusion::prelude::SessionContext;
use faregate_core::when::Zone;
use faregate_lake::Lake;
use faregate_lake::rights::{Outlook, Rights, Tables};
use faregate_lake::sql::{self, Form, Kind, SqlError};
use std::sync::Arc;

async fn session(world: &World, lake: &Lake) -> SessionContext {
    let session = lake.session(&world.means()).await.unwrap();
    let tables = Tables::of(lake, Zone::utc()).await.unwrap();
    let outlook = Arc::new(Outlook::new(Arc::new(tables), Rights::Everything));
    outlook.register(&session).await.unwrap();
    session
}

async fn refused(session: &SessionContext, statement: &str) -> SqlError {
    match sql::ask(session, statement).await {
        Err(error) => error,
        Ok(_) => panic!("{statement}"),
    }
}

#[tokio::test]
async fn whatever_does_not_read_is_refused() {
    let world = World::used();
    let sync = world.sync().await;
    let session = session(&world, sync.lake()).await;
    let before = world.facts(sync.lake()).await;
    for statement in [
        "INSERT INTO charges SELECT * FROM charges",
        "DELETE FROM charges",
        "UPDATE charges SET ticks = 0",
        "DROP TABLE charges",
        "DROP VIEW burn",
        "CREATE TABLE mine AS SELECT * FROM charges",
        "SELECT * INTO mine FROM charges",
        "CREATE VIEW mine AS SELECT 1",
        "CREATE SCHEMA mine",
        "CREATE EXTERNAL TABLE mine STORED AS PARQUET LOCATION '/etc/passwd'",
        "COPY charges TO '/tmp/charges.parquet'",
        "COPY (SELECT 1) TO 'x.csv' STORED AS CSV",
        "SET datafusion.execution.batch_size = 1",
        "RESET datafusion.execution.batch_size",
        "PREPARE mine AS SELECT 1",
        "EXECUTE mine",
        "BEGIN",
        "EXPLAIN CREATE TABLE mine AS SELECT 1",
        "EXPLAIN ANALYZE DELETE FROM charges",
        "WITH one AS (SELECT 1) INSERT INTO products SELECT 1, 'a', 'b'",
    ] {
        let error = refused(&session, statement).await;
        let is_told = matches!(error.kind, Kind::Refused | Kind::Other | Kind::Syntax);
        assert!(is_told, "{statement}: {error:?}");
    }
    let known = refused(&session, "DELETE FROM charges").await;
    assert_eq!(known.to_string(), "the lake is read-only, and this is no question to it");
    assert_eq!(world.facts(sync.lake()).await, before);
}

/// What could read a file is not there.
#[tokio::test]
async fn no_function_reads_a_file() {
    let world = World::used();
    let sync = world.sync().await;
    let session = session(&world, sync.lake()).await;
    let state = session.state();
    let mut functions: Vec<&String> = state.table_functions().keys().collect();
    functions.sort();
    let ours = ["charge_windows", "daily_use", "generate_series", "peaks", "range", "usage_totals"];
    assert_eq!(functions, ours);
    for statement in [
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM \"/etc/passwd\"",
        "SELECT * FROM read_parquet('/etc/passwd')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM parquet_metadata('x')",
        "SELECT pg_read_file('/etc/passwd')",
    ] {
        let error = refused(&session, statement).await;
        assert!(matches!(error.kind, Kind::Table | Kind::Function), "{statement}: {error:?}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_place() {
    let world = World::used();
    let sync = world.sync().await;
    let session = session(&world, sync.lake()).await;
    let check = async |statement: &str, kind: Kind, told: &str, help: &str| {
        let error = refused(&session, statement).await;
        assert_eq!((error.kind, error.to_string().as_str()), (kind, told), "{statement}");
        assert_eq!(error.help.as_deref().unwrap_or_default(), help, "{statement}");
        let places = error.place.map(|(line, column, offset)| {
            let ends = statement.split_inclusive('\n').map(|line| line.chars().count());
            let before: usize = ends.take(usize::try_from(line).unwrap() - 1).sum();
            (before + usize::try_from(column).unwrap(), offset)
        });
        assert!(places.is_none_or(|(reckoned, told)| reckoned == told), "{error:?}");
    };
    check(
        "SELECT sum(tiks)\nFROM charges",
        Kind::Column,
        "line 1, column 12: there is no column `tiks`",
        "did you mean `ticks`?",
    )
    .await;
    check(
        "SELECT 'chargs' -- chargs\nFROM chargs",
        Kind::Table,
        "line 2, column 6: there is no table `chargs`",
        "did you mean `charges`?",
    )
    .await;
    check(
        "SELECT c.nothing_like_it FROM products c",
        Kind::Column,
        "line 1, column 10: there is no column `c.nothing_like_it`",
        "there are id, key, name",
    )
    .await;
    check(
        "SELECT key FROM people p JOIN products r ON true",
        Kind::Column,
        "line 1, column 8: column `key` is in more than one table",
        "write the table before it, as in people.name",
    )
    .await;
    check(
        "SELECT dat_trunc('day', day) FROM charges",
        Kind::Function,
        "line 1, column 8: there is no function `dat_trunc`",
        "did you mean `date_trunc` or `datetrunc`?",
    )
    .await;
    let error = refused(&session, "SELECT (1\n  FROM charges").await;
    assert_eq!(error.kind, Kind::Syntax);
    assert!(error.to_string().starts_with("line 2, column 3: "), "{error}");
    assert_eq!(refused(&session, "SELECT 1; SELECT 2").await.kind, Kind::Other);
}

async fn written(session: &SessionContext, form: Form, statement: &str) -> String {
    let mut text = String::new();
    let frame = sql::ask(session, statement).await.unwrap();
    form.write(frame, &mut |piece: &str| text.push_str(piece)).await.unwrap();
    text
}

#[tokio::test]
async fn answers_have_the_form_that_was_asked_for() {
    let session = SessionContext::new();
    let rows = "SELECT * FROM (VALUES
        (1, 'a,\"b\"', DATE '2026-01-02', 0.1::DECIMAL(38, 20)),
        (22, NULL, NULL, NULL),
        (NULL, '', DATE '2026-01-03', -2.5::DECIMAL(38, 20))) AS t (number, text, day, exact)
        ORDER BY number";
    let csv = "number,text,day,exact\n1,\"a,\"\"b\"\"\",2026-01-02,0.10000000000000000000\n22,,,\n,\"\",2026-01-03,-2.50000000000000000000\n";
    assert_eq!(written(&session, Form::Csv, rows).await, csv);
    let json = written(&session, Form::Json, rows).await;
    assert_eq!(json.lines().count(), 1, "{json}");
    assert!(json.contains("\"exact\":0.10000000000000000000"), "{json}");
    let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(parsed[0]["text"], "a,\"b\"");
    assert_eq!(parsed[1]["text"], serde_json::Value::Null);
    assert_eq!(parsed[2]["day"], "2026-01-03");
    let words = written(&session, Form::Words, "SELECT 7 AS n, 'x' AS word").await;
    assert_eq!(words, "n  word\n7  x\n");
    let none = "SELECT 1 AS n WHERE false";
    assert_eq!(written(&session, Form::Csv, none).await, "n\n");
    assert_eq!(written(&session, Form::Json, none).await, "[]\n");
    // What a spreadsheet would reckon is a text, and what is below zero a number.
    let formula = "SELECT '=1+1' AS \"=a\", -1 AS n, '-1' AS text, DATE '2026-01-02' AS day";
    let guarded = "'=a,n,text,day\n'=1+1,-1,'-1,2026-01-02\n";
    assert_eq!(written(&session, Form::Csv, formula).await, guarded);
    // What a terminal would obey does not get through as JSON.
    let hostile = written(&session, Form::Json, "SELECT chr(155) || chr(127) AS c").await;
    assert_eq!(hostile, "[{\"c\":\"\\u009b\\u007f\"}]\n");
}

#[tokio::test]
async fn a_statement_that_takes_too_much_memory_says_so() {
    let world = World::used();
    let sync = world.sync().await;
    let means = faregate_lake::Means { memory: 64 << 10, ..world.means() };
    let session = sync.lake().session(&means).await.unwrap();
    let statement =
        "SELECT array_agg(a.value::TEXT || b.value::TEXT) FROM generate_series(1, 3000) a,
        generate_series(1, 100) b";
    let frame = sql::ask(&session, statement).await.unwrap();
    let error = frame.collect().await.unwrap_err();
    let told = SqlError::of(&error, statement, &session);
    assert_eq!(told.kind, Kind::Memory, "{told:?}");
}
