/** Refuses definitions that would put tokens at risk, that nothing could be recorded under, or that could never match. */
import { Data } from "effect"
import type { Provider, Redirect } from "../Provider.ts"
import type { Rule } from "../Rule.ts"
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
  NoEndpoint: "leads nowhere: set authorizationEndpoint too, or let tokenEndpoint be discovered.",
  NotAPath: "is no path. Begin it with a slash.",
  NotAHeader: "is no name of a header. Use letters, digits and hyphens.",
  NotAVariable: "is no name for an environment variable. Use A-Z 0-9 _, and no name of Daybook's own.",
  NotAPort: "is no port. Use a whole number from 1 to 65535, or leave it out.",
  Reserved: "is set by every login itself. Leave it out.",
  NotLowerCase: "is not in lower case, so it would never match. Write codes and words in lower case."
} as const

/**
 * The definition with its addresses in their normal form.
 * @throws InvalidProvider
 */
export const checked = (provider: Provider): Provider => {
  checkId(provider)
  checkRequest(provider)
  provider.rules.forEach((rule) => checkRule(provider, rule))
  const apiOrigins = provider.apiOrigins.map((origin) => urlIn(provider, "apiOrigins", origin).origin)
  checkLogin(provider)
  checkOthers(provider, apiOrigins)
  return { ...provider, tokenEndpoint: checkedEndpoint(provider), apiOrigins }
}

const refuse = ({ id }: Provider, field: keyof Provider, reason: keyof typeof advice, value: string): never => {
  throw new InvalidProvider({ provider: id, field, reason, value })
}

const urlIn = (provider: Provider, field: keyof Provider, value: string): URL => {
  if (!URL.canParse(value)) return refuse(provider, field, "Malformed", value)
  const url = new URL(value)
  const isSafe = isConfidential(url) && url.username === "" && url.password === "" && url.hash === ""
  return isSafe ? url : refuse(provider, field, "Insecure", url.origin)
}

const checkId = (provider: Provider): void => {
  if (provider.id.trim() === "") refuse(provider, "id", "Blank", provider.id)
  if (!/^[A-Za-z0-9_.:-]{1,64}$/.test(provider.id)) refuse(provider, "id", "Malformed", provider.id)
}

const checkRequest = (provider: Provider): void => {
  const { clientAuthentication, clientId, grantType, refreshTokenIn } = provider
  if (grantType === "exchange" && refreshTokenIn === "body") refuse(provider, "grantType", "NoHeader", grantType)
  if (clientAuthentication !== "none" && clientId === undefined) {
    refuse(provider, "clientAuthentication", "NoClientId", clientAuthentication)
  }
}

const checkRule = (provider: Provider, { id, when }: Rule): void => {
  if (!id.startsWith(`${provider.id}/`)) refuse(provider, "rules", "ForeignRule", id)
  const texts = [...(when.codes ?? []), ...(when.words ?? []), ...(when.withoutWords ?? [])]
  const shouted = texts.find((text) => text !== text.toLowerCase())
  if (shouted !== undefined) refuse(provider, "rules", "NotLowerCase", shouted)
}

const checkLogin = (provider: Provider): void => {
  const { authorizationEndpoint, authorizationParameters = {}, clientId, device, redirect, tokenEndpoint } = provider
  if (authorizationEndpoint !== undefined) urlIn(provider, "authorizationEndpoint", authorizationEndpoint)
  if (device._tag === "deviceauth") {
    for (const address of [device.pollEndpoint, device.verificationUri, device.redirectUri]) {
      urlIn(provider, "device", address)
    }
  }
  const taken = Object.keys(authorizationParameters).find((name) => reserved.has(name))
  if (taken !== undefined) refuse(provider, "authorizationParameters", "Reserved", taken)
  if (redirect === undefined) return
  checkRedirect(provider, redirect)
  if (clientId === undefined) refuse(provider, "redirect", "NoClientId", redirect.kind)
  if (authorizationEndpoint === undefined && typeof tokenEndpoint === "string") {
    refuse(provider, "redirect", "NoEndpoint", redirect.kind)
  }
}

const checkRedirect = (provider: Provider, redirect: Redirect): void => {
  if (redirect.kind === "page") return void urlIn(provider, "redirect", redirect.uri)
  const { origins = [], path, port } = redirect
  if (!/^\/[\w./~-]*$/.test(path)) refuse(provider, "redirect", "NotAPath", path)
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    refuse(provider, "redirect", "NotAPort", String(port))
  }
  for (const origin of origins) urlIn(provider, "redirect", origin)
}

/** RFC 6749 section 4.1.1, RFC 7636 section 4.3, OpenID Connect Core section 3.1.2.1. */
const reserved: ReadonlySet<string> = new Set([
  "response_type",
  "client_id",
  "redirect_uri",
  "scope",
  "state",
  "nonce",
  "code_challenge",
  "code_challenge_method"
])

const checkOthers = (provider: Provider, apiOrigins: ReadonlyArray<string>): void => {
  const { deviceEndpoint, keyHeader, revocationEndpoint, usage, variables = {} } = provider
  if (keyHeader !== undefined && !/^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(keyHeader)) {
    refuse(provider, "keyHeader", "NotAHeader", keyHeader)
  }
  for (const name of Object.values(variables)) {
    if (!/^(?!DAYBOOK_)[A-Z][A-Z0-9_]{0,63}$/.test(name)) refuse(provider, "variables", "NotAVariable", name)
  }
  if (deviceEndpoint !== undefined) urlIn(provider, "deviceEndpoint", deviceEndpoint)
  if (revocationEndpoint !== undefined) urlIn(provider, "revocationEndpoint", revocationEndpoint)
  if (usage !== undefined && !apiOrigins.includes(urlIn(provider, "usage", usage.url).origin)) {
    refuse(provider, "usage", "ElsewhereThanApi", usage.url)
  }
}

const checkedEndpoint = (provider: Provider): Provider["tokenEndpoint"] => {
  const { tokenEndpoint } = provider
  if (typeof tokenEndpoint === "string") return urlIn(provider, "tokenEndpoint", tokenEndpoint).href
  urlIn(provider, "tokenEndpoint", tokenEndpoint.issuer)
  return tokenEndpoint.hosts.length === 0
    ? refuse(provider, "tokenEndpoint", "Unpinned", tokenEndpoint.issuer)
    : tokenEndpoint
}
