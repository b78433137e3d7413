#!/usr/bin/env node
// Starts the binary that was packed for this system; nothing is built or downloaded here.
"use strict";

const { spawnSync } = require("node:child_process");
const { existsSync } = require("node:fs");
const path = require("node:path");

const system = `${process.platform}-${process.arch}`;
const name = process.platform === "win32" ? "oi-lint.exe" : "oi-lint";
const binary = process.env.OI_LINT_BINARY || path.join(__dirname, "..", "native", system, name);

if (!existsSync(binary)) {
  console.error(`error: this package holds no oi-lint for ${system}: there is no ${binary}`);
  console.error("  help: install it with `cargo install --locked`, and set OI_LINT_BINARY to the path of the program");
  process.exit(2);
}

const { status, signal, error } = spawnSync(binary, process.argv.slice(2), { stdio: "inherit" });
if (error) {
  console.error(`error: ${binary}: ${error.message}`);
  process.exit(2);
}
if (signal) {
  process.kill(process.pid, signal);
}
process.exit(status ?? 2);
