/**
 * How long it takes until `getToken` of another process heeds an act: a pause by an operator, who writes an event, and a
 * new login by another program, which writes a file.
 *
 *   npm run bench -- reach
 */
import { layer, Operator } from "daybook"
import { CredentialId } from "@daybook/pool/Ids"
import { ManagedRuntime } from "effect"
import { fork } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { setTimeout as sleep } from "node:timers/promises"
import type { Flip } from "./reach/Follower.ts"
import { short, table } from "./Measure.ts"
import { Waits } from "./Waits.ts"

const rounds = 100
const folder = mkdtempSync(join(tmpdir(), "daybook-bench-"))
const vault = join(folder, "auth.json")
const home = join(folder, "home")

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")
const now = () => performance.timeOrigin + performance.now()
let issued = Date.now() / 1_000 - 10_000

/** Each later than the one before, as logins are. */
const tokensNamed = (name: string) => {
  issued += 1
  const claims = { iat: Math.floor(issued), exp: Math.floor(issued) + 864_000 }
  return { access_token: `${part({ alg: "none" })}.${part(claims)}.${name}`, refresh_token: `never-sent-${name}` }
}

const row = (id: string, priority: number, name: string) => ({
  id,
  auth_type: "oauth",
  source: "manual:device_code",
  priority,
  ...tokensNamed(name)
})

const other = row("other", 1, "other")

/** As hermes does: a new file under the old name. */
const write = (name: string): void => {
  const content = { version: 1, credential_pool: { "openai-codex": [row("first", 0, name), other] } }
  writeFileSync(`${vault}.new`, JSON.stringify(content))
  renameSync(`${vault}.new`, vault)
}

write("login0")
const runtime = ManagedRuntime.make(layer({ home, vault }))
const operator = await runtime.runPromise(Operator)
const first = CredentialId.make("first")
const follower = fork(fileURLToPath(new URL("reach/Follower.ts", import.meta.url)), [home, vault])
const nextFlip = async () => {
  const [flip] = await once(follower, "message")
  return flip as Flip
}
await nextFlip()

/** From the end of the act to the moment at which the other process was given another token. */
const reach = async (waits: Waits, act: () => unknown): Promise<void> => {
  const flipped = nextFlip()
  await act()
  const acted = now()
  waits.add(Math.max(0, (await flipped).at - acted))
  await sleep(20 + Math.random() * 80)
}

const [pauses, logins] = [new Waits(), new Waits()]
for (let round = 1; round <= rounds; round += 1) {
  await reach(pauses, () => runtime.runPromise(operator.pause(first)))
  await reach(pauses, () => runtime.runPromise(operator.resume(first)))
  await reach(logins, () => write(`login${round}`))
}
follower.send("enough")
await once(follower, "exit")
await runtime.dispose()
rmSync(folder, { recursive: true })

const line = (name: string, waits: Waits) => [
  name,
  String(waits.count),
  ...[0.5, 0.99, 1].map((share) => short(waits.at(share))),
  "bar: 1,000 ms"
]

console.log(
  table([
    ["until another process heeds", "acts", "p50 ms", "p99 ms", "max ms", ""],
    line("a pause, or its end", pauses),
    line("a new login in a file", logins)
  ])
)
