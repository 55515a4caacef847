/**
 * Logins on their way: authorization codes (RFC 6749 section 4.1) and devices that wait for a person (RFC 8628, and
 * the vendor's own `deviceauth`).
 *
 * Pure, and strict: a code goes out once and comes back once, with the verifier, the address and the client that it was
 * made for (RFC 7636, method S256 only).
 */
import { HashMap, Option, Schema } from "effect"
import { hash } from "node:crypto"
import { GrantOptions } from "./Grant.ts"

/** What the person does at the page of a login. `wrong...`: the server answers with a flaw that a client must notice. */
export const Decision = Schema.Literals(["approve", "deny", "fail", "wrongState", "wrongIssuer", "wrongNonce"])
export type Decision = typeof Decision.Type

/** How the next logins go; seconds. */
export const LoginPolicy = Schema.Struct({
  /** At the authorization endpoint; `approve` if absent. Devices wait for `decide`. */
  decision: Schema.optionalKey(Decision),
  /** Whose logins they become, and how those behave. */
  grant: Schema.optionalKey(GrantOptions),
  /** 5 if absent. */
  deviceInterval: Schema.optionalKey(Schema.Int),
  /** 900 if absent. */
  deviceLifetime: Schema.optionalKey(Schema.Int)
})
export type LoginPolicy = typeof LoginPolicy.Type

export interface Code {
  readonly clientId: string
  readonly redirectUri: string
  readonly challenge: string
  readonly nonce: string | null
  readonly expiresAt: number
  readonly spent: boolean
  /** The grant that came of it. */
  readonly grant: string | null
}

export interface Device {
  readonly kind: "rfc8628" | "deviceauth"
  readonly userCode: string
  readonly clientId: string
  readonly challenge: string | null
  readonly interval: number
  readonly polledAt: number | null
  readonly expiresAt: number
  readonly decision: "approve" | "deny" | null
  readonly spent: boolean
}

export interface Logins {
  readonly policy: LoginPolicy
  readonly codes: HashMap.HashMap<string, Code>
  readonly devices: HashMap.HashMap<string, Device>
  /** Verifiers that this server made itself, for `deviceauth`. */
  readonly verifiers: ReadonlyArray<string>
}

export const empty: Logins = { policy: {}, codes: HashMap.empty(), devices: HashMap.empty(), verifiers: [] }

/** RFC 7636 section 4.2. */
export const challengeOf = (verifier: string): string => hash("sha256", verifier, "base64url")

export const codeLifetime = 60_000

export const withCode = (state: Logins, code: string, about: Omit<Code, "spent" | "grant">): Logins => ({
  ...state,
  codes: HashMap.set(state.codes, code, { ...about, spent: false, grant: null })
})

export interface Presented {
  readonly code: string | null
  readonly clientId: string | null
  readonly redirectUri: string | null
  readonly verifier: string | null
}

/** Why a code is not taken; a spent one takes with it what came of it (RFC 6749 section 4.1.2). */
export type CodeResult =
  | { readonly _tag: "Taken"; readonly nonce: string | null }
  | { readonly _tag: "Refused"; readonly grant: string | null }

/** RFC 6749 section 4.1.3, RFC 7636 section 4.6. Any attempt spends the code. */
export const takeCode = (state: Logins, presented: Presented, now: number): readonly [CodeResult, Logins] => {
  const found = presented.code === null ? undefined : Option.getOrUndefined(HashMap.get(state.codes, presented.code))
  if (presented.code === null || found === undefined) return [{ _tag: "Refused", grant: null }, state]
  const next = { ...state, codes: HashMap.set(state.codes, presented.code, { ...found, spent: true }) }
  if (found.spent) return [{ _tag: "Refused", grant: found.grant }, next]
  const isIts =
    found.clientId === presented.clientId &&
    found.redirectUri === presented.redirectUri &&
    now < found.expiresAt &&
    presented.verifier !== null &&
    /^[\w.~-]{43,128}$/.test(presented.verifier) &&
    challengeOf(presented.verifier) === found.challenge
  return [isIts ? { _tag: "Taken", nonce: found.nonce } : { _tag: "Refused", grant: null }, next]
}

export const codeBecame = (state: Logins, code: string, grant: string): Logins => ({
  ...state,
  codes: HashMap.modify(state.codes, code, (found) => ({ ...found, grant }))
})

export const withDevice = (
  state: Logins,
  deviceCode: string,
  about: Pick<Device, "kind" | "userCode" | "clientId" | "challenge">,
  now: number
): Logins => ({
  ...state,
  devices: HashMap.set(state.devices, deviceCode, {
    ...about,
    interval: state.policy.deviceInterval ?? 5,
    polledAt: null,
    expiresAt: now + (state.policy.deviceLifetime ?? 900) * 1000,
    decision: null,
    spent: false
  })
})

export const deviceOf = ({ devices }: Logins, deviceCode: string | null): Device | undefined =>
  deviceCode === null ? undefined : Option.getOrUndefined(HashMap.get(devices, deviceCode))

/** The person enters the code and decides; false if no device shows it. */
export const decided = (state: Logins, userCode: string, decision: "approve" | "deny"): readonly [boolean, Logins] => {
  const shows = (device: Device) => device.userCode === userCode
  const isKnown = Array.from(HashMap.values(state.devices)).some(shows)
  const devices = HashMap.map(state.devices, (device) => (shows(device) ? { ...device, decision } : device))
  return [isKnown, { ...state, devices }]
}

/** RFC 8628 section 3.5. */
export type PollResult =
  | "approved"
  | "authorization_pending"
  | "slow_down"
  | "access_denied"
  | "expired_token"
  | "unknown"

export interface Poll {
  readonly deviceCode: string | null
  readonly kind: Device["kind"]
  readonly clientId: string | null
  readonly verifier: string | null
}

/** A clock on the other side may tick a little differently. */
const tolerance = 100

export const polled = (state: Logins, poll: Poll, now: number): readonly [PollResult, Logins] => {
  const { clientId, deviceCode, kind, verifier } = poll
  const device = deviceOf(state, deviceCode)
  if (deviceCode === null || device === undefined || device.spent || device.kind !== kind) return ["unknown", state]
  if (clientId !== null && clientId !== device.clientId) return ["unknown", state]
  if (device.challenge !== null && (verifier === null || challengeOf(verifier) !== device.challenge)) {
    return ["unknown", state]
  }
  const saw = (change: Partial<Device>): Logins => ({
    ...state,
    devices: HashMap.set(state.devices, deviceCode, { ...device, polledAt: now, ...change })
  })
  if (device.expiresAt <= now) return ["expired_token", saw({})]
  if (device.polledAt !== null && now - device.polledAt < device.interval * 1000 - tolerance) {
    return ["slow_down", saw({ interval: device.interval + 5 })]
  }
  if (device.decision === null) return ["authorization_pending", saw({})]
  return device.decision === "deny" ? ["access_denied", saw({ spent: true })] : ["approved", saw({ spent: true })]
}

/** Everything that a login was given and nobody may see, but for what stands in addresses and on screens. */
export const secrets = ({ codes, devices, verifiers }: Logins): ReadonlyArray<string> => [
  ...HashMap.keys(codes),
  ...HashMap.keys(devices),
  ...verifiers
]
