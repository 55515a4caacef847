#!/usr/bin/env node
/** The command `daybook`. */
import { run } from "./run.js"

await run("main")
