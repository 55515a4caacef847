/** What the commands about the ledger print, as a function of values. */
import { Damaged, LedgerError, type LedgerReason, NetworkFileSystem } from "@daybook/ledger/LedgerError"
import type { RepairReport } from "@daybook/ledger/Repair"
import type { VerifyReport } from "@daybook/ledger/Verify"
import { LedgerId, Seq } from "@daybook/pool/Ids"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Schema } from "effect"
import { TestClock } from "effect/testing"
import { stripVTControlCharacters } from "node:util"
import * as Day from "@daybook/cli/Day"
import { failureOf } from "@daybook/cli/Failure"
import { nextStep } from "@daybook/cli/Flaw"
import * as Progress from "@daybook/cli/Progress"
import { repairJson } from "@daybook/cli/json/Repair"
import { Verify, verifyJson } from "@daybook/cli/json/Verify"
import { archiveLines } from "@daybook/cli/render/ArchiveLines"
import { plain } from "@daybook/cli/render/Paint"
import { repairLines } from "@daybook/cli/render/RepairLines"
import { verifyLines } from "@daybook/cli/render/VerifyLines"
import { allowsNetworkFileSystem } from "@daybook/cli/Settings"

const now = Date.parse("2026-11-22T10:00:00Z")
const uuid = (n: number) => `01920000-0000-7000-8000-${String(n).padStart(12, "0")}`

