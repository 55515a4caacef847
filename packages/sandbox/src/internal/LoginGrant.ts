/** Token requests that end a login: an authorization code, or a device code, for the first tokens of a new grant. */
import { Effect } from "effect"
import { type Dialect, newGrant } from "../Grant.ts"
import * as Grants from "../Grants.ts"
import * as Logins from "../Logins.ts"
import { randomId } from "../Tokens.ts"
import * as Answer from "./Answer.ts"
import { protocols } from "./Dialects.ts"
import { type Protocol } from "./Protocol.ts"
import { type TokenRequest } from "./TokenRequest.ts"
import { flat } from "./Wording.ts"
import * as World from "./World.ts"

const deviceCodeGrant = "urn:ietf:params:oauth:grant-type:device_code"

export const isLogin = ({ body }: TokenRequest): boolean => {
  const grantType = body.get("grant_type")
  return grantType === "authorization_code" || grantType === deviceCodeGrant
}

const refused = (code: string, message: string): Answer.Answer => flat({ status: 400, code, message })

const isWellWritten = ({ request: form }: Protocol, { body, received }: TokenRequest): boolean =>
  form.method === "POST" &&
  body.encoding !== null &&
  form.encodings.includes(body.encoding) &&
  form.headers.every((name) => (received.headers[name] ?? "") !== "") &&
  (body.get("client_id") ?? "") !== ""

const byCode = (world: World.World, { body }: TokenRequest, now: number) => {
  const presented = {
    code: body.get("code"),
    clientId: body.get("client_id"),
    redirectUri: body.get("redirect_uri"),
    verifier: body.get("code_verifier")
  }
  const result = world.logins.modify((logins) => Logins.takeCode(logins, presented, now))
  if (result._tag === "Taken") return { nonce: result.nonce }
  const { grant } = result
  if (grant !== null) world.grants.update((state) => Grants.revoke(state, grant, "token_revoked"))
  return refused("invalid_grant", "Invalid authorization code")
}

const byDevice = (world: World.World, { body }: TokenRequest, now: number) => {
  const poll = {
    deviceCode: body.get("device_code"),
    kind: "rfc8628",
    clientId: body.get("client_id"),
    verifier: body.get("code_verifier")
  } as const
  const result = world.logins.modify((logins) => Logins.polled(logins, poll, now))
  if (result === "approved") return { nonce: null }
  return result === "unknown" ? refused("invalid_grant", "Invalid device code") : refused(result, result)
}

const dialectOf = (protocol: Protocol, wanted: Dialect | undefined): Dialect => {
  const { path } = protocol.request
  const names = Object.keys(protocols) as ReadonlyArray<Dialect>
  if (wanted !== undefined && protocols[wanted].request.path === path) return wanted
  return names.find((name) => protocols[name] === protocol) ?? "generic"
}

/** The answer to a request for which `isLogin` holds. */
export const decide = Effect.fnUntraced(function* (
  world: World.World,
  spoken: Protocol,
  request: TokenRequest,
  now: number,
  origin: string
): Effect.fn.Return<Answer.Answer> {
  const options = { ...world.defaults, ...world.logins.get().policy.grant }
  const dialect = dialectOf(spoken, options.dialect)
  if (!isWellWritten(protocols[dialect], request)) return protocols[dialect].refusal("malformed")
  const isItsClient = options.clientSecret === undefined || options.clientSecret === request.body.get("client_secret")
  if (!isItsClient) return protocols[dialect].refusal("wrongClient")
  const code = request.body.get("grant_type") === "authorization_code"
  const login = code ? byCode(world, request, now) : byDevice(world, request, now)
  if ("status" in login) return login
  const grant = newGrant({ ...options, dialect }, randomId("grant"), randomId("account"), now)
  const lifetime = grant.policy.firstAccessLifetime
  const tokens = yield* World.mint(world, grant, lifetime, now, login.nonce)
  world.grants.update((state) => Grants.login(state, grant, tokens, now))
  if (code) world.logins.update((logins) => Logins.codeBecame(logins, request.body.get("code") ?? "", grant.id))
  const first = { ...grant, policy: { ...grant.policy, accessLifetime: lifetime } }
  return Answer.json(200, protocols[dialect].success({ grant: first, tokens, rotated: true, now, origin }))
})
