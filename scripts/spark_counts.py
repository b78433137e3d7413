#!/usr/bin/env python3
"""Lints Dockerfiles on a Spark cluster, and gathers how often each rule found something into a table.

    pip install pyspark==4.3.0
    spark-submit scripts/spark_counts.py --oi-lint /usr/local/bin/oi-lint PATHS TABLE

PATHS is a text file, a path a line, or a folder of such files; each worker has to see the Dockerfiles and oi-lint under these paths. Every
partition goes through one oi-lint, whose answers are read as they come. TABLE is a folder for CSV: rule, severity, findings, files.
"""

import argparse
import json
import subprocess
import threading

from pyspark.sql import SparkSession
from pyspark.sql import functions as F


class LintFailed(Exception):
    """oi-lint could not do all of its part."""


def lint(oi_lint, rows):
    """The findings of a partition: rule, severity, path."""
    command = [oi_lint, "--no-config", "--files-from", "-", "--format", "ndjson"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    asked, answered = 0, 0

    def feed():
        nonlocal asked
        for row in rows:
            asked += 1
            process.stdin.write(row.value.encode() + b"\0")
        process.stdin.close()

    # An answer may come before the last path is written.
    feeder = threading.Thread(target=feed, daemon=True)
    feeder.start()
    for line in process.stdout:
        answered += 1
        answer = json.loads(line)
        for found in answer.get("diagnostics", []):
            yield found["rule"], found["severity"], answer["path"]
    # 2 is a file that cannot be read, which is on the worker's standard error; the others are counted.
    if process.wait() not in (0, 1, 2):
        raise LintFailed(f"oi-lint ended with {process.returncode}")
    feeder.join()
    if answered < asked and process.returncode != 2:
        raise LintFailed(f"oi-lint answered for {answered} of {asked} files")


def counts(spark, paths, oi_lint, partitions=None):
    """A row a rule: how many findings, in how many files."""
    files = spark.read.text(paths).where(F.length("value") > 0)
    if partitions:
        files = files.repartition(partitions)
    found = files.rdd.mapPartitions(lambda rows: lint(oi_lint, rows))
    table = spark.createDataFrame(found, "rule string, severity string, path string").groupBy("rule", "severity")
    return table.agg(F.count("*").alias("findings"), F.countDistinct("path").alias("files")).orderBy(F.desc("findings"), "rule")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("paths")
    parser.add_argument("table")
    parser.add_argument("--oi-lint", default="oi-lint")
    parser.add_argument("--partitions", type=int, help="how many oi-lint run in all; Spark's own number otherwise")
    options = parser.parse_args()
    spark = SparkSession.builder.appName("oi-lint").getOrCreate()
    counts(spark, options.paths, options.oi_lint, options.partitions).coalesce(1).write.csv(options.table, header=True)
    spark.stop()


if __name__ == "__main__":
    main()
