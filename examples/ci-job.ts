/**
 * A step of a CI job that needs a token: runs a command with the token in its environment, and prints it nowhere.
 *
 *   node examples/ci-job.ts COMMAND [ARGUMENT...]
 *
 * Ends as the command does. Without a token it ends with 3 if there may be one later, so that the job is worth running
 * again, and with 4 if a person has to act first; why and what to do is on stderr.
 */
import { type DaybookError, openPool, result } from "daybook"
import { spawn } from "node:child_process"
import { once } from "node:events"

const run = async (token: string): Promise<number> => {
  const [command = "true", ...args] = process.argv.slice(2)
  const child = spawn(command, args, { stdio: "inherit", env: { ...process.env, OPENAI_API_KEY: token } })
  const [code] = (await once(child, "exit")) as [number | null]
  return code ?? 1
}

const isWorthAnotherTry = (error: DaybookError): boolean =>
  error._tag === "NoneAvailable"
    ? error.until !== undefined
    : error._tag === "RefreshError" && error.reason._tag !== "Terminal"

await using pool = await openPool({ program: "ci-job" })
const got = await result(pool.getToken("openai-codex"))
if (got.ok) {
  process.exitCode = await run(got.value.token)
} else {
  console.error(got.error.message)
  process.exitCode = isWorthAnotherTry(got.error) ? 3 : 4
}
