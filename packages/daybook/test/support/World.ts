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
import { openAiCodex, openPool, providerAt, type Pool } from "daybook"
import type { WorkerSettings } from "./Commands.ts"
import { environmentOf } from "./Environment.ts"
import * as Worker from "./Worker.ts"

/** Long enough for loopback, short enough to wait for many times. */
export const quick: Policy = {
  ...defaults,
  timeLimit: 800,
  confirmAfter: [0, 30, 90],
  backoff: { first: 20, most: 100 },
  replayBackoff: { first: 100, most: 400 }
}

/** For worlds in which nobody dies: no answer is given up because the machine is busy. */
export const patient: Policy = { ...quick, timeLimit: 8_000 }

/** As much of hermes' file as the tests look at. */
export interface HermesFile {
  readonly active_provider: string | null
  readonly unknown_field: unknown
  readonly providers: {
    readonly "openai-codex": {
      readonly tokens: { readonly access_token?: string; readonly refresh_token?: string }
      readonly last_auth_error?: { readonly code: string; readonly reason: string; readonly relogin_required: boolean }
    }
  }
  readonly credential_pool: { readonly "openai-codex": ReadonlyArray<HermesRow> }
}

export interface HermesRow {
  readonly id: string
  readonly source: string
  readonly access_token?: string
  readonly refresh_token?: string
}

export class World {
  readonly folder: string
  readonly sandbox: Controls
  login: Login
  readonly workers: Array<Worker.Worker> = []
  /** Everything that was thrown at a test, for the search for secrets. */
  readonly errors: Array<unknown> = []
  /** Rows of other logins in hermes' pool. */
  otherRows: ReadonlyArray<object> = []

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

  /** The home of the person at this machine, where other programs keep their logins. */
  get person(): string {
    return join(this.folder, "person")
  }

  get grant(): string {
    return this.login.grant
  }

  async start(
    name: string,
    program: Worker.Program = "worker",
    more: Partial<WorkerSettings> = {}
  ): Promise<Worker.Worker> {
    const { home, vault } = this
    const settings = { home, vault, origin: this.sandbox.origin, name, policy: quick, ...more }
    const worker = await Worker.start(program, settings, environmentOf(this))
    this.workers.push(worker)
    return worker
  }

  /** A pool in this very process. */
  open(policy: Partial<Policy> = {}): Promise<Pool> {
    const provider = providerAt(openAiCodex, this.sandbox.origin)
    return openPool({ home: this.home, vault: this.vault, providers: [provider], policy: { ...patient, ...policy } })
  }

  /** The error of a promise that fails; undefined if it does not. */
  failure(promise: Promise<unknown>): Promise<unknown> {
    return promise.then(
      () => undefined,
      (error: unknown) => {
        this.errors.push(error)
        return error
      }
    )
  }

  async readVault(): Promise<HermesFile> {
    return JSON.parse(await readFile(this.vault, "utf8")) as HermesFile
  }

  /** Replaces the file in one step, the way careful programs do, and without anybody's lock. */
  async writeVault(content: string): Promise<void> {
    const temp = `${this.vault}.new`
    await writeFile(temp, content, { mode: 0o600 })
    await rename(temp, this.vault)
  }

  /** Somebody logs in again, as hermes does: new tokens in the block and in its seeded row. */
  async logIn(): Promise<Login> {
    const login = await this.newLogin()
    await this.writeLogin(login)
    return login
  }

  /** The same person's; it is written nowhere yet. */
  async newLogin(): Promise<Login> {
    this.login = await issue(this.sandbox, this.login)
    return this.login
  }

  async writeLogin({ access_token, account_id, id_token, refresh_token }: Login): Promise<void> {
    const tokens = { access_token, refresh_token, id_token, account_id }
    const rows = [
      ...this.otherRows,
      {
        id: "main",
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
    await this.writeVault(JSON.stringify(store, null, 2))
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
