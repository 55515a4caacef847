/**
 * What a test can do to a sandbox and ask of it. The same interface serves the sandbox's own process and any other.
 */
import { Effect } from "effect"
import { type HoldPoint, type Parked } from "./HoldPoints.ts"
import { type ApiCall, type Revocation, type TokenPost, type Trapped } from "./Journal.ts"
import { type Login, type Payload, type Perform } from "./Operations.ts"
import { type ReceivedRequest } from "./ReceivedRequest.ts"
import { type SandboxError } from "./SandboxError.ts"

/** An armed hold point. */
export interface Hold {
  readonly id: string
  /** Waits until `count` requests (1 if absent) have reached the hold, or it is released; answers all that have. */
  readonly parked: (count?: number) => Effect.Effect<ReadonlyArray<Parked>, SandboxError>
  /** Lets the parked requests go on; the hold stops no more. */
  readonly release: Effect.Effect<void, SandboxError>
}

export interface Controls {
  /** `http://127.0.0.1:<port>` of token endpoints and model API. */
  readonly origin: string
  /** The other origin, to which the `Redirect` fault points. */
  readonly trapOrigin: string
  /** Logs in: a new grant, with its first tokens. */
  readonly issue: (options?: Payload<"issue">) => Effect.Effect<Login, SandboxError>
  /**
   * Kills a grant. The API calls its tokens `code` (`token_invalidated` if absent), the token endpoint refuses them.
   */
  readonly revoke: (request: Payload<"revoke">) => Effect.Effect<void, SandboxError>
  /** Makes all access tokens of a grant expired, whatever their own claims say. */
  readonly expireAccess: (request: Payload<"expireAccess">) => Effect.Effect<void, SandboxError>
  /** Queues a fault for the next token requests. */
  readonly fault: (request: Payload<"fault">) => Effect.Effect<void, SandboxError>
  /** Queues a fault for the next authenticated API calls. */
  readonly apiFault: (request: Payload<"apiFault">) => Effect.Effect<void, SandboxError>
  /**
   * Sets the windows of a plan's allowance, in place of those set before; a window that is absent is not spoken of.
   * The model API of `codex` and `anthropic` shows them in headers, and refuses while one is used up; the usage
   * endpoints show them to any login.
   */
  readonly quota: (request: Payload<"quota">) => Effect.Effect<void, SandboxError>
  /** Puts words into the metadata documents, in place of those put there before; with `{}` they tell the truth. */
  readonly discovery: (request: Payload<"discovery">) => Effect.Effect<void, SandboxError>
  /** How logins by browser and device go from here on, in place of what was said before. */
  readonly logins: (policy: Payload<"logins">) => Effect.Effect<void, SandboxError>
  /** A person enters the code that a device shows, and decides. */
  readonly decide: (request: Payload<"decide">) => Effect.Effect<void, SandboxError>
  /** Queues a fault for the next requests to the endpoints at which devices begin, and where `deviceauth` polls. */
  readonly deviceFault: (request: Payload<"deviceFault">) => Effect.Effect<void, SandboxError>
  /** Every request to those endpoints so far, in order of arrival. */
  readonly deviceRequests: Effect.Effect<ReadonlyArray<ReceivedRequest>, SandboxError>
  /** Arms a hold point for the next `count` requests (1 if absent) of one grant, or of all. */
  readonly hold: (point: HoldPoint, options?: Omit<Payload<"hold">, "point">) => Effect.Effect<Hold, SandboxError>
  /** Every request to a token endpoint so far, in order of arrival. */
  readonly journal: Effect.Effect<ReadonlyArray<TokenPost>, SandboxError>
  /** Waits until the fate of a token request is known; a parked one is waited for. */
  readonly settled: (seq: number) => Effect.Effect<TokenPost, SandboxError>
  readonly apiCalls: Effect.Effect<ReadonlyArray<ApiCall>, SandboxError>
  /** Every revocation that was asked for. */
  readonly revocations: Effect.Effect<ReadonlyArray<Revocation>, SandboxError>
  /** What followed a redirect; anything here carried or could have carried a credential to a foreign origin. */
  readonly trapped: Effect.Effect<ReadonlyArray<Trapped>, SandboxError>
  /** Every token value that was ever issued, and every code of a login, to search for in files that must hold none. */
  readonly issuedTokens: Effect.Effect<ReadonlyArray<string>, SandboxError>
}

const holdHandle = (perform: Perform, id: string): Hold => ({
  id,
  parked: (count = 1) => perform("parked", { hold: id, count }),
  release: Effect.asVoid(perform("release", { hold: id }))
})

/** The controls over whatever performs the operations. */
export const make = (
  perform: Perform,
  origins: { readonly origin: string; readonly trapOrigin: string }
): Controls => ({
  ...origins,
  issue: (options = {}) => perform("issue", options),
  revoke: (request) => Effect.asVoid(perform("revoke", request)),
  expireAccess: (request) => Effect.asVoid(perform("expireAccess", request)),
  fault: (request) => Effect.asVoid(perform("fault", request)),
  apiFault: (request) => Effect.asVoid(perform("apiFault", request)),
  quota: (request) => Effect.asVoid(perform("quota", request)),
  discovery: (request) => Effect.asVoid(perform("discovery", request)),
  logins: (policy) => Effect.asVoid(perform("logins", policy)),
  decide: (request) => Effect.asVoid(perform("decide", request)),
  deviceFault: (request) => Effect.asVoid(perform("deviceFault", request)),
  deviceRequests: perform("deviceRequests", {}),
  hold: (point, options = {}) => Effect.map(perform("hold", { point, ...options }), (id) => holdHandle(perform, id)),
  journal: perform("journal", {}),
  settled: (seq) => perform("settled", { seq }),
  apiCalls: perform("apiCalls", {}),
  revocations: perform("revocations", {}),
  trapped: perform("trapped", {}),
  issuedTokens: perform("issuedTokens", {})
})
