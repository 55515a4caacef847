/** Opens an address in the person's browser, where this machine has one. */
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { accessSync, constants } from "node:fs"
import { delimiter, join } from "node:path"

type Environment = Readonly<Record<string, string | undefined>>

/** The program that opens addresses; nothing without a screen, as over ssh or in a container. */
export const opener = (environment: Environment, platform: NodeJS.Platform): string | undefined => {
  if (platform === "darwin") return inPath("open", environment)
  const hasScreen = Boolean(environment["DISPLAY"]) || Boolean(environment["WAYLAND_DISPLAY"])
  return platform === "linux" && hasScreen ? inPath("xdg-open", environment) : undefined
}

/** Where the environment finds a program. */
export const inPath = (program: string, { PATH = "" }: Environment): string | undefined =>
  PATH.split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, program))
    .find(isExecutable)

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The address was shown too, so whether it works is the person's to see. */
export const open = (program: string, url: string): Effect.Effect<void> =>
  Effect.sync(() => {
    const child = spawn(program, [url], { stdio: "ignore", detached: true })
    child.once("error", () => {})
    child.unref()
  })
