/**
 * Runs one measurement by name: `npm run bench -- ledger`, `-- token`, `-- fetch`, `-- classify`, `-- reach`,
 * `-- history`, `-- viewer`.
 */
const known = ["ledger", "token", "fetch", "classify", "reach", "history", "viewer"]
const name = process.argv[2] ?? ""
if (known.includes(name)) {
  await import(`./${name}.ts`)
} else {
  console.error(`usage: npm run bench -- ${known.join("|")}`)
  process.exitCode = 2
}
