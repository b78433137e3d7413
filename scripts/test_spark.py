#!/usr/bin/env python3
"""Holds scripts/spark_counts.py, on Spark's local mode, against what one oi-lint counts of the same files.

    python3 -m venv spark && spark/bin/pip install pyspark==4.3.0    # and a Java of version 17 or later
    spark/bin/python scripts/test_spark.py
"""

import json
import pathlib
import subprocess
import sys
import tempfile

from pyspark.sql import SparkSession

import spark_counts
from many_files import generate

NUMBER = 2000


def main():
    oi_lint = sys.argv[1] if len(sys.argv) > 1 else "target/release/oi-lint"
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch)
        paths = [str(path) for path in generate(root / "files", NUMBER)]
        listed = root / "paths.txt"
        listed.write_text("\n".join(paths) + "\n")
        spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
        spark.sparkContext.setLogLevel("ERROR")
        spark.sparkContext.addPyFile(spark_counts.__file__)
        rows = spark_counts.counts(spark, str(listed), str(pathlib.Path(oi_lint).resolve()), partitions=5).collect()
        spark.stop()
        command = [oi_lint, "--no-config", "--files-from", listed, "--statistics", "--format", "json"]
        expected = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout)
    found = {(row.rule, row.severity): row.findings for row in rows}
    wanted = {(rule["rule"], rule["severity"]): rule["count"] for rule in expected}
    if not found or found != wanted:
        sys.exit(f"Spark: {sorted(found.items())}\noi-lint: {sorted(wanted.items())}")
    print(f"{NUMBER} files, {len(found)} rules, {sum(found.values())} findings: Spark and one oi-lint count the same")


if __name__ == "__main__":
    main()
