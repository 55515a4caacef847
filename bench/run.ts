/**
 * Runs one measurement by name: `pnpm bench ledger`, `pnpm bench token`.
 */
const known = ["ledger", "token"]
const name = process.argv[2] ?? ""
if (known.includes(name)) {
  await import(`./${name}.ts`)
} else {
  console.error(`usage: pnpm bench ${known.join("|")}`)
  process.exitCode = 2
}
