import { assert, describe, it } from "@effect/vitest"
import * as LineFormat from "@daybook/ledger/LineFormat"
import { Fingerprint } from "@daybook/pool/Fingerprint"
import { ActorId, CorrelationId, CredentialId, EventId, LedgerId, type Seq } from "@daybook/pool/Ids"
import { Result, Schema } from "effect"
import { relabelled as draftOf } from "./support/Drafts.ts"
import * as Lines from "./support/Lines.ts"

const actor = ActorId.make("01a20451-3eb7-710c-8008-c7ed9f8fe357")
const opened = EventId.make("01a20451-3ed4-7707-a918-2e19bd6b77ca")
const at = Date.UTC(2026, 10, 22, 10)
const start: LineFormat.Link = { seq: 0 as Seq, h: "" }
const stamp: LineFormat.Stamp = { seq: 1 as Seq, at, id: opened, actor }

const golden = [
  String.raw`{"seq":1,"at":"2026-11-22T10:00:00.000Z","id":"01a20451-3ed4-7707-a918-2e19bd6b77ca","actor":"01a20451-3eb7-710c-8008-c7ed9f8fe357","type":"LedgerOpened","v":1,"data":{"format":1,"ledger":"01a20451-3ed2-7444-a380-35e2fb3a73c0","lock":"ofd","check":"fp_bkp5F5U7h1aTo8Vz"},"h":"zdGo4v8KtBTUHbwtw2vNRbqGMOVCgk5D_OZI--WPwgE","c":"f77a5809"}`,
  String.raw`{"seq":2,"at":"2026-11-22T10:00:00.001Z","id":"01a20451-3ee2-778c-b85a-416c0d1f4baa","actor":"01a20451-3eb7-710c-8008-c7ed9f8fe357","type":"CredentialRelabelled","v":1,"credential":"codex-1","cause":"01a20451-3ed4-7707-a918-2e19bd6b77ca","correlation":"01a20451-3eb7-710c-8008-c7ed9f8fe357","data":{"label":"Zo\u00eb \ud83d\udddd"},"h":"l_ZwN-VIv191idjoDk2IKAygZLpeop4EIYIIQP6Cn1o","c":"3ad93f4d"}`
]

describe("a line", () => {
  it("is written byte for byte as it always was", () => {
    const first = LineFormat.render(
      "",
      stamp,
      LineFormat.prepare({
        type: "LedgerOpened",
        v: 1,
        data: {
          format: 1,
          ledger: LedgerId.make("01a20451-3ed2-7444-a380-35e2fb3a73c0"),
          lock: "ofd",
          check: Fingerprint.make("fp_bkp5F5U7h1aTo8Vz")
        }
      })
    )
    const second = LineFormat.render(
      first.h,
      { seq: 2 as Seq, at: at + 1, id: EventId.make("01a20451-3ee2-778c-b85a-416c0d1f4baa"), actor },
      LineFormat.prepare({
        type: "CredentialRelabelled",
        v: 1,
        credential: CredentialId.make("codex-1"),
        cause: opened,
        correlation: CorrelationId.make(actor),
        data: { label: "Zoë 🗝" }
      })
    )
    assert.deepStrictEqual([first.text, second.text], golden)
  })

  it.prop("is one line of ASCII and reads back as what was written", { label: Schema.String }, ({ label }) => {
    const line = LineFormat.render("", stamp, LineFormat.prepare(draftOf(label)))
    assert.match(line.text, /^[\u0020-\u007f]*$/)
    assert.deepStrictEqual(LineFormat.check(start, line.text), Result.succeed(line))
    assert.strictEqual(Lines.closeLine("", line.text.slice(0, -66)), line.text)
  })

  const [first = "", second = ""] = Lines.chainLines([Lines.ledgerOpened(), Lines.relabelled(2)])
  const behindFirst: LineFormat.Link = { seq: 1 as Seq, h: Lines.hashOf(first) }
  const flawOf = (line: string) => Result.getOrUndefined(Result.flip(LineFormat.check(behindFirst, line)))

  it("is accepted behind the line it continues", () => {
    assert.isUndefined(flawOf(second))
  })

  it("whose bytes were changed has a bad checksum", () => {
    assert.deepInclude(flawOf(second.replace('"a"', '"b"')), { _tag: "BadCrc" })
  })

  it("that continues another line breaks the chain", () => {
    assert.deepInclude(flawOf(Lines.closeLine("x".repeat(43), Lines.relabelled(2))), { _tag: "BrokenChain" })
  })

  it("behind a missing one leaves a gap", () => {
    assert.deepInclude(flawOf(Lines.closeLine(behindFirst.h, Lines.relabelled(3))), { expected: 2, found: 3 })
  })

  it("with right sums around something else is no event", () => {
    assert.deepInclude(flawOf(Lines.closeLine(behindFirst.h, '{"seq":2')), { _tag: "NotAnEvent" })
    assert.deepInclude(flawOf(Lines.closeLine(behindFirst.h, "seq 2")), { _tag: "NotAnEvent" })
  })

  it("without a trailer, or over 16 KiB, is no line", () => {
    const long = Lines.bodyOf(2, "Unheard", { text: "x".repeat(16_384) })
    assert.deepInclude(flawOf('{"seq":2}'), { _tag: "NotALine" })
    assert.deepInclude(flawOf(Lines.closeLine(behindFirst.h, long)), { _tag: "NotALine" })
  })

  it("of a type that nobody knows yet is kept as it is", () => {
    const line = Lines.closeLine(behindFirst.h, Lines.bodyOf(2, "Unheard", { of: ["this"] }))
    const { event } = Result.getOrThrow(LineFormat.check(behindFirst, line))
    assert.deepInclude(event, { type: "Unknown", data: { type: "Unheard", raw: { of: ["this"] } } })
  })
})
