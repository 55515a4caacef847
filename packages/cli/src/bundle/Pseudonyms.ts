/**
 * Takes out of events what others need not see, and keeps what they need: who is the same as who. Fingerprints become
 * others under a key that is thrown away; hosts, people, labels and folders become numbers. What is done with a text depends
 * on its field alone, so that no name of a machine can change what an event says.
 */
import type { Told } from "@daybook/ledger/Excerpt"
import * as FingerprintKey from "@daybook/ledger/FingerprintKey"
import type { EventType } from "@daybook/pool/Event"
import { CredentialId } from "@daybook/pool/Ids"
import type { Recorded } from "@daybook/pool/Recorded"
import { basename, dirname, win32 } from "node:path"
import { KnownNames, withoutPrivateParts } from "./PrivateText.ts"
import { treatmentOf } from "./Treatment.ts"

/** Of the machine that the excerpt is made on. */
export interface Here {
  readonly host: string
  readonly user: string
}

/** Events that bring names: `learn` must have heard of them all before the first event is rewritten. */
export const naming: ReadonlySet<EventType> = new Set([
  "ActorJoined",
  "CredentialEnrolled",
  "CredentialRelabelled",
  "StoreTakenOver"
])

export class Pseudonyms {
  readonly #fingerprints = FingerprintKey.fingerprints(FingerprintKey.make(FingerprintKey.randomBytes()))
  readonly #numbers = new Map<string, Map<string, number>>()
  readonly #names = new KnownNames()
  /** Ids and models that became numbers: other words in texts too, and no reason to rename another id. */
  readonly #renamedOnes = new KnownNames()
  readonly #labels = new Set<string>()

  constructor({ host, user }: Here) {
    this.#learnHost(host)
    this.#names.add(user, this.#number("user", user))
  }

  learn(event: Recorded): void {
    switch (event.type) {
      case "ActorJoined":
        return this.#learnHost(event.data.host)
      case "CredentialEnrolled":
        this.#learnPath(event.data.store.path)
        return this.#learnLabel(event.data.label)
      case "CredentialRelabelled":
        return this.#learnLabel(event.data.label)
      case "StoreTakenOver":
        this.#learnPath(event.data.path)
        return this.#learnPath(event.data.folder)
    }
  }

  of(event: Told): Told {
    const about = "credential" in event ? { credential: CredentialId.make(this.#id(event.credential)) } : {}
    return { ...event, ...about, data: this.#value("data", event.data) } as Told
  }

  /** Also by its first part, as machines call themselves. */
  #learnHost(host: string): void {
    const word = this.#number("host", host)
    this.#names.add(host, word)
    const [first = ""] = host.split(".")
    if (!/^\d*$/.test(first)) this.#names.add(first, word)
  }

  #learnPath(path: string | undefined): void {
    if (path === undefined) return
    this.#names.add(path, this.#place(path))
    const user = /(?:\/home\/|[\\/]Users[\\/])([^\\/]+)/i.exec(path)?.[1]
    if (user !== undefined) this.#names.add(user, this.#number("user", user))
  }

  #learnLabel(label: string | undefined): void {
    if (label !== undefined) this.#labels.add(label.toLowerCase())
  }

  #value(key: string, value: unknown): unknown {
    if (typeof value === "string") return this.#text(key, value)
    if (Array.isArray(value)) return value.map((item) => this.#value(key, item))
    if (typeof value !== "object" || value === null) return value
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, part]) =>
        treatmentOf(key) === "leave out" ? [] : [[key, this.#value(key, part)]]
      )
    )
  }

  #text(key: string, text: string): string {
    switch (treatmentOf(key)) {
      case "keep":
      case "leave out":
        return text
      case "fingerprint":
        return this.#fingerprints.ofText(text)
      case "number":
        return this.#number(key, text)
      case "id":
        return this.#id(text)
      case "path":
        return this.#place(text)
      case "slot":
        return this.#slot(text)
      case "source":
        return this.#variable(text) ?? this.#words(text)
      case "program":
        return this.#words(win32.basename(text))
      case "model":
        return /^ft:|\/.*\//i.test(text) ? this.#renamed("model", text) : this.#words(text)
      case "text":
        return this.#words(text)
    }
  }

  /** A text is no longer than an event holds, whatever took the place of what was in it. */
  #words(text: string): string {
    return this.#renamedOnes.replaceIn(this.#plain(text)).slice(0, Math.max(text.length, longest))
  }

  /** The same whenever it is asked for. */
  #plain(text: string): string {
    return withoutPrivateParts(this.#names.replaceIn(text))
  }

  /** Short names of stores' own stay. One that says a label, a machine or a person does not; nor one that is like ours. */
  #id(id: string): string {
    const isTelling = this.#labels.has(id.toLowerCase()) || this.#plain(id) !== id || /^credential-\d+$/.test(id)
    return isTelling ? this.#renamed("credential", id) : id
  }

  /** A store's place, or where a login came from, if it is the environment. */
  #variable(text: string): string | undefined {
    const [, name] = /^env:(.+)$/.exec(text) ?? []
    return name === undefined ? undefined : `env:${this.#number("variable", name)}`
  }

  #slot(slot: string): string {
    const variable = this.#variable(slot)
    if (variable !== undefined) return variable
    const [, row, id] = /^(credential_pool\.[a-z0-9-]+\.)(.+)$/.exec(slot) ?? []
    if (row !== undefined && id !== undefined) return `${row}${this.#id(id)}`
    return plain.test(slot) ? slot : this.#number("slot", slot)
  }

  /** The files of known programs keep their names: they say which program it was. */
  #place(path: string): string {
    const name = basename(path)
    return `${this.#number("folder", dirname(path))}/${known.has(name) ? name : this.#number("file", path)}`
  }

  /** A number that takes its place in texts too. */
  #renamed(kind: string, text: string): string {
    const word = this.#number(kind, text)
    this.#renamedOnes.add(text, word)
    return word
  }

  #number(kind: string, text: string): string {
    const numbers = this.#numbers.get(kind) ?? new Map<string, number>()
    this.#numbers.set(kind, numbers)
    const number = numbers.get(text) ?? numbers.size + 1
    numbers.set(text, number)
    return `${kind}-${number}`
  }
}

/** Of a message or a reason; what may be longer has no limit. A model's name is shorter, and grows into none. */
const longest = 128

/** Places that programs name, and grants. */
const plain =
  /^(?:tokens|OPENAI_API_KEY|claudeAiOauth|providers\.[a-z0-9-]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

const known: ReadonlySet<string> = new Set([
  "auth.json",
  ".credentials.json",
  "oauth_creds.json",
  "hosts.json",
  "apps.json",
  ".env"
])
