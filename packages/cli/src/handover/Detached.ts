/**
 * Starts the process that refreshes: in a session of its own, with nothing of ours but two pipes to us. Whoever kills us,
 * alone or with our whole process group, does not reach it, and the answer that it waits for is kept.
 */
import { Effect, Option } from "effect"
import { type ChildProcess, spawn, type StdioOptions } from "node:child_process"
import { type ExitCode, exitCodes } from "../ExitCode.ts"
import { ownProgram } from "../OwnProgram.ts"
import * as Output from "../Output.ts"
import { Stop } from "../Stop.ts"
import { endOfWords, fromPipe, type Served, type Task } from "./Task.ts"

const start = (task: Task, stdio: StdioOptions): ChildProcess =>
  spawn(process.execPath, [...process.execArgv, ownProgram("refresh"), JSON.stringify(task)], {
    detached: true,
    stdio,
    windowsHide: true
  })

/**
 * Waits for its answer, and not for its end: a collector may keep it. What it says on stderr is said by us, and its
 * failure is ours, with its exit code.
 */
export const answerOf = (task: Task): Effect.Effect<Served, Stop> =>
  Effect.callback((resume) => {
    const child = start(task, ["ignore", "pipe", "pipe"])
    let answer = ""
    let isSaid = false
    const answered = () => {
      const served = isSaid ? fromPipe(answer) : Option.none()
      if (Option.isNone(served)) return
      letGo(child)
      resume(Effect.succeed(served.value))
    }
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      answer += text
      answered()
    })
    const words = relay()
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      isSaid = isSaid || text.includes(endOfWords)
      words.hear(text.replace(endOfWords, ""))
      answered()
    })
    child.stderr?.once("end", words.end)
    child.once("error", ({ message }) => resume(Effect.fail(notStarted(message))))
    child.once("close", (code, signal) => resume(outcome(code, signal, answer)))
    return Effect.sync(() => letGo(child))
  })

/** By whole lines, and none that we have said ourselves: both of us may find that a collector is not there. */
const relay = () => {
  let begun = ""
  return {
    hear: (text: string) => {
      const lines = (begun + text).split("\n")
      begun = lines.pop() ?? ""
      lines.forEach(Output.sayOnce)
    },
    end: () => {
      if (begun !== "") Output.sayOnce(begun)
    }
  }
}

/** Nobody waits for it. What comes of it is in the ledger. */
export const begin = (task: Task): Effect.Effect<void> =>
  Effect.sync(() => {
    const child = start(task, "ignore")
    child.once("error", () => {}) // the token in hand is good, and the next call tries again
    child.unref()
  })

/** It goes on without us. */
const letGo = (child: ChildProcess): void => {
  child.stdout?.destroy()
  child.stderr?.destroy()
  child.unref()
}

const outcome = (code: number | null, signal: string | null, answer: string): Effect.Effect<Served, Stop> => {
  if (code === null) return Effect.fail(stopped(`was ended by ${signal}`))
  if (code !== exitCodes.done) return Effect.fail(new Stop({ exitCode: asExitCode(code), message: "" }))
  return Option.match(fromPipe(answer), {
    onNone: () => Effect.fail(stopped("ended without an answer")),
    onSome: (served) => Effect.succeed(served)
  })
}

const asExitCode = (code: number): ExitCode =>
  Object.values(exitCodes).find((known) => known === code) ?? exitCodes.error

const stopped = (how: string) =>
  new Stop({
    exitCode: exitCodes.error,
    message: `The process that refreshes ${how}. Run the command again: what was under way is looked at first.`
  })

const notStarted = (why: string) =>
  new Stop({
    exitCode: exitCodes.error,
    message: `No process to refresh in could be started: ${why}. Run the command again when the system has room for one.`
  })
