import { describe, expect, it } from "vitest"
import { linked } from "./support/Linked.ts"

const at = (seq: number) => ({ at: { seq, now: 0 } })
const loops = (kind: string) => [{ kind }] as never

describe("a question to the worker", () => {
  it("is answered once", () => {
    const { asked, link, tell } = linked()
    const given: Array<unknown> = []
    link.ask("loops", at(1), (answer) => given.push(answer))
    tell({ id: asked[0]!.id, answer: loops("a") })
    tell({ id: asked[0]!.id, answer: loops("b") })
    expect(given).toEqual([{ answer: [{ kind: "a" }] }])
  })

  it("that cannot be answered gets the reason as a value", () => {
    const { asked, link, tell } = linked()
    const given: Array<unknown> = []
    link.ask("whatIf", { policy: { name: "own", text: "{" }, ...at(1) }, (answer) => given.push(answer))
    tell({ id: asked[0]!.id, refused: "The policy file is no JSON." })
    expect(given).toEqual([{ refused: "The policy file is no JSON." }])
  })

  it("loses its answer to a newer one of its kind", () => {
    const { asked, link, tell } = linked()
    const given: Array<unknown> = []
    link.ask("event", { seq: 1 }, () => given.push("old"))
    link.ask("event", { seq: 2 }, () => given.push("new"))
    tell({ id: asked[0]!.id, answer: {} })
    expect(given).toEqual([])
    tell({ id: asked[1]!.id, answer: {} })
    expect(given).toEqual(["new"])
  })

  it("that reads the whole ledger goes out at once, and only the newest is heard", () => {
    const { asked, link, tell } = linked()
    const given: Array<unknown> = []
    link.ask("loops", at(1), () => given.push("old"))
    link.ask("loops", at(2), () => given.push("new"))
    expect(asked).toHaveLength(2)
    tell({ id: asked[0]!.id, answer: loops("a") })
    tell({ id: asked[1]!.id, answer: loops("b") })
    expect(given).toEqual(["new"])
  })

  it("that was stopped is not answered, nor is the one that waited behind it", () => {
    const { asked, link, stopped, tell } = linked()
    const given: Array<unknown> = []
    const between = (seq: number) => ({ from: { seq: 1, now: 0 }, to: { seq, now: 0 } })
    link.ask("diff", between(2), () => given.push("sent"), { evenIfLate: true })
    link.ask("diff", between(3), () => given.push("waiting"), { evenIfLate: true })
    link.stop("diff")
    expect(stopped).toEqual([asked[0]!.id])
    tell({ id: asked[0]!.id, answer: { credentials: [] } })
    expect([given, asked.length]).toEqual([[], 1])
    link.ask("diff", between(4), () => given.push("new"))
    tell({ id: asked[1]!.id, answer: { credentials: [] } })
    expect(given).toEqual(["new"])
  })

  it("hears how far its answer has come, and no other one's", () => {
    const { asked, link, tell } = linked()
    const heard: Array<unknown> = []
    link.ask("loops", at(1), () => {}, { progress: ({ events }) => heard.push(`old ${events}`) })
    link.ask("loops", at(2), () => {}, { progress: ({ events }) => heard.push(`new ${events}`) })
    for (const { id } of asked) tell({ id, progress: { events: 5_000, all: 9_000 } })
    tell({ id: asked[1]!.id, answer: loops("b") })
    tell({ id: asked[1]!.id, progress: { events: 9_000, all: 9_000 } })
    expect(heard).toEqual(["new 5000"])
  })

  it("lets the one before be answered when nothing else was chosen, though the ledger has grown", () => {
    const { asked, link, tell } = linked()
    const given: Array<unknown> = []
    link.ask("loops", at(1), () => given.push("first"))
    link.ask("loops", at(2), () => given.push("second"), { isSameChoice: true })
    expect(asked).toHaveLength(1)
    tell({ id: asked[0]!.id, answer: loops("a") })
    tell({ id: asked[1]!.id, answer: loops("b") })
    expect(given).toEqual(["first", "second"])
  })

  it("keeps its answer if that is wanted even late", () => {
    const { asked, link, tell } = linked()
    const given: Array<unknown> = []
    link.ask("rows", { seqs: [1] }, () => given.push("old"), { evenIfLate: true })
    link.ask("rows", { seqs: [2] }, () => given.push("new"), { evenIfLate: true })
    tell({ id: asked[0]!.id, answer: [] })
    tell({ id: asked[1]!.id, answer: [] })
    expect(given).toEqual(["old", "new"])
  })

  it("waits while another of its kind is under way, and only the newest waits", () => {
    const { asked, link, tell } = linked()
    for (const seq of [1, 2, 3, 4]) link.ask("state", at(seq), () => {})
    link.ask("event", { seq: 9 }, () => {})
    const seqs = () => asked.map(({ question }) => ("at" in question ? question.at.seq : 9))
    expect(seqs()).toEqual([1, 9])
    tell({ id: asked[0]!.id, answer: loops("a") })
    expect(seqs()).toEqual([1, 9, 4])
  })

  it("is not taken for news, nor news for an answer", () => {
    const { link, news, tell } = linked()
    link.ask("loops", at(1), () => {})
    tell({ connection: false })
    tell({ id: 99, answer: 1 })
    expect(news).toEqual([{ connection: false }])
  })
})
