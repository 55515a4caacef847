/** Runs the command as its users do: a process of its own, with a home of its own. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { flawsInAnswer } from "./JsonSchemas.ts"

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Place {
  /** HOME of the process. */
  readonly user: string
  /** Program and arguments to put before node. */
  readonly wrapper?: ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string>>
  /** What it reads from standard input; by default that is empty. */
  readonly input?: string | Uint8Array
  /** In a process group of its own, which can be killed as a whole. */
  readonly ownGroup?: boolean
  /** Standard input stays open, for somebody who answers. */
  readonly talks?: boolean
}

/** The command, as it is installed: it runs the bundle that is made before the tests. */
export const main = fileURLToPath(new URL("../../bin/daybook.js", import.meta.url))

export const launch = (
  args: ReadonlyArray<string>,
  { env, input, ownGroup = false, talks = false, user, wrapper = [] }: Place
): ChildProcess => {
  const [program = process.execPath, ...rest] = [...wrapper, process.execPath, main, ...args]
  const child = spawn(program, rest, {
    cwd: user,
    detached: ownGroup,
    env: { PATH: process.env["PATH"], HOME: user, ...env },
    stdio: [input === undefined && !talks ? "ignore" : "pipe", "pipe", "pipe"]
  })
  if (!talks) child.stdin?.end(input)
  return child
}

/** What it answers in JSON is held to its schema. */
export const daybook = (args: ReadonlyArray<string>, place: Place): Effect.Effect<Ran> =>
  Effect.tap(ran(args, place), ({ stdout }) =>
    Effect.sync(() => assert.deepStrictEqual(flawsInAnswer(args, stdout), [], args.join(" ")))
  )

const ran = (args: ReadonlyArray<string>, place: Place): Effect.Effect<Ran> =>
  Effect.callback((resume) => {
    const child = launch(args, place)
    let stdout = ""
    let stderr = ""
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text))
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text))
    child.once("close", (code) => resume(Effect.succeed({ code, stdout, stderr })))
    return Effect.sync(() => child.kill("SIGKILL"))
  })

/** Frames of a stack, as V8 prints them. */
export const hasTrace = ({ stderr }: Ran): boolean => /^\s+at .+:\d+/m.test(stderr)
