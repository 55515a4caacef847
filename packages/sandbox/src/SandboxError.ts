/**
 * What can go wrong when a sandbox is started or told to do something, whether in this process or over HTTP.
 *
 * What the sandbox answers to the program under test (refusals, faults) is never an error here.
 */
import { Schema } from "effect"

export class PortInUse extends Schema.TaggedError<PortInUse>()("PortInUse", { port: Schema.Int }) {
  override get message() {
    return `Port ${this.port} on 127.0.0.1 is already in use. Stop the program that holds it, or give port 0 to get a free one.`
  }
}

export class ListenFailed extends Schema.TaggedError<ListenFailed>()("ListenFailed", {
  port: Schema.Int,
  cause: Schema.Defect()
}) {
  override get message() {
    return `Cannot listen on port ${this.port} of 127.0.0.1. Give another port, or 0 to get a free one.`
  }
}

export class UnknownGrant extends Schema.TaggedError<UnknownGrant>()("UnknownGrant", { grant: Schema.String }) {
  override get message() {
    return `The sandbox has issued no grant "${this.grant}". Use the \`grant\` that \`issue\` answered.`
  }
}

export class UnknownUserCode extends Schema.TaggedError<UnknownUserCode>()("UnknownUserCode", {
  userCode: Schema.String
}) {
  override get message() {
    return `No device of the sandbox shows the code "${this.userCode}". Use one that a device was given.`
  }
}

export class UnknownHold extends Schema.TaggedError<UnknownHold>()("UnknownHold", { hold: Schema.String }) {
  override get message() {
    return `The sandbox has no hold "${this.hold}". Use the id that \`hold\` answered.`
  }
}

export class UnknownPost extends Schema.TaggedError<UnknownPost>()("UnknownPost", { seq: Schema.Int }) {
  override get message() {
    return `The sandbox has received no token request number ${this.seq}. Use a \`seq\` from the journal.`
  }
}

/** A control request that names no operation, or whose payload does not decode. */
export class BadControlRequest extends Schema.TaggedError<BadControlRequest>()("BadControlRequest", {
  operation: Schema.String,
  detail: Schema.String
}) {
  override get message() {
    return `The control request "${this.operation}" was not understood: ${this.detail}. Use SandboxControl to send it.`
  }
}

/** No sandbox answered at the origin, or something else did. */
export class Unreachable extends Schema.TaggedError<Unreachable>()("Unreachable", {
  origin: Schema.String,
  cause: Schema.Defect()
}) {
  override get message() {
    return `No sandbox answers at ${this.origin}. Start one, and use the origin that it prints.`
  }
}

export class SandboxError extends Schema.TaggedError<SandboxError>()("SandboxError", {
  reason: Schema.Union([
    PortInUse,
    ListenFailed,
    UnknownGrant,
    UnknownHold,
    UnknownUserCode,
    UnknownPost,
    BadControlRequest,
    Unreachable
  ])
}) {
  override get message() {
    return this.reason.message
  }
}
