/**
 * A program with many callers, which all want a token at the same moment. It tells when they have asked, and then what
 * each was served and when.
 */
import { openAiCodex, openPool, providerAt } from "daybook"
import { flushCompileCache } from "node:module"
import { createInterface } from "node:readline"
import type { CallersLine, CallersSettings } from "./Callers.ts"

const { callers, origin, ...options } = JSON.parse(process.argv[2] ?? "{}") as CallersSettings
const pool = await openPool({ ...options, providers: [providerAt(openAiCodex, origin)] })
const say = (line: CallersLine) => process.stdout.write(`${JSON.stringify(line)}\n`)

const served = async () => {
  const { token } = await pool.getToken("openai-codex", { credential: "main" })
  return { token, at: Date.now() }
}

flushCompileCache()
say({ ready: true })
for await (const _ of createInterface({ input: process.stdin })) {
  const answers = Promise.allSettled(Array.from({ length: callers }, served))
  say({ asked: true })
  const settled = await answers
  say({
    served: settled.flatMap((each) => (each.status === "fulfilled" ? [each.value] : [])),
    refused: settled.flatMap((each) => (each.status === "rejected" ? [String(each.reason)] : []))
  })
}
await pool.close()
