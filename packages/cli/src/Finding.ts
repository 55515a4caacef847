/** What a look at one thing found, and what a person does about it. */

export interface Finding {
  /** `note`: worth knowing, nothing is broken. */
  readonly level: "fine" | "note" | "problem"
  /** The thing: a path, a program, a credential. */
  readonly about: string
  readonly says: string
  readonly next?: string
}

export const fine = (about: string, says: string): Finding => ({ level: "fine", about, says })
export const note = (about: string, says: string, next: string): Finding => ({ level: "note", about, says, next })
export const problem = (about: string, says: string, next: string): Finding => ({ level: "problem", about, says, next })
