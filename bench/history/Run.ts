/** A program as its users start it: a process from its start to its end. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { text } from "node:stream/consumers"

/** Milliseconds. What it prints is thrown away; what it complains of ends the measurement. */
export const time = async (args: ReadonlyArray<string>): Promise<number> => {
  const begun = performance.now()
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] })
  const [said] = await Promise.all([text(child.stderr), once(child, "close")])
  const millis = performance.now() - begun
  if (child.exitCode !== 0) throw new Error(`node ${args.join(" ")}: ${said}`)
  return millis
}

export interface Usage {
  /** Milliseconds of processor time, on all its threads. */
  readonly processor: number
  /** The most MB that it ever held. */
  readonly memory: number
}

/** Of a run of its own: to look costs time. */
export const usage = async (args: ReadonlyArray<string>): Promise<Usage> => {
  const child = spawn(process.execPath, ["--import", lastWords, ...args], {
    stdio: ["ignore", "ignore", "ignore", "pipe"]
  })
  const [said] = await Promise.all([text(child.stdio[3] as NodeJS.ReadableStream), once(child, "close")])
  const { maxRSS, systemCPUTime, userCPUTime } = JSON.parse(said) as NodeJS.ResourceUsage
  return { processor: (userCPUTime + systemCPUTime) / 1_000, memory: maxRSS / 1_024 }
}

/** Loaded before the program: at its end it says what it took. */
const lastWords =
  'data:text/javascript,import{writeSync}from"node:fs";process.on("exit",()=>writeSync(3,JSON.stringify(process.resourceUsage())))'
