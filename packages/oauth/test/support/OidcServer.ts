/** The process that runs `oidc-provider`, for as long as its tests take. What it complains of is passed on. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { createInterface, type Interface } from "node:readline"
import { Context, Effect, Layer } from "effect"
import type { Started } from "@daybook/oauth/DeviceAnswer"
import { oauth2 } from "@daybook/oauth/OAuth2"
import type { Provider, ProviderOptions } from "@daybook/oauth/Provider"
import type { TokenPost } from "./oidc/oidcServer.ts"
import type { Decision } from "./oidc/Person.ts"

export class OidcServer extends Context.Service<
  OidcServer,
  {
    readonly issuer: string
    /** Moves the server's own clock. */
    readonly advance: (seconds: number) => Effect.Effect<void>
    /** A person opens the verification page and decides there; answers what the last page says. */
    readonly visit: (started: Started, decision: Decision) => Effect.Effect<string>
    /** The same with any page. */
    readonly open: (uri: string, decision: Decision) => Effect.Effect<string>
    /** What stands in the person's address line. */
    readonly lastRedirect: Effect.Effect<string>
    /** Everything that came to its token endpoint. */
    readonly posts: Effect.Effect<ReadonlyArray<TokenPost>>
    /** A definition that finds the server by its issuer; of its public client, unless said otherwise. */
    readonly provider: (options?: Partial<ProviderOptions>) => Provider
  }
>()("@daybook/oauth/test/OidcServer") {
  static readonly layer = Layer.effect(
    OidcServer,
    Effect.gen(function* () {
      const issuer = yield* Effect.acquireRelease(started, ({ child }) => Effect.sync(() => child.stdin?.end()))
      return at(issuer.url)
    })
  )
}

const program = join(import.meta.dirname, "oidc", "oidcServer.ts")

const started = Effect.promise(async () => {
  const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "pipe"] })
  const [url] = (await Promise.race([once(linesOf(child), "line"), gone(child)])) as [string]
  return { child, url }
})

const gone = async (child: ChildProcess): Promise<never> => {
  await once(child, "exit")
  throw new Error("the server's process ended")
}

/** Its remarks on what a deployment should do better are of no interest here. */
const linesOf = ({ stderr, stdout }: ChildProcess): Interface => {
  createInterface({ input: stderr! }).on("line", (line) => {
    if (!/^oidc-provider (?:WARNING|NOTICE): /.test(line)) process.stderr.write(`${line}\n`)
  })
  return createInterface({ input: stdout! })
}

const at = (issuer: string): OidcServer["Service"] => {
  const control = <A>(name: string, query: Readonly<Record<string, string>> = {}) =>
    Effect.promise(async () => {
      const response = await fetch(`${issuer}/test/${name}?${new URLSearchParams(query).toString()}`)
      if (!response.ok) throw new Error(await response.text())
      return (await response.json()) as A
    })
  return {
    issuer,
    advance: (seconds) => control("advance", { seconds: String(seconds) }),
    visit: ({ verificationUri, verificationUriComplete }, decision) =>
      control("visit", { uri: verificationUriComplete ?? verificationUri, decision }),
    open: (uri, decision) => control("visit", { uri, decision }),
    lastRedirect: control("lastRedirect"),
    posts: control("posts"),
    provider: ({ tokenEndpoint, ...options } = {}) =>
      oauth2({
        id: "oidc",
        clientId: "public",
        scope: "openid offline_access",
        apiOrigins: [issuer],
        ...options,
        ...(tokenEndpoint === undefined ? { issuer } : { tokenEndpoint })
      })
  }
}
