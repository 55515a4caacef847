/**
 * What the page asks its worker, and the answers. Every answer is plain data made of words: the page folds nothing, and
 * the worker paints nothing. A cursor is the number of the last event that has happened; `now` is the instant it is looked at.
 */
import type { BandWord, Piece } from "./Picture.ts"
import type { About } from "./Wire.ts"

/** Behind an event, at an instant that is not before it. */
export interface Cursor {
  readonly seq: number
  /** Milliseconds since 1970. */
  readonly now: number
}

export interface Filter {
  /** Words that all stand in the line, in any letter case. */
  readonly text: string
  readonly types: ReadonlyArray<string>
  readonly actors: ReadonlyArray<string>
  readonly credentials: ReadonlyArray<string>
  readonly verdicts: ReadonlyArray<string>
}

/** A built-in policy, or the text of a policy file. */
export type PolicyChoice =
  | { readonly name: "default" | "hermes" | "olderHermes" }
  | { readonly text: string; readonly name: "own" }

/** Question by name, and its answer. */
export interface Answers {
  readonly state: { readonly question: { readonly at: Cursor }; readonly answer: StateView }
  readonly diff: { readonly question: { readonly from: Cursor; readonly to: Cursor }; readonly answer: DiffView }
  readonly why: {
    readonly question: { readonly credential: string; readonly at: Cursor }
    readonly answer: WhyView
  }
  readonly event: { readonly question: { readonly seq: number }; readonly answer: EventView }
  readonly lineage: {
    readonly question: { readonly credential: string; readonly at: Cursor }
    readonly answer: LineageView
  }
  readonly loops: { readonly question: { readonly at: Cursor }; readonly answer: ReadonlyArray<LoopView> }
  readonly whatIf: {
    readonly question: { readonly policy: PolicyChoice; readonly at: Cursor }
    readonly answer: WhatIfView
  }
  /** Numbers of the events that match, in order. */
  readonly find: { readonly question: Filter; readonly answer: Float64Array }
  /** Of each of these events, the instant to which the clocks had got with it. */
  readonly instants: {
    readonly question: { readonly seqs: ReadonlyArray<number> }
    readonly answer: ReadonlyArray<number>
  }
  /** Rows for these events, in the order asked. */
  readonly rows: { readonly question: { readonly seqs: ReadonlyArray<number> }; readonly answer: ReadonlyArray<Row> }
}

export type QuestionName = keyof Answers

/** From the page. */
export type ToWorker =
  | { readonly open: OpenWith }
  | {
      readonly [Name in QuestionName]: {
        readonly ask: Name
        readonly id: number
        readonly question: Answers[Name]["question"]
      }
    }[QuestionName]
  /** Nobody waits for the answer to this question any more. */
  | { readonly stop: number }

/** A report file hands over its lines; otherwise the server is asked. */
export type OpenWith = { readonly server: string } | { readonly lines: Uint8Array; readonly about: About }

/** From the worker. */
export type FromWorker =
  | { readonly about: About }
  | { readonly piece: Piece; readonly read: Progress }
  | { readonly connection: boolean }
  | { readonly damage: string }
  /** The ledger cannot be read at all. */
  | { readonly failed: string }
  | { readonly id: number; readonly answer: unknown }
  /** How far a long answer has come: events that were looked through. */
  | { readonly id: number; readonly progress: Progress }
  /** What the person asked cannot be answered; the sentence says why. */
  | { readonly id: number; readonly refused: string }

export interface Progress {
  /** Events that are read so far. */
  readonly events: number
  readonly all: number
}

/** The whole pool at a cursor. */
export interface StateView {
  readonly at: Cursor
  readonly credentials: ReadonlyArray<CredentialView>
  readonly unknown: number
}

