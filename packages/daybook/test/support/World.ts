/**
 * A home, an `auth.json` with one login of a sandbox, and whatever workers a test starts on it.
 */
import type { Controls } from "@daybook/sandbox/Controls"
import type { Login } from "@daybook/sandbox/Operations"
import { defaults, type Policy } from "@daybook/pool/Policy"
import { Effect } from "effect"
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Worker from "./Worker.ts"

/** Long enough for loopback, short enough to wait for many times. */
export const quick: Policy = {
  ...defaults,
  timeLimit: 800,
  confirmAfter: [0, 30, 90],
  backoff: { first: 20, most: 100 },
  replayBackoff: { first: 100, most: 400 }
}

export class World {
  readonly folder: string
  readonly sandbox: Controls
  login: Login
  readonly workers: Array<Worker.Worker> = []

  private constructor(folder: string, sandbox: Controls, login: Login) {
    this.folder = folder
    this.sandbox = sandbox
    this.login = login
  }

  static async make(sandbox: Controls): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), "daybook-world-"))
    await mkdir(join(folder, "hermes"))
    const world = new World(folder, sandbox, await issue(sandbox))
    await world.writeLogin(world.login)
    return world
  }

  get home(): string {
    return join(this.folder, "home")
  }

  get vault(): string {
    return join(this.folder, "hermes", "auth.json")
  }

  get grant(): string {
    return this.login.grant
  }

  async start(name: string): Promise<Worker.Worker> {
    const settings = { home: this.home, vault: this.vault, origin: this.sandbox.origin, name, policy: quick }
    const worker = await Worker.start(settings, { HOME: this.folder, DAYBOOK_HOME: this.home })
    this.workers.push(worker)
    return worker
  }

  /** Somebody logs in again, as hermes does: new tokens in the block and in its seeded row. */
  async logIn(): Promise<Login> {
    this.login = await issue(this.sandbox, this.login)
    await this.writeLogin(this.login)
    return this.login
  }

  private async writeLogin({ access_token, account_id, id_token, refresh_token }: Login): Promise<void> {
    const tokens = { access_token, refresh_token, id_token, account_id }
    const rows = [
      {
        id: "seeded",
        label: "codex",
        auth_type: "oauth",
        priority: 0,
        source: "device_code",
        access_token,
        refresh_token
      },
      { id: "keyrow", label: "key", auth_type: "api_key", priority: 1, source: "manual", access_token: "sk-manual-key" }
    ]
    const store = {
      version: 1,
      active_provider: "openai-codex",
      providers: { "openai-codex": { tokens, last_refresh: new Date().toISOString(), auth_mode: "chatgpt" } },
      credential_pool: { "openai-codex": rows },
      unknown_field: { kept: true }
    }
    const temp = `${this.vault}.login`
    await writeFile(temp, JSON.stringify(store, null, 2), { mode: 0o600 })
    await rename(temp, this.vault)
  }

  /** Whether a token stands in the vault or in the stash. */
  async isKept(token: string): Promise<boolean> {
    const stash = join(this.home, "stash")
    const stashed = await readdir(stash).then(
      (names) => names.filter((name) => name.endsWith(".json")).map((name) => join(stash, name)),
      () => []
    )
    const texts = await Promise.all([this.vault, ...stashed].map((path) => readFile(path, "utf8")))
    return texts.some((text) => text.includes(token))
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.kill()))
    await rm(this.folder, { recursive: true, force: true })
  }
}

const issue = (sandbox: Controls, again?: Login): Promise<Login> =>
  Effect.runPromise(
    sandbox.issue({
      dialect: "codex",
      accessLifetime: 3600,
      ...(again === undefined ? {} : { account: again.account_id, email: again.email })
    })
  )
