"""What reads the lake: DuckDB, ClickHouse's engine or Spark, each with its way of saying SQL."""
