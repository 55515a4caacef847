/**
 * A provider as a declaration, all of it data: where its token endpoint is, how it is spoken to, what its tokens say,
 * where they may go, what its answers mean beyond the common rules. Everything that acts on a provider reads it from
 * here.
 */
import type { Redacted } from "effect"
import type { ReplayPolicy } from "@daybook/pool/ReplayPolicy"
import { checked } from "./internal/CheckProvider.ts"
import { defined } from "./internal/Defined.ts"
import { isConfidential } from "./internal/Loopback.ts"
import type { Rule } from "./Rule.ts"

export { InvalidProvider } from "./internal/CheckProvider.ts"

/** The token endpoint is asked for at the issuer, and believed only on these hosts. */
export interface Discovery {
  readonly issuer: string
  /** `oauth`: RFC 8414 section 3. `openid`: OpenID Connect Discovery section 4. */
  readonly document: "oauth" | "openid"
  /** `x.ai` stands for itself and for `*.x.ai`. */
  readonly hosts: ReadonlyArray<string>
}

/** A member of a JSON object, or of an object in it: names from the outside in. */
export type Path = ReadonlyArray<string>

/** Where something is said: in a token's claims (`["access", "sub"]`, `["id", "email"]`), or beside the tokens (`["account"]`). */
export type TokenPath = readonly ["access" | "id", claim: string, ...Path] | readonly ["account"]

/** What the members of a token answer are called where they are not called as in RFC 6749 section 5.1. */
export interface AnswerNames {
  /** Default `access_token`. */
  readonly access: string
  /** When the access token ends: seconds from now, or an instant if the number is too large for that. Default `expires_in`. */
  readonly expires: string
  /** When the whole grant ends, written the same way. Default `refresh_token_expires_in`. */
  readonly deadline: string
  /** The provider's name of the account. Default `account_id`. */
  readonly account: Path
  /** The address of the API that these tokens are for. Default `resource_url`. */
  readonly resource: Path
}

/** Another program's file in which a login of this provider stands; read, never written. */
export interface LoginFile {
  readonly owner: string
  /** `~` and a leading `$NAME` stand for what they stand for in a shell. The first file that is there counts. */
  readonly paths: ReadonlyArray<string>
  /** Where in the file; `*` is any name. */
  readonly at?: Path
  /** As in RFC 6749 section 5.1, and `expires_at`, unless given. */
  readonly members?: {
    readonly access: string
    readonly refresh?: string
    readonly idToken?: string
    readonly account?: string
    readonly expiresAt?: string
    readonly resource?: string
  }
  /** What a person runs to renew it. */
  readonly renew: string
}

/** Where a browser brings the answer of a login in it. */
export type Redirect =
  | {
      /** To this machine (RFC 8252 section 7.3), to any free port unless the provider has registered one. */
      readonly kind: "loopback"
      readonly host: "127.0.0.1" | "localhost"
      readonly port?: number
      readonly path: string
      /** Origins of the provider's pages that bring the answer by a request of their own, and want to read its status. */
      readonly origins?: ReadonlyArray<string>
    }
  /** To a page of the provider's, which shows the code: a person carries it over. */
  | { readonly kind: "page"; readonly uri: string }

/** How a device is logged in at `deviceEndpoint`. */
export type DeviceDialect =
  /** With `pkce` the device proves itself when it polls (RFC 7636). */
  | { readonly _tag: "rfc8628"; readonly pkce: boolean }
  /** OpenAI's own: what is polled for is an authorization code, whose verifier the server made itself. */
  | {
      readonly _tag: "deviceauth"
      readonly pollEndpoint: string
      readonly verificationUri: string
      readonly redirectUri: string
    }

/** An endpoint that says how much of a quota is used, and costs none of it. */
export interface UsageProbe {
  readonly url: string
  readonly windows: ReadonlyArray<{
    readonly name: string
    readonly at: Path
    /** Of 100. */
    readonly usedPercent: string
    readonly resetsAt: string
  }>
}

