/**
 * The authorization server of a world: families of refresh tokens, and what a request with one of them does. Its journal
 * is the truth about every token; nothing of the protocol ever sees it.
 */
import type { Provider } from "@daybook/oauth/Provider"
import { oauth2 } from "@daybook/oauth/OAuth2"
import type { Answer } from "@daybook/oauth/ParseAnswer"
import type { TokenSet } from "@daybook/pool/TokenSet"
import { Redacted } from "effect"

/** Stands in every token: no record, no error and no line of a log may hold it. */
export const marker = "s3cr3t"

/** `strict`: a spent token is refused. `revoke`: and its family dies. `grace`: for a while it is answered as before. `still`: nothing is spent. */
export type Reuse = "strict" | "revoke" | "grace" | "still"

export interface ServerOptions {
  readonly reuse: Reuse
  readonly provider: Provider
  readonly graceMillis: number
  /** Access tokens tell their times and their account. */
  readonly speaking: boolean
}

export interface Pair {
  readonly access: string
  readonly refresh: string
  readonly family: number
  /** Its place in the family. */
  readonly index: number
  readonly expiresAt: number
  readonly account: string
}

interface Family {
  readonly account: string
  readonly slot: string
  readonly pairs: Array<Pair>
  revoked: boolean
}

/** One request as the server saw it. */
export interface Exchange {
  readonly by: string
  readonly ours: boolean
  readonly attempt: string | undefined
  readonly presented: string
  /** The pair that was issued for it. */
  readonly issued: Pair | undefined
  readonly refused: boolean
}

export const lifetime = 3_600_000

export class Server {
  readonly options: ServerOptions
  readonly journal: Array<Exchange> = []
  readonly families: Array<Family> = []
  /** Every pair, in the order of its making. */
  readonly issued: Array<Pair> = []
  private readonly pairs = new Map<string, Pair>()
  private readonly accesses = new Map<string, Pair>()
  private readonly spent = new Map<string, { readonly at: number; readonly successor: Pair }>()
  /** Access tokens that the API takes no more, although their time is not over. */
  readonly refusedAccess = new Set<string>()

  constructor(options: ServerOptions) {
    this.options = options
  }

  /** A person logs in. */
  logIn(slot: string, account: string, now: number): Pair {
    this.families.push({ account, slot, pairs: [], revoked: false })
    return this.issue(this.families.length - 1, now)
  }

  private issue(family: number, now: number, refresh?: string): Pair {
    const { account, pairs } = this.families[family]!
    const index = pairs.length
    const expiresAt = now - (now % 1000) + lifetime
    const name = `${marker}-${family}-${index}`
    const claims = { iat: Math.floor(now / 1000), exp: expiresAt / 1000, sub: account }
    const access = this.options.speaking ? `e30.${encoded(claims)}.${name}` : `at-${name}`
    const pair = { access, refresh: refresh ?? `rt-${name}`, family, index, expiresAt, account }
    pairs.push(pair)
    this.issued.push(pair)
    this.pairs.set(pair.refresh, pair)
    this.accesses.set(access, pair)
    return pair
  }

  /** The token is taken or refused; a loss on the way back changes nothing here. */
  present(presented: string, now: number, exchange: Pick<Exchange, "by" | "ours" | "attempt">): Answer {
    const pair = this.pairs.get(presented)
    const family = pair === undefined ? undefined : this.families[pair.family]
    const refuse = (code: string, description: string) => {
      this.journal.push({ ...exchange, presented, issued: undefined, refused: true })
      return json(400, { error: code, error_description: description })
    }
    if (pair === undefined || family === undefined) return refuse("invalid_grant", `unknown token ${presented}`)
    if (family.revoked) return refuse("invalid_grant", `the grant of ${presented} was revoked`)
    const spent = this.spent.get(presented)
    if (spent !== undefined) {
      if (this.options.reuse === "grace" && now - spent.at <= this.options.graceMillis) {
        this.journal.push({ ...exchange, presented, issued: spent.successor, refused: false })
        return this.granting(spent.successor, now)
      }
      if (this.options.reuse === "revoke") this.revoke(pair.family)
      return refuse("refresh_token_reused", `token ${presented} was already used`)
    }
    const still = this.options.reuse === "still"
    const successor = this.issue(pair.family, now, still ? presented : undefined)
    if (!still) this.spent.set(presented, { at: now, successor })
    this.journal.push({ ...exchange, presented, issued: successor, refused: false })
    return this.granting(successor, now)
  }

  private granting({ access, account, expiresAt, refresh }: Pair, now: number): Answer {
    const rotated = this.options.reuse === "still" ? {} : { refresh_token: refresh }
    const expires_in = Math.max(1, Math.round((expiresAt - now) / 1000))
    return json(200, { access_token: access, ...rotated, expires_in, account_id: account })
  }

  revoke(family: number): void {
    this.families[family]!.revoked = true
  }

  /** The family of an access token. */
  revokeBy(access: string): void {
    const pair = this.accesses.get(access)
    if (pair !== undefined) this.revoke(pair.family)
  }

  /** Whether the API takes it. */
  accepts(access: string, now: number): boolean {
    const pair = this.accesses.get(access)
    if (pair === undefined || this.families[pair.family]!.revoked || this.refusedAccess.has(access)) return false
    return now < pair.expiresAt
  }

  /** Whether the next request with it would bring tokens. */
  isAlive(refresh: string): boolean {
    const pair = this.pairs.get(refresh)
    return pair !== undefined && !this.families[pair.family]!.revoked && !this.spent.has(refresh)
  }

  isSpent(refresh: string): boolean {
    return this.spent.has(refresh)
  }

  pairOf(refresh: string): Pair | undefined {
    return this.pairs.get(refresh)
  }
}

const encoded = (claims: unknown): string => Buffer.from(JSON.stringify(claims)).toString("base64url")

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body)
})

/** As a store holds a pair. */
export const tokensOf = ({ access, account, expiresAt, refresh }: Pair): TokenSet => ({
  access: Redacted.make(access),
  refresh: Redacted.make(refresh),
  account,
  expiresAt
})

export const revealed = (token: Redacted.Redacted<string> | undefined): string | undefined =>
  token === undefined ? undefined : Redacted.value(token)

/** The name of the one provider of a world. */
export const providerId = "sim"

export const providerOf = (reuse: Reuse, graceMillis: number, forgives: boolean): Provider =>
  oauth2({
    id: providerId,
    tokenEndpoint: "https://auth.sim.example/token",
    ...(reuse === "still" ? { rotation: "never" as const } : { replay: replayOf(reuse, graceMillis, forgives) })
  })

const replayOf = (reuse: Reuse, millis: number, forgives: boolean): Provider["replay"] => {
  if (reuse === "grace") return { _tag: "withinGrace", millis }
  return forgives ? { _tag: "afterExpiry" } : { _tag: "never" }
}
