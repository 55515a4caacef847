/**
 * Durable appends of the file ledger beside the disk's own append and sync, in one run on one disk.
 *
 *   npm run bench -- ledger
 */
import * as FileLedger from "@daybook/ledger/FileLedger"
import { Ledger } from "@daybook/ledger/Ledger"
import type { Draft } from "@daybook/pool/Recorded"
import { CredentialId } from "@daybook/pool/Ids"
import { ManagedRuntime } from "effect"
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { rate, table } from "./Measure.ts"

const folder = mkdtempSync(join(tmpdir(), "daybook-bench-"))
const event: Draft = {
  type: "CredentialRelabelled",
  v: 1,
  credential: CredentialId.make("bench"),
  data: { label: "x".repeat(60) }
}
const millis = 2_000

const raw = async (): Promise<number> => {
  const fd = openSync(join(folder, "raw"), "a")
  const line = `${"x".repeat(360)}\n`
  const perSecond = await rate(millis, () => {
    writeSync(fd, line)
    fdatasyncSync(fd)
  })
  closeSync(fd)
  return perSecond
}

const runtime = ManagedRuntime.make(FileLedger.layer({ folder: join(folder, "home"), program: "bench", version: "0" }))
const ledger = await runtime.runPromise(Ledger)
const append = () => runtime.runPromise(ledger.append([event]))
const inFlight = (count: number) => () => Promise.all(Array.from({ length: count }, append))

const disk = await raw()
const one = await rate(millis, append)
const many = (await rate(millis, inFlight(64))) * 64
await runtime.dispose()
rmSync(folder, { recursive: true })

console.log(
  table([
    ["append and fdatasync, bare", disk, ""],
    ["durable append, one in flight", one, `${((one / disk) * 100).toFixed(0)} % of bare`],
    ["durable append, 64 in flight", many, `${(many / disk).toFixed(1)} times bare`]
  ])
)
