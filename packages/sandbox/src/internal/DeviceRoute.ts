/** Where devices begin a login: RFC 8628 section 3.1 at each dialect's path, and the vendor's own `deviceauth`. */
import { Clock, Effect } from "effect"
import * as Faults from "../Faults.ts"
import * as Logins from "../Logins.ts"
import { random, randomHex } from "../Tokens.ts"
import * as Answer from "./Answer.ts"
import * as Connection from "./Connection.ts"
import * as TokenRequest from "./TokenRequest.ts"
import type * as World from "./World.ts"

interface Endpoint {
  readonly encoding: TokenRequest.Encoding
  readonly kind: "start" | "usercode" | "poll"
  /** RFC 7636: the device must prove itself. */
  readonly pkce?: true
  readonly header?: string
}

const endpoints: Readonly<Record<string, Endpoint>> = {
  "/oauth2/device/code": { kind: "start", encoding: "form" },
  "/api/oauth/device/code": { kind: "start", encoding: "form" },
  "/api/v1/oauth2/device/code": { kind: "start", encoding: "form", pkce: true },
  "/api/oauth/device_authorization": { kind: "start", encoding: "form", header: "x-msh-platform" },
  "/api/accounts/deviceauth/usercode": { kind: "usercode", encoding: "json" },
  "/api/accounts/deviceauth/token": { kind: "poll", encoding: "json" }
}

export const serves = (method: string, path: string): boolean => method === "POST" && Object.hasOwn(endpoints, path)

const userCode = (): string => {
  const text = randomHex().toUpperCase()
  return `${text.slice(0, 4)}-${text.slice(4, 8)}`
}

const malformed = Answer.json(
  400,
  { error: "invalid_request", error_description: "A parameter is missing" },
  "invalid_request"
)

const start = (world: World.World, { pkce }: Endpoint, body: TokenRequest.Body, origin: string, now: number) => {
  const clientId = body.get("client_id")
  const challenge = body.get("code_challenge")
  if (clientId === null) return malformed
  if (pkce && (body.get("code_challenge_method") !== "S256" || !/^[\w-]{43}$/.test(challenge ?? ""))) return malformed
  const deviceCode = `dc_${random()}`
  const code = userCode()
  const about = { kind: "rfc8628", userCode: code, clientId, challenge: pkce ? challenge : null } as const
  world.logins.update((logins) => Logins.withDevice(logins, deviceCode, about, now))
  const { deviceInterval = 5, deviceLifetime = 900 } = world.logins.get().policy
  return Answer.json(200, {
    device_code: deviceCode,
    user_code: code,
    verification_uri: `${origin}/device`,
    verification_uri_complete: `${origin}/device?user_code=${code}`,
    expires_in: deviceLifetime,
    interval: deviceInterval
  })
}

const usercode = (world: World.World, body: TokenRequest.Body, now: number) => {
  const clientId = body.get("client_id")
  if (clientId === null) return malformed
  const id = `deviceauth_${random()}`
  const code = userCode()
  const about = { kind: "deviceauth", userCode: code, clientId, challenge: null } as const
  world.logins.update((logins) => Logins.withDevice(logins, id, about, now))
  const { deviceInterval = 5 } = world.logins.get().policy
  return Answer.json(200, { device_auth_id: id, user_code: code, interval: String(deviceInterval) })
}

/** The person's approval becomes a code, with a verifier that the server makes itself. */
const poll = (world: World.World, body: TokenRequest.Body, origin: string, now: number) => {
  const deviceCode = body.get("device_auth_id")
  const device = Logins.deviceOf(world.logins.get(), deviceCode)
  if (device === undefined || device.userCode !== body.get("user_code")) {
    return Answer.json(404, { error: { message: "Not found" } })
  }
  const question = { deviceCode, kind: "deviceauth", clientId: null, verifier: null } as const
  const result = world.logins.modify((logins) => Logins.polled(logins, question, now))
  if (result !== "approved") return Answer.json(403, { error: { message: "Not yet" } })
  const code = `ac_${random()}`
  const verifier = random()
  const about = {
    clientId: device.clientId,
    redirectUri: `${origin}/deviceauth/callback`,
    challenge: Logins.challengeOf(verifier),
    nonce: null,
    expiresAt: now + Logins.codeLifetime
  }
  world.logins.update((logins) => ({
    ...Logins.withCode(logins, code, about),
    verifiers: [...logins.verifiers, verifier]
  }))
  return Answer.json(200, { authorization_code: code, code_challenge: about.challenge, code_verifier: verifier })
}

const decide = (
  world: World.World,
  connection: Connection.Connection,
  request: TokenRequest.TokenRequest,
  now: number
) => {
  const endpoint = endpoints[connection.path]
  if (endpoint === undefined || request.body.encoding !== endpoint.encoding) return malformed
  if (endpoint.header !== undefined && !request.received.headers[endpoint.header]) return malformed
  const origin = Connection.origin(connection)
  if (endpoint.kind === "start") return start(world, endpoint, request.body, origin, now)
  return endpoint.kind === "usercode" ? usercode(world, request.body, now) : poll(world, request.body, origin, now)
}

export const handleDevice = Effect.fnUntraced(function* (
  world: World.World,
  connection: Connection.Connection
): Effect.fn.Return<void, Connection.Gone> {
  const request = TokenRequest.make(connection, yield* Connection.readBody(connection))
  world.deviceRequests.update((all) => [...all, request.received])
  const fault = world.deviceFaults.modify((queue) => Faults.take(queue, null))
  if (fault?._tag === "Delay") yield* Connection.whileThere(connection, Effect.sleep(fault.millis))
  const now = yield* Clock.currentTimeMillis
  const happens = fault === null || fault._tag === "Delay" || Faults.commits(fault)
  const ordinary = happens ? decide(world, connection, request, now) : Answer.empty(0)
  const trap = `${world.trapOrigin}${connection.path}`
  yield* Connection.send(connection, fault === null ? ordinary : Faults.distort(fault, ordinary, trap))
})
