/**
 * A local authorization server and model API with single-use refresh tokens, faults on demand and a journal of
 * everything it received.
 *
 * It listens on 127.0.0.1 only and keeps its state in memory. It shares no code with the programs it judges. Time is
 * the `Clock` of the fiber that makes it.
 */
import { Context, Effect, Layer, Schema, type Scope } from "effect"
import * as Answer from "./internal/Answer.ts"
import * as Controls from "./Controls.ts"
import * as Discovery from "./Discovery.ts"
import { Dialect, GrantOptions } from "./Grant.ts"
import * as ApiEndpoints from "./internal/ApiEndpoints.ts"
import * as AuthorizeRoute from "./internal/AuthorizeRoute.ts"
import * as ApiRoute from "./internal/ApiRoute.ts"
import * as Connection from "./internal/Connection.ts"
import * as ControlRoute from "./internal/ControlRoute.ts"
import * as DeviceRoute from "./internal/DeviceRoute.ts"
import * as Handlers from "./internal/Handlers.ts"
import * as Listener from "./internal/Listener.ts"
import * as TokenRoute from "./internal/TokenRoute.ts"
import * as World from "./internal/World.ts"
import * as Journal from "./Journal.ts"
import { type Perform } from "./Operations.ts"
import { type SandboxError } from "./SandboxError.ts"

export const SandboxOptions = Schema.Struct({
  /** 0, a free port, if absent. */
  port: Schema.optionalKey(Schema.Int),
  /**
   * The dialect in which a token request that belongs to no grant is refused, `codex` if absent; at the endpoints of
   * other dialects one of those is spoken.
   */
  dialect: Schema.optionalKey(Dialect),
  /** What `issue` uses where its own options are silent. */
  defaults: Schema.optionalKey(GrantOptions)
})
export type SandboxOptions = typeof SandboxOptions.Type

const trap =
  (journal: Journal.Journal): Listener.Handler =>
  (connection) =>
    Connection.readBody(connection).pipe(
      Effect.map((body) =>
        journal.addTrapped({
          method: connection.request.method ?? "",
          path: connection.path,
          authorization: Connection.header(connection, "authorization"),
          body
        })
      ),
      Effect.andThen(Connection.send(connection, Answer.json(200, { trapped: true })))
    )

const notServed = (method: string, path: string) =>
  Answer.json(404, { error: { message: `The sandbox serves no ${method} ${path}` } })

const route =
  (world: World.World, perform: Perform): Listener.Handler =>
  (connection) => {
    const { path, request } = connection
    const method = request.method ?? ""
    if (path.startsWith(ControlRoute.prefix)) return ControlRoute.handleControl(perform, connection)
    if (AuthorizeRoute.serves(method, path)) return AuthorizeRoute.handleAuthorize(world, connection)
    if (DeviceRoute.serves(method, path)) return DeviceRoute.handleDevice(world, connection)
    if (TokenRoute.serves(method, path)) return TokenRoute.handleToken(world, connection)
    if (TokenRoute.servesRevocation(method, path)) return TokenRoute.handleRevoke(world, connection)
    const endpoint = ApiEndpoints.find(method, path)
    if (endpoint !== null) return ApiRoute.handleApi(world, connection, endpoint)
    const answer = Discovery.serves(path)
      ? Discovery.answer(path, Connection.origin(connection), world.discovery.get())
      : notServed(method, path)
    return Effect.asVoid(Connection.send(connection, answer))
  }

export class Sandbox extends Context.Service<Sandbox, Controls.Controls>()("@daybook/sandbox/Sandbox") {
  /** Starts a sandbox that ends with the scope. */
  static readonly make = Effect.fnUntraced(function* (
    options: SandboxOptions = {}
  ): Effect.fn.Return<Controls.Controls, SandboxError, Scope.Scope> {
    const journal = Journal.make()
    const trapOrigin = yield* Listener.listen(0, trap(journal))
    const world = World.make(trapOrigin, options.dialect ?? "codex", journal, options.defaults ?? {})
    const perform = ControlRoute.local(Handlers.make(world))
    const origin = yield* Listener.listen(options.port ?? 0, route(world, perform))
    return Controls.make(perform, { origin, trapOrigin })
  })

  static readonly layer = (options: SandboxOptions = {}): Layer.Layer<Sandbox, SandboxError> =>
    Layer.effect(Sandbox, Sandbox.make(options))
}
