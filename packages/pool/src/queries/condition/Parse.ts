/**
 * Reads a condition. The libraries for expressions take `codex-1.status` for a subtraction, know no times, and accept
 * comparisons that can never hold; this grammar is smaller than what it would take to tell one of them otherwise.
 *
 *     condition  = both { "||" both }          both = part { "&&" part }
 *     part       = "!" part | "(" condition ")" | operand [ sign operand ]
 *     operand    = credential.field | head | at | unknown | count(status) | count(condition) | literal
 *
 * Inside `count` a field stands without a credential: `count(status == dead && priority < 2)`.
 */
import { Result } from "effect"
import type { Condition, Operand, Sign } from "./Condition.ts"
import { fields, type Kind, poolFields } from "./Fields.ts"
import { literal } from "./Literal.ts"
import { type Flaw, type Token, tokens } from "./Token.ts"

export const parse = (text: string): Result.Result<Condition, Flaw> =>
  Result.flatMap(tokens(text), (found) => {
    try {
      return Result.succeed(new Parser(text, found).whole())
    } catch (error) {
      if (error instanceof Unreadable) return Result.fail(error.flaw)
      throw error
    }
  })

/** Leaves the parser from wherever it is. */
class Unreadable extends Error {
  readonly flaw: Flaw
  constructor(flaw: Flaw) {
    super(flaw.says)
    this.flaw = flaw
  }
}

const signs: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">="])
const isSign = (text: string): text is Sign => signs.has(text)

/** Conditions nest as deep as people nest them. */
const deepest = 50

class Parser {
  readonly text: string
  readonly tokens: ReadonlyArray<Token>
  place = 0
  depth = 0
  isCounting = false

  constructor(text: string, tokens: ReadonlyArray<Token>) {
    this.text = text
    this.tokens = tokens
  }

  whole(): Condition {
    const condition = this.condition()
    if (this.next._tag !== "End") this.fail(`${this.next.text} is one too many; join conditions by && or ||`)
    return condition
  }

  condition(): Condition {
    let left = this.both()
    while (this.took("||")) left = { _tag: "Or", left, right: this.both() }
    return left
  }

  both(): Condition {
    let left = this.part()
    while (this.took("&&")) left = { _tag: "And", left, right: this.part() }
    return left
  }

  part(): Condition {
    if (this.depth++ > deepest) this.fail("this is nested too deep")
    const part = this.took("!") ? ({ _tag: "Not", of: this.part() } as const) : this.grouped()
    this.depth--
    return part
  }

  grouped(): Condition {
    if (!this.took("(")) return this.comparison()
    const condition = this.condition()
    this.expect(")")
    return condition
  }

  comparison(): Condition {
    const first = this.take()
    const left = this.operand(first)
    const sign = this.next.text
    if (this.next._tag !== "Sign" || !isSign(sign)) return this.alone(first, left)
    const at = this.take()
    const second = this.take()
    const right = this.operand(second)
    const kind = kindOf(left) ?? kindOf(right)
    if (kind === undefined) this.fail("compare a field with something, such as main.status == dead", first)
    if (!hasOrder(kind) && sign !== "==" && sign !== "!=")
      this.fail(`${sign} is for numbers and times; use == or !=`, at)
    return { _tag: "Compare", left: this.typed(left, kind, first), sign, right: this.typed(right, kind, second) }
  }

  /** A word of `status` alone, inside `count`, is short for that status. */
  alone(token: Token, operand: Operand): Condition {
    if (operand._tag !== "Literal") return { _tag: "Is", of: operand }
    const status = fields["status"]
    if (!this.isCounting || status === undefined) {
      this.fail(
        `${token.text} alone says nothing; compare a field with it, such as main.status == ${token.text}`,
        token
      )
    }
    const left: Operand = { _tag: "Field", credential: undefined, field: status, text: "status" }
    return { _tag: "Compare", left, sign: "==", right: this.typed(operand, status.kind, token) }
  }

  operand(token: Token): Operand {
    if (token._tag === "Quoted") return this.quoted(token)
    if (token._tag !== "Word")
      this.fail(
        token._tag === "End" ? "the condition ends here, and something is missing" : `${token.text} cannot stand here`,
        token
      )
    if (token.text === "count" && this.took("(")) return this.count(token)
    const own = Object.hasOwn(fields, token.text) && this.isCounting ? fields[token.text] : undefined
    if (own !== undefined) return { _tag: "Field", credential: undefined, field: own, text: token.text }
    const pool = Object.hasOwn(poolFields, token.text) ? poolFields[token.text] : undefined
    if (pool !== undefined) return { _tag: "PoolField", field: pool, text: token.text }
    return this.isField(token) ? this.field(token) : { _tag: "Literal", value: token.text, text: token.text }
  }

  /** A name with a dot is a field, unless it is a number, a time or the other side of a comparison. */
  isField({ text }: Token): boolean {
    return /^[^.].*\.[A-Za-z]+$/.test(text)
  }

  field(token: Token): Operand {
    const dot = token.text.lastIndexOf(".")
    return this.fieldOf(token.text.slice(0, dot), token.text.slice(dot + 1), {
      ...token,
      column: token.column + dot + 1
    })
  }

  /** A name with blanks in it: `"my login".status`. */
  quoted(token: Token): Operand {
    const { column, text } = this.next
    const isName = this.next._tag === "Word" && text.startsWith(".") && column === token.column + token.text.length + 2
    if (!isName) return { _tag: "Literal", value: token.text, text: token.text }
    this.take()
    return this.fieldOf(token.text, text.slice(1), { ...token, column: column + 1 })
  }

  fieldOf(credential: string, name: string, at: Token): Operand {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (field !== undefined) return { _tag: "Field", credential, field, text: `${credential}.${name}` }
    return this.fail(`a credential has no field ${name}`, at, { typed: name, known: Object.keys(fields) })
  }

  count(token: Token): Operand {
    if (this.isCounting) this.fail("count cannot stand inside count", token)
    this.isCounting = true
    const of = this.condition()
    this.isCounting = false
    const end = this.expect(")")
    return { _tag: "Count", of, text: this.text.slice(token.column - 1, end.column) }
  }

  typed(operand: Operand, kind: Kind, token: Token): Operand {
    if (operand._tag !== "Literal") return operand
    const read = literal(operand.text, kind)
    return Result.isSuccess(read)
      ? { ...operand, value: read.success }
      : this.fail(read.failure.says, token, read.failure.unknown)
  }

  get next(): Token {
    return this.tokens[this.place] as Token
  }

  take(): Token {
    const token = this.next
    if (token._tag !== "End") this.place++
    return token
  }

  took(sign: string): boolean {
    const isNext = this.next._tag === "Sign" && this.next.text === sign
    if (isNext) this.place++
    return isNext
  }

  expect(sign: string): Token {
    const token = this.next
    if (!this.took(sign)) this.fail(`${sign} is missing here`)
    return token
  }

  fail(says: string, { column }: Token = this.next, unknown?: Flaw["unknown"]): never {
    throw new Unreadable({ column, says, ...(unknown === undefined ? {} : { unknown }) })
  }
}

const kindOf = (operand: Operand): Kind | undefined => {
  if (operand._tag === "Count") return { _tag: "Number" }
  return operand._tag === "Literal" ? undefined : operand.field.kind
}

const hasOrder = ({ _tag }: Kind): boolean => _tag === "Number" || _tag === "Time"
