/** A command's answer in JSON, held to its schema; a command that fails after its answer has answered. */
import { layer as nodeServices } from "@effect/platform-node/NodeServices"
import { assert } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { TestConsole } from "effect/testing"
import { linesOf } from "./Answers.ts"
import { run } from "./InProcess.ts"
import { flawsIn } from "./JsonSchemas.ts"

const services = Layer.mergeAll(nodeServices, TestConsole.layer, Logger.layer([]))

/** By the schema of the command, unless it is another one. */
export const answerTo = Effect.fnUntraced(function* (words: ReadonlyArray<string>, shape = words[0] ?? "") {
  const answer = JSON.parse((yield* linesOf(Effect.result(run([...words, "--json"])))).join("\n"))
  assert.deepStrictEqual(flawsIn(shape, answer), [], words.join(" "))
  return answer
}, Effect.provide(services))