export interface CredentialView {
  readonly id: string
  readonly label: string | undefined
  readonly provider: string
  readonly word: BandWord
  /** `AccessExpired, until 2026-11-22T10:00:00Z`; nothing where there is nothing to say. */
  readonly note: string | undefined
  /** Title and words of each axis, as `daybook show` has them. */
  readonly axes: ReadonlyArray<Field>
}

export interface Field {
  readonly title: string
  readonly text: string
}

export interface DiffView {
  readonly credentials: ReadonlyArray<{
    readonly id: string
    readonly provider: string
    readonly changes: ReadonlyArray<{
      readonly title: string
      readonly before: string | undefined
      readonly after: string | undefined
      /** Events that brought it about, the newest few. */
      readonly by: ReadonlyArray<number>
    }>
  }>
}

/** One event in a chain or a list. */
export interface Step {
  readonly seq: number
  readonly at: number
  readonly type: string
  readonly actor: string
  readonly credential: string | undefined
  readonly sentence: string
}

export interface NextView {
  readonly says: string
  readonly command: string | undefined
}

export interface WhyView {
  readonly credential: string
  readonly value: string | undefined
  readonly cause: string
  readonly says: string
  /** From the root on. */
  readonly chain: ReadonlyArray<Step>
  /** The cause of the first step is an event that this ledger does not have. */
  readonly isCutOff: boolean
  readonly besides: ReadonlyArray<Step>
  readonly before: { readonly seq: number; readonly cause: string; readonly says: string } | undefined
  readonly next: NextView
  readonly loop: LoopView | undefined
}

export interface EventView {
  readonly step: Step
  /** The line as it stands in the ledger. */
  readonly line: string
  /** From the root to the event. */
  readonly causes: ReadonlyArray<Step>
  readonly effects: ReadonlyArray<Step>
  readonly fields: ReadonlyArray<Field>
}

/** A family of generations, parents before children. */
export interface LineageView {
  readonly members: ReadonlyArray<{
    readonly name: string
    readonly parent: string | undefined
    readonly isFork: boolean
    /** Who brought it, how it ended, and its age then, in words. */
    readonly brought: string
    readonly ended: string | undefined
    readonly seq: number
    readonly isCurrent: boolean
    /** Who sent its refresh token and what came of it, and whatever else befell it. */
    readonly notes?: ReadonlyArray<string>
  }>
}

export interface LoopView {
  readonly kind: string
  readonly says: string
  readonly credential: string | undefined
  readonly first: { readonly seq: number; readonly at: number }
  readonly last: { readonly seq: number; readonly at: number }
  readonly iterations: number
  /** Milliseconds. */
  readonly period: number
  readonly actors: ReadonlyArray<string>
  readonly wasted: number
  readonly remedy: string
  readonly isRunning: boolean
  /** The events of one turn, in order. */
  readonly turn: ReadonlyArray<Step>
}

/** Of one kind: how many were made, and what would have become of them. */
export interface Requests {
  readonly recorded: number
  readonly stillMade: number
  readonly saved: number
  /** Made with tokens that the other course does not have: nobody can say. */
  readonly unknown: number
}

export interface WhatIfView {
  readonly refreshes: Requests
  readonly refusedCalls: Requests
  readonly acceptedCalls: Requests
  /** Of all of them, those with a login that was known to be dead. */
  readonly dead: Requests
  /** How many decisions differ in all. */
  readonly changed: number
  /** Decisions that would not be made, for want of what they follow from. */
  readonly unmade: number
  /** The first thousand. */
  readonly changes: ReadonlyArray<{
    readonly seq: number
    readonly at: number
    readonly credential: string | undefined
    readonly recorded: string
    readonly otherwise: string
    /** What makes it come out otherwise. */
    readonly because?: string
  }>
  /** Further sentences of the report. */
  readonly says: ReadonlyArray<string>
}

export interface Row {
  readonly seq: number
  readonly at: number
  readonly actor: string
  readonly type: string
  readonly credential: string | undefined
  readonly mark: number
  readonly essentials: string
}