describe("verify", () => {
  const path = "/l/ledger.jsonl"
  const seq = (place: number) => Seq.make(place)
  const report: VerifyReport = {
    path,
    isConsistent: true,
    isComplete: undefined,
    ledger: undefined,
    segments: [{ path, first: seq(1), last: seq(7), bytes: 1500, isSealed: false, bySum: false }],
    events: 7,
    unknown: 0,
    head: { seq: seq(7), h: "abc" },
    missing: undefined,
    lacksBase: undefined,
    junk: [],
    accepted: [],
    tornTail: undefined,
    firstBad: undefined,
    checkpoints: []
  }
  const text = (changes: Partial<VerifyReport>) => verifyLines({ ...report, ...changes }, plain).join("\n")
  const checkpoint = (verdict: VerifyReport["checkpoints"][number]["verdict"]) => ({
    checkpoint: { ledger: LedgerId.make(uuid(1)), seq: seq(9), h: "xyz", at: now },
    verdict
  })

  it("answers whether the ledger hangs together, and says that nobody asked whether it is all there", () => {
    assert.match(text({}), /consistent +yes/)
    assert.match(text({}), /complete +not asked.*--checkpoint/)
    assert.match(text({}), /events +7, from 1 to 7/)
    assert.match(text({}), /segments +1, 1\.5 kB/)
  })

  it("names file, line and offset of damage", () => {
    const firstBad = { path: "/l/old", line: 4, offset: 120, why: "it is bent", seq: seq(4) }
    assert.match(
      text({ isConsistent: false, firstBad }),
      /consistent +no: \/l\/old is damaged at line 4, byte 120: it is bent/
    )
  })

  it("says of a file that is not there that it is missing, not that it is damaged", () => {
    const bad = { path: "/l/ledger.0000000000000004.jsonl", line: 1, offset: 0, seq: seq(4) }
    const firstBad = { ...bad, why: "it is missing, with the events 4 to 6" }
    const shown = text({ isConsistent: false, firstBad })
    assert.match(shown, /consistent +no: \/l\/ledger\.0+4\.jsonl is missing, with the events 4 to 6$/m)
    assert.notInclude(shown, "damaged")
  })

  it("sends whoever lost the segment to append to for the file first, and others to a copy", () => {
    const gone = { line: 1, offset: 0, seq: seq(8), why: "it is missing" }
    assert.match(nextStep(report, { ...gone, path }), /^Put it back; only if it is lost, run `daybook repair --dry-run/)
    assert.notInclude(nextStep(report, { ...gone, path: "/l/ledger.0000000000000004.jsonl" }), "repair")
  })

  it("says where the state that archived segments left is gone", () => {
    const lacksBase = { path: "/l/ledger.base", why: "it is missing, as are older segments" }
    assert.match(text({ lacksBase }), /no state +\/l\/ledger\.base: it is missing, as are older segments/)
    assert.deepInclude(verifyJson({ ...report, lacksBase }), { lacksBase })
    assert.deepInclude(verifyJson(report), { lacksBase: null })
  })

  it("did not look at what stands before a segment that was named alone", () => {
    const missing = { from: seq(1), to: seq(2) }
    const shown = text({ path: "/l/ledger.0000000000000003.jsonl", missing })
    assert.match(shown, /not here +events 1 to 2: not looked at/)
    assert.notInclude(shown, "archived")
  })

  it("tells a torn tail from damage", () => {
    const torn = text({ tornTail: { path, line: 8, offset: 1500, length: 20 } })
    assert.match(torn, /consistent +yes/)
    assert.match(torn, /torn tail +line 8, byte 1500, 20 bytes of .*no damage.*the next writer closes it/i)
  })

  it("shows sealed junk, accepted damage and what was archived", () => {
    const junk = { path, line: 3, offset: 90, length: 5 }
    const shown = text({
      junk: [junk],
      accepted: [{ ...junk, lost: { from: seq(3), to: seq(5) } }],
      missing: { from: seq(1), to: seq(2) }
    })
    assert.match(shown, /sealed junk +line 3, byte 90, 5 bytes/)
    assert.match(shown, /accepted .*events 3 to 5 lost/)
    assert.match(shown, /events 1 to 2: archived, or never copied/)
  })

  it.each([
    ["held", true, "yes"],
    ["truncated", false, "no"],
    ["rewritten", false, "no"],
    ["another ledger", false, "no"],
    ["archived", undefined, "cannot be told"],
    ["damaged", undefined, "cannot be told"]
  ] as const)("of a checkpoint that is %s it says so", (verdict, isComplete, answer) => {
    const shown = text({ checkpoints: [checkpoint(verdict)], isComplete })
    assert.match(shown, new RegExp(`complete +${answer}`))
    assert.match(shown, new RegExp(`checkpoint +event 9, of 2026-11-22T10:00:00Z: (of )?${verdict}`))
  })

  it("has null in JSON for what is absent", () => {
    const json = Schema.encodeSync(Verify)(verifyJson({ ...report, checkpoints: [checkpoint("held")] }))
    assert.deepInclude(json, { isComplete: null, ledger: null, missing: null, tornTail: null, firstBad: null })
    assert.strictEqual(json.checkpoints[0]?.at, "2026-11-22T10:00:00.000Z")
  })
})

describe("progress", () => {
  const half = { done: 32_000_000, total: 64_000_000 }
  const shown = (isTTY: boolean, amount?: (count: number) => string) =>
    Effect.gen(function* () {
      const written: Array<string> = []
      const tell = yield* Progress.show("verify", { isTTY, write: (text) => written.push(text) }, amount)
      for (const after of [999, 1, 100, 100, 5_000]) {
        yield* TestClock.adjust(after)
        yield* tell(half)
      }
      return written
    })

  it.effect("comes after a second and then now and then, as lines", () =>
    Effect.gen(function* () {
      const line = "verify: 50 %, 32.0 MB of 64.0 MB\n"
      assert.deepStrictEqual(yield* Effect.scoped(shown(false)), [line, line])
    })
  )

  it.effect("counts what is no bytes as it is told to", () =>
    Effect.gen(function* () {
      const [line] = yield* Effect.scoped(shown(false, (count) => `${count} events`))
      assert.strictEqual(line, "verify: 50 %, 32000000 events of 64000000 events\n")
    })
  )

  it.effect("changes one line of a terminal, and takes it away at the end", () =>
    Effect.gen(function* () {
      const written = yield* Effect.scoped(shown(true))
      assert.strictEqual(written.length, 4)
      assert.isTrue(written.every((text) => text.startsWith("\r") && !text.includes("\n")))
      assert.strictEqual(stripVTControlCharacters(written.at(-1) ?? "").trim(), "")
    })
  )
})

describe("a day", () => {
  it.each([
    ["2026-01-31", "2026-01-31T00:00:00.000Z"],
    ["2026-01-31T12:30Z", "2026-01-31T12:30:00.000Z"],
    ["2026-01-31T12:30:15.5+02:00", "2026-01-31T10:30:15.500Z"]
  ])("is read from %s", (text, instant) => assert.deepStrictEqual(Day.parse(text), Option.some(Date.parse(instant))))

  it.each(["2026-02-30", "2026-13-01", "yesterday", "2026-01-31T12:30", "2026", "2026-01-31T25:00Z"])(
    "is not %s",
    (text) => assert.deepStrictEqual(Day.parse(text), Option.none())
  )
})

describe("repair", () => {
  const range = { path: "/l/ledger.jsonl", line: 4, offset: 120, length: 30 }

  it("says what each finding costs", () => {
    const lost = { from: Seq.make(4), to: Seq.make(6) }
    const findings: RepairReport["findings"] = [
      { _tag: "Damage", ...range, why: "it is bent", lost },
      { _tag: "TornTail", ...range }
    ]
    const lines = repairLines({ findings, isDone: false }, true, plain)
    assert.include(lines[0], "/l/ledger.jsonl, line 4, byte 120, 30 bytes: it is bent")
    assert.include(lines[1], "events 4 to 6 are lost")
    assert.include(lines[3], "no event is lost")
    assert.strictEqual(lines.at(-1), "Needs repair.")
    assert.deepInclude(repairJson({ findings, isDone: false }, true).findings[0], { _tag: "Damage", lost })
  })

  it("needs none for half a line at the end, which the next append closes", () => {
    const lines = repairLines({ findings: [{ _tag: "TornTail", ...range }], isDone: true }, true, plain)
    assert.strictEqual(lines.at(-1), "Nothing needs repair: the next append closes it.")
  })

  it("says what would be done, and afterwards what was done", () => {
    const gone = { _tag: "NoLiveSegment", path: range.path, last: Seq.make(9) } as const
    const before = repairLines({ findings: [gone], isDone: false }, true, plain)
    assert.include(before[1], "would go on behind event 9")
    assert.include(before[1], "Look for the file first")
    const after = repairLines({ findings: [gone], isDone: true }, false, plain)
    assert.include(after[1], "goes on behind event 9")
    assert.notInclude(after[1], "Look for")
    assert.strictEqual(after.at(-1), "Repaired.")
  })

  it.each([
    ["/l/ledger.0000000000000004.jsonl", "it is missing, with the events 4 to 6", "must be put back"],
    ["/l/ledger.base", "it belongs to another ledger", "archived segments, or a copy of the right file"],
    ["/l/ledger.jsonl", "its first line is damaged", "Only a copy of the file"]
  ])("can do nothing about %s where %s, and says what can", (path, why, remedy) => {
    const lines = repairLines({ findings: [{ _tag: "Beyond", path, why }], isDone: false }, true, plain)
    assert.strictEqual(lines[0], `${path}: ${why}`)
    assert.include(lines[1], remedy)
  })

  it("says that nothing is to be done", () =>
    assert.deepStrictEqual(repairLines({ findings: [], isDone: true }, true, plain), ["Nothing needs repair."]))
})

it("archiving says what goes where, and what is left", () => {
  const segment = { from: "/l/a", to: "/old/a", first: Seq.make(1), last: Seq.make(9), bytes: 64e6 }
  assert.deepStrictEqual(archiveLines({ moved: [segment], first: Seq.make(10) }, true), [
    "would move  events 1 to 9, 64.0 MB: /l/a -> /old/a",
    "The ledger would begin with event 10. Nothing was moved."
  ])
})

describe("a failure of the ledger", () => {
  const said = (reason: LedgerReason) => failureOf(new LedgerError({ reason })).message

  it("that is damage points to repair, for the ledger that was read", () => {
    const message = said(new Damaged({ path: "/l/ledger.jsonl", line: 4, offset: 120, why: "it is bent" }))
    assert.include(message, "/l/ledger.jsonl is damaged at line 4, byte 120: it is bent")
    assert.include(message, "`daybook repair --dry-run --home /l`")
  })

  it("that is the state of archived segments does not point to repair, which cannot help", () => {
    const message = said(
      new Damaged({ path: "/l/ledger.base", line: 1, offset: 0, why: "it belongs to another ledger" })
    )
    assert.match(message, /^\/l\/ledger\.base: it belongs to another ledger\. .*archived segments/)
    assert.notInclude(message, "daybook repair")
  })

  it("that is a network file system names it, and how to take the risk", () => {
    const message = said(new NetworkFileSystem({ path: "/mnt/l", kind: "nfs" }))
    assert.match(message, /\/mnt\/l lies on nfs.*DAYBOOK_ALLOW_NETWORK_FS=1/)
  })
})

it.each([
  [{}, false],
  [{ DAYBOOK_ALLOW_NETWORK_FS: "" }, false],
  [{ DAYBOOK_ALLOW_NETWORK_FS: "0" }, false],
  [{ DAYBOOK_ALLOW_NETWORK_FS: "1" }, true]
])("the environment %o allows a network file system: %s", (environment, isAllowed) =>
  assert.strictEqual(allowsNetworkFileSystem(environment), isAllowed)
)
