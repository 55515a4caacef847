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

/** An API key, as `hermes auth add --type api-key` leaves it. */
export const keyRow = (id: string, key: string, priority = 0) => ({
  id,
  label: id,
  auth_type: "api_key",
  priority,
  source: "manual",
  access_token: key
})

/** All rows that hermes' pool has of a provider. */
export const setRows = (scene: Scene, provider: string, rows: ReadonlyArray<object>) =>
  change(scene, ({ credential_pool }) => ({ credential_pool: { ...credential_pool, [provider]: rows } }))

/** The login in a provider's block of its own. */
export const setBlock = (scene: Scene, provider: string, block: object) =>
  change(scene, ({ providers }) => ({ providers: { ...providers, [provider]: block } }))

/** As much of the file as a change may be about. */
export interface AnyAuthFile {
  readonly active_provider: string
  readonly providers: Readonly<Record<string, unknown>>
  readonly credential_pool: Readonly<Record<string, ReadonlyArray<object>>>
}

export const anyFile = (scene: Scene) => JSON.parse(readFileSync(scene.authFile, "utf8")) as AnyAuthFile

export const change = (scene: Scene, to: (file: AnyAuthFile) => Partial<AnyAuthFile>) =>
  Effect.sync(() => {
    const file = anyFile(scene)
    writeFileSync(scene.authFile, JSON.stringify({ ...file, ...to(file) }, null, 2))
  })
