/**
 * Renders the page of providers from their definitions.
 */
import { variableOf } from "@daybook/oauth/Environment"
import type { Discovery, Provider, Redirect } from "@daybook/oauth/Provider"
import { defaultProviders } from "@daybook/oauth/Providers"
import { command } from "./ClassificationPage.ts"
import { code, table } from "./Markdown.ts"

export const render = (): string =>
  [
    "# Providers",
    `A provider is a declaration, all of it data. These ${defaultProviders.length} come with Daybook; \`oauth2\` stands for any other server that keeps to
RFC 6749. The page is made from the declarations: change those, then run \`${command}\`.`,
    "## How a token is asked for",
    table([
      ["provider", "token endpoint", "request", "client", "rotates", "a lost answer's token is sent again"],
      ...defaultProviders.map((provider) => [
        code(provider.id),
        endpointOf(provider.tokenEndpoint),
        requestOf(provider),
        clientOf(provider),
        provider.rotation,
        replayOf(provider)
      ])
    ]),
    "## What the tokens say",
    table([
      ["provider", "end of the access token", "renewed before", "end of the grant", "account", "usage endpoint"],
      ...defaultProviders.map((provider) => [
        code(provider.id),
        expiryOf(provider),
        spanOf(provider.skewMillis),
        endOf(provider),
        subjectsOf(provider),
        provider.usage === undefined ? "" : code(new URL(provider.usage.url).pathname)
      ])
    ]),
    "An access token is never renewed earlier than at half of its life. `claim` is the token's own `exp`.",
    "## How a model API is asked",
    table([
      ["provider", "a login", "an API key", "at these origins"],
      ...defaultProviders.map((provider) => [
        code(provider.id),
        ["`authorization`", ...Object.entries(provider.apiHeaders).map(apiHeaderOf)].join(", "),
        code(provider.keyHeader ?? "authorization"),
        provider.apiOrigins.map(code).join(", ")
      ])
    ]),
    "A request that goes anywhere else is refused before it leaves. The page about [programs](library.md) says how requests are made.",
    "## How a person logs in",
    table([
      ["provider", "in a browser", "comes back to", "as a device", "scope of a login"],
      ...defaultProviders.map((provider) => [
        code(provider.id),
        authorizationOf(provider),
        redirectOf(provider.redirect),
        deviceOf(provider),
        provider.loginScope === undefined ? "" : code(provider.loginScope)
      ])
    ]),
    `\`daybook login\` does it; see the [page on logins](login.md). PKCE with S256 is part of every login in a browser. What is empty here is not known
for certain, and left out rather than guessed.`,
    "## How a request carries a credential",
    table([
      ["provider", "a login", "an API key", "environment: a login", "environment: an API key"],
      ...defaultProviders.map((provider) => [
        code(provider.id),
        ["authorization: Bearer", ...Object.keys(provider.apiHeaders)].map(code).join(", "),
        code(provider.keyHeader ?? "authorization: Bearer"),
        variable(provider, "oauth"),
        variable(provider, "apiKey")
      ])
    ]),
    `These headers are what \`daybook token PROVIDER --format headers\` prints, these variables what \`--format env\` and \`daybook exec\` set; see
[Daybook as a credential helper](credential-helper.md). A variable is empty here where no client library of the provider reads one. The
API keys of a provider that is not in this table go into the variable that is made from its id: \`OPENROUTER_API_KEY\` for \`openrouter\`.`,
    "## Where logins are found",
    table([
      ["provider", "hermes' `auth.json`", "files of other programs, read only"],
      ...defaultProviders.map((provider) => [
        code(provider.id),
        inHermes(provider),
        provider.id === "openai-codex"
          ? "the Codex CLI: `$CODEX_HOME/auth.json`"
          : provider.files.map(({ owner, paths }) => `${owner}: ${paths.map(code).join(", ")}`).join("; ")
      ])
    ]),
    `A login in another program's file is borrowed: its access token is used, its refresh token never sent, its file never written.
\`openPool({ vault: loginFilesOf(anthropic) })\` opens them. What is read and written in hermes' file, and why, stands on the
[page about hermes](hermes.md). Copilot's GitHub token has no file here: a token of another program is not exchanged.`,
    "## What was exercised",
    exercised,
    "## A provider of your own",
    ownProvider
  ].join("\n\n") + "\n"

const variable = (provider: Provider, kind: "oauth" | "apiKey"): string => {
  const name = variableOf(provider, provider.id, kind)
  return name === undefined ? "" : code(name)
}

/** With its value, unless a token says it. */
const apiHeaderOf = ([name, value]: [string, Provider["apiHeaders"][string]]): string =>
  code(typeof value === "string" ? `${name}: ${value}` : name)

/** MiniMax' are the only ones that hermes has in its file and refreshes without its lock. */
const inHermes = ({ id, sharedWithHermes }: Provider): string => {
  if (sharedWithHermes) return id === "nous" ? "refreshed under hermes' two locks" : "refreshed under hermes' lock"
  return id === "minimax-oauth" ? "shown, and left to hermes" : "not touched"
}

const authorizationOf = ({ authorizationEndpoint, redirect, tokenEndpoint }: Provider): string => {
  if (redirect === undefined) return ""
  if (authorizationEndpoint !== undefined) return code(authorizationEndpoint)
  return isDiscovered(tokenEndpoint) ? `discovered at ${code(tokenEndpoint.issuer)}` : ""
}

