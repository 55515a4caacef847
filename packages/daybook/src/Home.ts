/**
 * Where Daybook keeps its ledger, its key and its own logins.
 */
import { homedir } from "node:os"
import { isAbsolute, join, resolve } from "node:path"

export interface Environment {
  readonly [name: string]: string | undefined
}

/** `DAYBOOK_HOME`, else the platform's folder for user data with `daybook` in it. Always absolute. */
export const daybookHome = (environment: Environment = process.env): string =>
  environment["DAYBOOK_HOME"] === undefined || environment["DAYBOOK_HOME"] === ""
    ? join(userData(environment), "daybook")
    : expand(environment["DAYBOOK_HOME"])

const userData = (environment: Environment): string => {
  switch (process.platform) {
    case "darwin":
      return join(homedir(), "Library", "Application Support")
    case "win32":
      return environment["LOCALAPPDATA"] ?? join(homedir(), "AppData", "Local")
    default: {
      const named = environment["XDG_DATA_HOME"]
      return named !== undefined && isAbsolute(named) ? named : join(homedir(), ".local", "share")
    }
  }
}

/** An absolute path; `~` is the user's home. */
export const expand = (path: string): string =>
  resolve(path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path)

/** hermes' store, in `HERMES_HOME` or its default. */
export const hermesAuthFile = (environment: Environment = process.env): string =>
  join(expand(environment["HERMES_HOME"] ?? "~/.hermes"), "auth.json")

/** The Codex CLI's store, in `CODEX_HOME` or its default. */
export const codexCliAuthFile = (environment: Environment = process.env): string =>
  join(expand(environment["CODEX_HOME"] ?? "~/.codex"), "auth.json")