/** The model API takes an access token only if it is one of these: a key that is derived from the login, and dies with it. */
export interface DerivedKey {
  readonly name: string
  /** Must be among the token's own scopes. */
  readonly scope: string
}

/** Environment variables in which the provider's own client libraries look for what they authenticate with. */
export interface Variables {
  /** For the access token of a login. */
  readonly login?: string
  /** For an API key. */
  readonly key?: string
}

export interface Provider {
  readonly id: string
  readonly name: string
  /** RFC 6749 section 3.2. */
  readonly tokenEndpoint: string | Discovery
  /** `refresh`: RFC 6749 section 6. `exchange`: a GET mints an access token from one that it does not spend. */
  readonly grantType: "refresh" | "exchange"
  /** How the body of a token request is written. */
  readonly encoding: "form" | "json"
  /** Where the refresh token stands in the request: in the body, or in a header, behind a scheme if there is one. */
  readonly refreshTokenIn: "body" | { readonly header: string; readonly scheme?: string }
  readonly clientId?: string
  /** RFC 7591 section 2. */
  readonly clientAuthentication: "none" | "client_secret_post" | "client_secret_basic"
  readonly clientSecret?: Redacted.Redacted<string>
  /** Asked for with every refresh, and at a login unless `loginScope` says otherwise. */
  readonly scope?: string
  /** What a login asks for. */
  readonly loginScope?: string
  /** Sent with every token request. */
  readonly headers?: Readonly<Record<string, string>>
  /** RFC 6749 section 3.1; unless discovered. */
  readonly authorizationEndpoint?: string
  /** Where the answer to a login in a browser goes; without it there is no such login. */
  readonly redirect?: Redirect
  /** What this provider wants in an authorization request beside what the standards want. */
  readonly authorizationParameters?: Readonly<Record<string, string>>
  /** Whether the id token must repeat a nonce (OpenID Connect Core section 3.1.2.1). */
  readonly nonce: boolean
  /** As the authorization response names it (RFC 9207); by default the issuer that is asked, else the authorization endpoint's origin. */
  readonly issuer?: string
  /** RFC 8628 section 3.1, or what its dialect has in its place; unless discovered. */
  readonly deviceEndpoint?: string
  readonly device: DeviceDialect
  /** RFC 7009 section 2; unless discovered. */
  readonly revocationEndpoint?: string
  /** Whether a refresh token is replaced when it is used. */
  readonly rotation: "always" | "sometimes" | "never"
  /** When a refresh token whose answer was lost may be sent once more. */
  readonly replay: ReplayPolicy
  /** How long before its end an access token counts as ended; never more than half of its life. */
  readonly skewMillis: number
  readonly answer: AnswerNames
  /** Where the end of an access token is read, the first that says one: in its own `exp`, or in the answer. */
  readonly expiry: ReadonlyArray<"claim" | "announced">
  /** The whole grant ends so long after the login, whatever is refreshed. */
  readonly grantMillis?: number
  /** A login whose refresh token is not used for so long ends, as the provider documents it. */
  readonly idleMillis?: number
  /** Where the account's stable name and address stand, the first that is there. */
  readonly identity: {
    readonly subject: ReadonlyArray<TokenPath>
    readonly email: ReadonlyArray<TokenPath>
    /** Where an account may have several users: the stable name of the one. */
    readonly seat?: ReadonlyArray<TokenPath>
  }
  readonly derivedKey?: DerivedKey
  /** The only origins its access tokens may be sent to. */
  readonly apiOrigins: ReadonlyArray<string>
  /** What a model API wants beside the token of a login: as it stands, or as a token says it. */
  readonly apiHeaders: Readonly<Record<string, string | ReadonlyArray<TokenPath>>>
  /** Where an API key stands in a request, by itself; without it the key is a bearer token like any other. */
  readonly keyHeader?: string
  readonly variables?: Variables
  readonly usage?: UsageProbe
  /** Whether its logins in hermes' `auth.json` can be refreshed under the locks that hermes itself holds meanwhile. */
  readonly sharedWithHermes: boolean
  readonly files: ReadonlyArray<LoginFile>
  /** Tried before the common rules. */
  readonly rules: ReadonlyArray<Rule>
  /** What a person does to log in again, as a sentence. */
  readonly relogin: string
}

