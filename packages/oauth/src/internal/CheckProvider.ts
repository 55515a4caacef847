/** Refuses definitions that would put tokens at risk, that nothing could be recorded under, or that could never match. */
import { Data } from "effect"
import type { Discovery, Provider } from "../Provider.ts"
import { isConfidential } from "./Loopback.ts"

/** A definition that would put tokens at risk, or that could not work. */
export class InvalidProvider extends Data.TaggedError("InvalidProvider")<{
  readonly provider: string
  /** The member of the definition. */
  readonly field: keyof Provider
  readonly reason: keyof typeof advice
  readonly value: string
}> {
  override get message(): string {
    return `Provider "${this.provider}": ${this.field} "${this.value}" ${advice[this.reason]}`
  }
}

const advice = {
  Blank: "is blank. Name it.",
  Malformed: "is malformed. Ids use up to 64 of A-Z a-z 0-9 _ . : - and addresses are absolute URLs.",
  Insecure: "would send tokens in clear. Use https (http only on loopback), without user name or fragment.",
  Unpinned: "names no hosts. List the hosts that the token endpoint may be on.",
  ElsewhereThanApi: "is on none of apiOrigins. Add its origin there, since the access token is sent to it.",
  NoHeader: "needs the refresh token in a header. Set refreshTokenIn to one: a GET has no body.",
  NoClientId: "needs a clientId. Set it.",
  ForeignRule: "does not begin with the provider's id and a slash. Begin it so, since verdicts are recorded under it.",
  NotLowerCase: "is not in lower case, so it would never match. Write codes and words in lower case."
} as const

/** @throws InvalidProvider */
export const checked = (provider: Provider): Provider => {
  const refuse = (field: keyof Provider, reason: keyof typeof advice, value: string) => {
    throw new InvalidProvider({ provider: provider.id, field, reason, value })
  }
  const url = (field: keyof Provider, value: string): URL => {
    const parsed = URL.canParse(value) ? new URL(value) : refuse(field, "Malformed", value)
    const isSafe = isConfidential(parsed) && parsed.username === "" && parsed.password === "" && parsed.hash === ""
    return isSafe ? parsed : refuse(field, "Insecure", parsed.origin)
  }
  const discovery = (value: Discovery): Discovery => {
    if (value.hosts.length === 0) refuse("tokenEndpoint", "Unpinned", value.issuer)
    return { ...value, issuer: url("tokenEndpoint", value.issuer) && value.issuer }
  }
  const { clientAuthentication, clientId, deviceEndpoint, grantType, id, revocationEndpoint, tokenEndpoint, usage } =
    provider

  if (id.trim() === "") refuse("id", "Blank", id)
  if (!/^[A-Za-z0-9_.:-]{1,64}$/.test(id)) refuse("id", "Malformed", id)
  if (grantType === "exchange" && provider.refreshTokenIn === "body") refuse("grantType", "NoHeader", grantType)
  if (clientAuthentication !== "none" && clientId === undefined) {
    refuse("clientAuthentication", "NoClientId", clientAuthentication)
  }
  for (const rule of provider.rules) {
    if (!rule.id.startsWith(`${id}/`)) refuse("rules", "ForeignRule", rule.id)
    const { codes = [], withoutWords = [], words = [] } = rule.when
    const shouted = [...codes, ...words, ...withoutWords].find((text) => text !== text.toLowerCase())
    if (shouted !== undefined) refuse("rules", "NotLowerCase", shouted)
  }
  if (deviceEndpoint !== undefined) url("deviceEndpoint", deviceEndpoint)
  if (revocationEndpoint !== undefined) url("revocationEndpoint", revocationEndpoint)
  const apiOrigins = provider.apiOrigins.map((origin) => url("apiOrigins", origin).origin)
  if (usage !== undefined && !apiOrigins.includes(url("usage", usage.url).origin)) {
    refuse("usage", "ElsewhereThanApi", usage.url)
  }
  return {
    ...provider,
    tokenEndpoint:
      typeof tokenEndpoint === "string" ? url("tokenEndpoint", tokenEndpoint).href : discovery(tokenEndpoint),
    apiOrigins
  }
}
