/** The answer of a token endpoint that ends a login: RFC 6749 sections 5.1 and 5.2. */
import type { Granted } from "../DeviceAnswer.ts"
import { parseAnswer } from "../ParseAnswer.ts"
import type { Provider } from "../Provider.ts"
import type { Refused } from "../TokenEndpoint.ts"
import type { Answered } from "./Ask.ts"
import { defined } from "./Defined.ts"

export const loginAnswerOf = (provider: Provider, asked: Answered): Granted | Refused => {
  const { durationMillis, received } = asked
  const parsed = parseAnswer(provider, asked.answer, received)
  const loggedInAt = received.now
  if (parsed._tag === "Tokens") {
    const { requestId, tokens } = parsed
    return { _tag: "Granted", tokens: { ...tokens, loggedInAt }, ...defined({ requestId }), durationMillis }
  }
  const { evidence, successor } = parsed
  return {
    _tag: "Refused",
    evidence,
    ...(successor === undefined ? {} : { successor: { ...successor, loggedInAt } }),
    durationMillis
  }
}