const redirectOf = (redirect: Redirect | undefined): string => {
  if (redirect === undefined) return ""
  if (redirect.kind === "page") return code(redirect.uri)
  return code(`http://${redirect.host}:${redirect.port ?? "*"}${redirect.path}`)
}

const deviceOf = ({ device, deviceEndpoint, grantType }: Provider): string => {
  if (deviceEndpoint === undefined || grantType === "exchange") return ""
  if (device._tag === "deviceauth") return `${code(deviceEndpoint)}, in OpenAI's own dialect`
  return `${code(deviceEndpoint)}${device.pkce ? ", with PKCE" : ""}`
}

const isDiscovered = (endpoint: string | Discovery): endpoint is Discovery => typeof endpoint !== "string"

const endpointOf = (endpoint: string | Discovery): string =>
  isDiscovered(endpoint)
    ? `discovered at ${code(endpoint.issuer)}, on ${endpoint.hosts.map((host) => `${code(host)} and below`).join(", ")} only`
    : code(endpoint)

const requestOf = ({ encoding, grantType, refreshTokenIn }: Provider): string => {
  const where =
    refreshTokenIn === "body"
      ? ""
      : `, token in header ${code([refreshTokenIn.header, refreshTokenIn.scheme].filter((part) => part !== undefined).join(": "))}`
  return grantType === "exchange" ? `GET${where}` : `POST, ${encoding}${where}`
}

const clientOf = ({ clientAuthentication }: Provider): string =>
  clientAuthentication === "none" ? "public" : `${code(clientAuthentication)}, secret from the environment`

const replayOf = ({ replay }: Provider): string =>
  replay._tag === "anytime" ? "at any time" : "once its access token has ended"

const expiryOf = ({ answer, expiry }: Provider): string =>
  expiry.map((source) => code(source === "claim" ? "claim" : answer.expires)).join(", else ")

const endOf = ({ answer, grantMillis, idleMillis }: Provider): string =>
  [
    grantMillis === undefined
      ? `${code(answer.deadline)}, if an answer has it`
      : `${spanOf(grantMillis)} after the login`,
    ...(idleMillis === undefined ? [] : [`${spanOf(idleMillis)} without a refresh`])
  ].join("; ")

const spanOf = (millis: number): string => {
  if (millis >= 86_400_000) return `${millis / 86_400_000} d`
  return millis >= 3_600_000 ? `${millis / 3_600_000} h` : `${millis / 1000} s`
}

const subjectsOf = ({ answer, identity }: Provider): string =>
  identity.subject
    .map(([place, ...names]) =>
      place === "account" ? code(answer.account.join(".")) : code([place, ...names].join("."))
    )
    .join(", else ")

const exercised = `No test, example or bench has ever asked a real provider: the real ones were only read about.

| what | how |
| --- | --- |
| a refresh by each of the ${defaultProviders.length} | over HTTP, against the sandbox, which speaks the provider's dialect and refuses any other; method, path, headers and body compared byte for byte (\`packages/oauth/test/Dialects.test.ts\`) |
| a login of each of the ${defaultProviders.length} in a pool: refreshed, carried on by the next process, wanted by several callers in two pools at once, revoked | over HTTP, against the sandbox, the server's journal held against the ledger (\`packages/refresher/test/Providers.test.ts\`) |
| rotation, reuse, revocation, device login, both client authentications, discovery | over HTTP, against \`oidc-provider\`, an authorization server that others have certified (\`packages/oauth/test/Oidc*.test.ts\`) |
| logins at openai-codex, xai-oauth, nous, qwen-oauth and kimi | over HTTP, against the sandbox, which checks PKCE, redirect and client (\`packages/oauth/test/Logins.test.ts\`); the code flow against \`oidc-provider\` too |
| quota windows and the usage endpoints of openai-codex and anthropic | over HTTP, against the sandbox |
| Kimi's device headers beyond \`x-msh-platform\`, Copilot's editor headers, Google's and Qwen's API errors | from recorded answers and other programs' sources only; whether the provider insists on more is not known |
| xAI's discovery on \`x.ai\` over TLS | the pinning by documents in tests; the exchange over HTTP on loopback |
| login files of Claude Code, Qwen Code, the Gemini CLI, the Kimi CLI and the Grok CLI | from files made up after their published form |`

const ownProvider = `\`\`\`ts
import { defineProvider, openPool } from "daybook"

const example = defineProvider({
  id: "example",
  name: "Example",
  tokenEndpoint: "https://login.example/oauth/token",
  clientId: "my-client",
  apiOrigins: ["https://api.example"],
  rules: [
    {
      id: "example/session-ended",
      version: 1,
      surface: "token",
      when: { codes: ["session_ended"] },
      verdict: "Terminal",
      reason: "Revoked",
      confirm: true,
      source: "answers of login.example"
    }
  ],
  relogin: "Log in to Example again: \`example login\`."
})

await using pool = await openPool({ providers: [example] })
console.log((await pool.status()).credentials.length)
\`\`\`

Everything else has a default: a form-encoded POST without a client secret, rotating refresh tokens, an expiry as announced or as the
token's own \`exp\`. \`tokenEndpoint\` may be \`{ issuer, document, hosts }\` in place of an address. A definition that would send tokens in clear,
or rules that could never match, are refused with the field and the reason. A client secret may come from the environment, as
\`DAYBOOK_CLIENT_SECRET_GOOGLE_GEMINI\` does for \`google-gemini\`.`
