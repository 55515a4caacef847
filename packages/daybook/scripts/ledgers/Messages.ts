/** What goes between the recorder and a program, as JSON over their channel. */
import type { Policy } from "@daybook/pool/Policy"

export interface Settings {
  /** Under which it writes the ledger and calls the sandbox. */
  readonly name: string
  readonly home: string
  readonly vault: string
  /** The Codex CLI's file, in which it may look for a login that is lost. */
  readonly codexFile: string
  /** Of the sandbox. */
  readonly origin: string
  readonly policy: Partial<Policy>
  /** By how many milliseconds its clock is ahead. */
  readonly ahead: number
}

/** One thing to do. */
export type Order =
  /** Calls the model API as `pool.fetch` does: a refusal is followed by whatever may help. */
  | { readonly do: "call"; readonly provider: string }
  /** Asks for another token than the one at hand. */
  | { readonly do: "renew"; readonly provider: string }
  /** What an operator may do. */
  | { readonly do: "refresh" | "revive"; readonly credential: string }
  | { readonly do: "move"; readonly ahead: number }
  | { readonly do: "close" }

export type Command = Order & { readonly id: number }

/** What came of it: a word for success, or the error's tag and reason. */
export interface Told {
  readonly id: number
  readonly done?: string
  readonly failed?: string
}