export type ProviderOptions = Pick<Provider, "id" | "tokenEndpoint"> &
  Partial<Omit<Provider, "answer">> & { readonly answer?: Partial<AnswerNames> }

const rfc6749: AnswerNames = {
  access: "access_token",
  expires: "expires_in",
  deadline: "refresh_token_expires_in",
  account: ["account_id"],
  resource: ["resource_url"]
}

/**
 * Fills what is not said with what RFC 6749 suggests: a form-encoded body, no client secret, expiry as announced,
 * replay only after expiry. A bad definition is a mistake of the program that writes it, so it throws.
 * @throws InvalidProvider
 */
export const defineProvider = (options: ProviderOptions): Provider => {
  const name = options.name ?? options.id
  const { answer, ...others } = options
  return checked({
    grantType: "refresh",
    encoding: "form",
    refreshTokenIn: "body",
    clientAuthentication: options.clientSecret === undefined ? "none" : "client_secret_basic",
    nonce: false,
    device: { _tag: "rfc8628", pkce: false },
    rotation: "always",
    replay: options.rotation === "never" ? { _tag: "anytime" } : { _tag: "afterExpiry" },
    skewMillis: 120_000,
    expiry: ["announced", "claim"],
    identity: {
      subject: [["account"], ["access", "sub"], ["id", "sub"]],
      email: [
        ["id", "email"],
        ["access", "email"]
      ]
    },
    apiOrigins: [],
    apiHeaders: {},
    sharedWithHermes: false,
    files: [],
    rules: [],
    relogin: `Log in to ${name} again.`,
    ...defined(others),
    answer: { ...rfc6749, ...answer },
    name
  })
}

/**
 * The same provider with all its addresses at another origin, paths unchanged: a sandbox, or a proxy on loopback.
 * @throws InvalidProvider
 */
export const providerAt = (provider: Provider, origin: string): Provider => {
  const moved = (address: string) => (URL.canParse(origin) ? new URL(new URL(address).pathname, origin).href : origin)
  const { authorizationEndpoint, device, deviceEndpoint, issuer, redirect, revocationEndpoint, tokenEndpoint, usage } =
    provider
  return defineProvider({
    ...provider,
    tokenEndpoint:
      typeof tokenEndpoint === "string"
        ? moved(tokenEndpoint)
        : { ...tokenEndpoint, issuer: origin, hosts: URL.canParse(origin) ? [new URL(origin).hostname] : [] },
    ...(authorizationEndpoint === undefined ? {} : { authorizationEndpoint: moved(authorizationEndpoint) }),
    ...(issuer === undefined ? {} : { issuer: origin }),
    ...(redirect === undefined ? {} : { redirect: redirectAt(redirect, origin, moved) }),
    ...(deviceEndpoint === undefined ? {} : { deviceEndpoint: moved(deviceEndpoint) }),
    device:
      device._tag === "rfc8628"
        ? device
        : {
            ...device,
            pollEndpoint: moved(device.pollEndpoint),
            verificationUri: moved(device.verificationUri),
            redirectUri: moved(device.redirectUri)
          },
    ...(revocationEndpoint === undefined ? {} : { revocationEndpoint: moved(revocationEndpoint) }),
    ...(usage === undefined ? {} : { usage: { ...usage, url: moved(usage.url) } }),
    apiOrigins: [origin]
  })
}

const redirectAt = (redirect: Redirect, origin: string, moved: (address: string) => string): Redirect => {
  if (redirect.kind === "page") return { ...redirect, uri: moved(redirect.uri) }
  return redirect.origins === undefined ? redirect : { ...redirect, origins: [origin] }
}

/** Whether an access token of this provider may be sent to `url`. Ask before each request, and after no redirect. */
export const mayReceiveTokens = (provider: Provider, url: string | URL): boolean => {
  const target = URL.canParse(String(url)) ? new URL(url) : undefined
  return target !== undefined && isConfidential(target) && provider.apiOrigins.includes(target.origin)
}
