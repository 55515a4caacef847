/**
 * Claude Code on a person's machine: a login in its own file, written the way it writes it.
 */
import type { Login } from "@daybook/sandbox/Operations"
import { Effect } from "effect"
import { mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import type { World } from "./World.ts"

const hour = 3_600_000

/** Of the person, unless the program was told of another folder. */
export const defaultFile = ({ person }: World): string => join(person, ".claude", ".credentials.json")

/** A login at Anthropic; of the same person as `like`. */
export const logIn = ({ sandbox }: World, like?: Login): Promise<Login> =>
  Effect.runPromise(
    sandbox.issue({ dialect: "anthropic", ...(like === undefined ? {} : { account: like.account_id }) })
  )

/** Replaces the file in one step. */
export const write = async (path: string, login: Login, expiresAt = Date.now() + hour): Promise<void> => {
  const claudeAiOauth = {
    accessToken: login.access_token,
    refreshToken: login.refresh_token,
    expiresAt,
    scopes: ["user:inference", "user:profile"],
    subscriptionType: "max"
  }
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.new`, JSON.stringify({ claudeAiOauth, mcpOAuth: {} }), { mode: 0o600 })
  await rename(`${path}.new`, path)
}

/** Everything about the file, and about what lies beside it, that a writer would change. */
export const look = async (path: string) => {
  const { ino, mode, mtimeMs, nlink } = await stat(path)
  return { content: await readFile(path, "utf8"), ino, mode, mtimeMs, nlink, beside: await readdir(dirname(path)) }
}
