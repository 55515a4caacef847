/**
 * `oidc-provider` as a process, and a login of it in a file such as hermes writes; for as long as its tests take. The
 * program is the one of the tests of `oauth`, and says there what it does.
 */
import type { Provider } from "@daybook/oauth/Provider"
import { oauth2 } from "@daybook/oauth/OAuth2"
import { DeviceFlow } from "@daybook/oauth/DeviceFlow"
import type { TokenSet } from "@daybook/pool/TokenSet"
import { Context, Effect, Layer, Redacted } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"

export const oidc = "oidc"

export interface TokenPost {
  readonly grantType: string
  readonly refreshToken?: string
  readonly status: number
}

export class OidcServer extends Context.Service<
  OidcServer,
  {
    readonly provider: Provider
    /** A device flow, and a person who approves it at the server's own pages. */
    readonly logIn: Effect.Effect<TokenSet>
    /** The refreshes that came to its token endpoint. */
    readonly refreshes: Effect.Effect<ReadonlyArray<TokenPost>>
  }
>()("@daybook/refresher/test/OidcServer") {
  static readonly layer = Layer.effect(
    OidcServer,
    Effect.gen(function* () {
      const { issuer } = yield* Effect.acquireRelease(started, ({ child }) => Effect.sync(() => child.stdin.end()))
      return at(issuer, yield* DeviceFlow)
    })
  ).pipe(Layer.provide(DeviceFlow.layer))
}

const program = join(import.meta.dirname, "../../../oauth/test/support/oidc/oidcServer.ts")

/** Its remarks on what a deployment should do better are of no interest here; what else it says is passed on. */
const started = Effect.promise(async () => {
  const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "pipe"] })
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (!line.startsWith("oidc-provider WARNING: ")) process.stderr.write(`${line}\n`)
  })
  const [issuer] = (await Promise.race([once(createInterface({ input: child.stdout }), "line"), gone(child)])) as [
    string
  ]
  return { child, issuer }
})

const gone = async (child: ChildProcess): Promise<never> => {
  await once(child, "exit")
  throw new Error("the server's process ended")
}

const at = (issuer: string, flow: DeviceFlow["Service"]): OidcServer["Service"] => {
  const provider = oauth2({ id: oidc, issuer, clientId: "public", scope: "openid offline_access" })
  const control = (path: string) => Effect.promise(async () => (await fetch(`${issuer}/test/${path}`)).json())
  const limit = { timeLimitMillis: 10_000 }
  return {
    provider,
    refreshes: Effect.map(control("posts"), (posts) =>
      (posts as ReadonlyArray<TokenPost>).filter(({ grantType }) => grantType === "refresh_token")
    ),
    logIn: Effect.gen(function* () {
      const start = yield* flow.start(provider, limit)
      if (start._tag !== "Started") return yield* Effect.die(start)
      const query = new URLSearchParams({ uri: start.verificationUriComplete ?? "", decision: "approve" })
      yield* control(`visit?${query.toString()}`)
      const answer = yield* flow.poll(provider, start, limit)
      return answer._tag === "Granted" ? answer.tokens : yield* Effect.die(answer)
    })
  }
}

const clear = (token: Redacted.Redacted<string> | undefined) =>
  token === undefined ? undefined : Redacted.value(token)

/** The login as hermes keeps one. */
export const writeLogin = (path: string, { access, refresh }: TokenSet): void => {
  const tokens = { access_token: clear(access), refresh_token: clear(refresh) }
  writeFileSync(path, JSON.stringify({ version: 1, providers: { [oidc]: { tokens } } }), { mode: 0o600 })
}
