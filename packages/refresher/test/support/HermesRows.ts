/**
 * Rows of hermes' pool, beside the login that a scene's file begins with.
 */
import { Effect } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import type { Scene, Tokens } from "./Scene.ts"

export const manualRow = (id: string, { access_token, refresh_token }: Tokens, label = id) => ({
  id,
  label,
  auth_type: "oauth",
  priority: 1,
  source: "manual:device_code",
  access_token,
  refresh_token
})

/** Adds a row to hermes' pool, as `hermes auth add` does. */
export const addRow = (scene: Scene, row: object) =>
  Effect.sync(() => {
    const file = JSON.parse(readFileSync(scene.authFile, "utf8")) as {
      credential_pool: { "openai-codex": Array<object> }
    }
    file.credential_pool["openai-codex"].push(row)
    writeFileSync(scene.authFile, JSON.stringify(file))
  })
