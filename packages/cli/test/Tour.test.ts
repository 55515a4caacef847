/** The tour as a person sees it: one process, nothing of theirs touched, and every trouble with its trace in the ledger. */
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { daybook, hasTrace } from "./support/Cli.ts"
import { snapshot, tempFolder } from "./support/TempFolder.ts"

const landmarks = [
  "race adopted",
  "got SIGKILL",
  "outcome lost",
  "replay",
  "cooldown started",
  "token_invalidated",
  "credential quarantined",
  "second (ben@example.com)",
  "Nothing is sent with it again.",
  "1 spent token sent again"
]

it.live(
  "plays a race, a crash, a rate limit and a revocation, and ends by itself",
  () =>
    Effect.gen(function* () {
      const user = yield* tempFolder
      const temporary = yield* tempFolder
      const before = snapshot(user)
      const ran = yield* daybook(["start", "--seconds", "1"], { user, env: { TMPDIR: temporary } })
      const { code, stderr, stdout } = ran
      assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
      assert.isFalse(hasTrace(ran))
      for (const landmark of landmarks) assert.include(stdout, landmark)
      assert.isAtLeast(stdout.match(/ race adopted /g)?.length ?? 0, 3)
      assert.deepStrictEqual(snapshot(user), before)
      yield* leavesNothingBehind(temporary, stdout)
    }),
  180_000
)

/** The folder it names is all there is, its suggestions work, and no worker is left. */
const leavesNothingBehind = Effect.fnUntraced(function* (temporary: string, stdout: string) {
  const [folder, ...others] = readdirSync(temporary)
  assert.deepStrictEqual(others, [])
  const home = join(temporary, folder ?? "", "daybook")
  const suggested = [...stdout.matchAll(/^  npx --no daybook (.*)$/gm)].map(([, command = ""]) => command.split(" "))
  assert.deepStrictEqual(
    suggested.map(([name]) => name),
    ["log", "log", "story", "doctor", "verify"]
  )
  for (const command of suggested) {
    assert.include(command, home)
    const ran = yield* daybook(command, { user: temporary })
    // The doctor finds the login that was revoked.
    assert.deepStrictEqual([command, ran.code, ran.stderr], [command, command[0] === "doctor" ? 1 : 0, ""])
  }
  const auth = JSON.parse(readFileSync(join(temporary, folder ?? "", "hermes", "auth.json"), "utf8"))
  const secrets = [auth.providers["openai-codex"].tokens, ...auth.credential_pool["openai-codex"]].flatMap(
    ({ access_token, refresh_token }) => [access_token, refresh_token]
  )
  for (const secret of secrets) assert.notInclude(stdout + readFileSync(join(home, "ledger.jsonl"), "utf8"), secret)
  assert.notInclude(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }), home)
})
