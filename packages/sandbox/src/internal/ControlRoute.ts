/** `POST /__control/<operation>`: the control interface over HTTP, for tests in other processes. */
import { Effect, Schema } from "effect"
import * as Answer from "./Answer.ts"
import { type Handlers, isOperation, type OperationName, operations, type Perform } from "../Operations.ts"
import { BadControlRequest, SandboxError } from "../SandboxError.ts"
import * as Connection from "./Connection.ts"

export const prefix = "/__control/"

const bad = (operation: string) => (detail: string) =>
  new SandboxError({ reason: new BadControlRequest({ operation, detail }) })

/** Performs operations in this process. */
export const local =
  (handlers: Handlers): Perform =>
  (name, payload) =>
    handlers[name](payload)

const run = (perform: Perform, name: OperationName, body: string) =>
  Schema.decodeUnknownEffect(Schema.fromJsonString(operations[name].payload))(body).pipe(
    Effect.mapError((error) => bad(name)(error.message)),
    Effect.flatMap((payload) => perform(name, payload)),
    Effect.map((success) => Answer.json(200, success))
  )

const refused = (error: SandboxError) => Answer.json(400, Schema.encodeSync(SandboxError)(error))

export const handleControl = Effect.fnUntraced(function* (
  perform: Perform,
  connection: Connection.Connection
): Effect.fn.Return<void, Connection.Gone> {
  const name = connection.path.slice(prefix.length)
  const body = yield* Connection.readBody(connection)
  const performed = isOperation(name) ? run(perform, name, body) : Effect.fail(bad(name)("there is no such operation"))
  const answer = yield* Connection.whileThere(
    connection,
    Effect.catch(performed, (error) => Effect.succeed(refused(error)))
  )
  yield* Connection.send(connection, answer)
})
