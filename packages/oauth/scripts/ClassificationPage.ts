/**
 * Renders the page of rules from the rules: what each matches, what it concludes, where it is known from.
 */
import { defaultProviders } from "@daybook/oauth/Providers"
import type { Rule } from "@daybook/oauth/Rule"
import { apiRules, classifierVersion, tokenRules } from "@daybook/oauth/Rules"
import { conclusionOf, conditionOf } from "@daybook/oauth/RuleText"
import { code, table } from "./Markdown.ts"

/** From the root of the repository. */
export const command = "node packages/oauth/scripts/pages.ts"

export const render = (): string =>
  [
    "# Classification",
    `What an answer means is decided by the rules on this page: ${common().length} common ones, and ${own().length} that providers add.
This is version ${classifierVersion} of the classifier. Every recorded verdict carries the rule and this number, and the evidence it
was made from, so an old refusal can be judged again: \`daybook classify --event SEQ\`.
The page is made from the rules: change those, then run \`${command}\`.`,
    order,
    "## The token endpoint",
    "A common rule that a provider's own come before stands behind the line of dots.",
    ruleTable(withDots(tokenRules({ rules: [] }), "status/3xx")),
    "## The model API",
    ruleTable(withDots(apiRules({ rules: [] }), "api/status/3xx")),
    "## Rules of providers",
    ...defaultProviders
      .filter(({ rules }) => rules.length > 0)
      .flatMap(({ id, rules }) => [`### ${id}`, ruleTable(rules, true)]),
    "## Evidence",
    evidence,
    "## Trying it",
    trying
  ].join("\n\n") + "\n"

const common = (): ReadonlyArray<Rule> => [...tokenRules({ rules: [] }), ...apiRules({ rules: [] })]

const own = (): ReadonlyArray<Rule> => defaultProviders.flatMap(({ rules }) => rules)

const order = `The first rule that matches counts, in this order: what the transport says; a redirect; the provider's own rules; an error code in
the body, whatever the status (\`error.code\`, else \`error.type\`, else \`error.status\`, else a flat \`error\`, else a top-level \`code\`, else
MiniMax' \`base_resp\`; letter case does not count); at the token endpoint a 2xx, which without an access token is no success; a challenge or
a page in place of an answer; the status; and at last a rule that matches everything and ends no login. A shape that nobody knows is
never terminal. A verdict *to be confirmed* is believed only after three more looks at store and ledger, within three seconds: somebody
else may just have used the token.`

const evidence = `A rule sees nothing but what is recorded of an answer: status, error code, the provider's words, the kind of body, whether something before
the provider answered, whether a quota window was said to be used up, the request id, when to come again, the transport's own fault, and
whether the request left. Codes and request ids are kept if they are plain (up to 64 of \`A-Z a-z 0-9 _ . : -\`). The words are cut at 200
characters, after every secret in hand was taken out by value, in plain and in escaped forms, then everything that looks like a token or an
address, then what is in quotes and no name, since providers repeat what they were sent. A body over 1 MiB is not read at all, and its
status and headers decide.

A time to come again is read, in this order, from the body (\`resets_at\`, \`reset_at\`, \`retry_until\`, \`quotaResetTimeStamp\`,
\`resets_in_seconds\`, \`retry_after\`, \`retryDelay\`, \`quotaResetDelay\`, also in Google's \`details\`), from \`retry-after-ms\` and
\`Retry-After\`, with a 429 from used-up quota windows and then from rate-limit headers, and from words ("resets in 6hr 29min",
"try again in 20ms", "resets 12:30pm (America/Chicago)"). Numbers above 1e12 are milliseconds since the epoch, above 1e9 seconds. It is
recorded as it was said. A bench never lasts longer than 24 h; then the credential is tried again. While a used-up quota keeps the last
credential of a provider benched, and the provider has a usage endpoint, \`getToken\` asks there at most every five minutes, and ends the
bench if every window is free.`

const trying = `\`daybook classify\` takes one answer on standard input, as \`curl -i\` prints it or as JSON with status, headers and body, and says what it
means and why; \`--provider\` and \`--surface\` say whose it is. \`daybook corpus FILE\` holds a file of recorded answers to the verdicts that they
must get. A line of such a file:

\`\`\`json
{"id":"nous-reuse","surface":"token","provider":"nous","response":{"status":400,"headers":{},"body":"{\\"error\\":\\"invalid_grant\\",\\"error_description\\":\\"Refresh token reuse detected\\"}"},"expect":{"verdict":"Terminal","reason":"Reused","confirm":true}}
\`\`\`

\`surface\` is \`token\` or \`api\`, \`kind\` \`oauth\` or \`apiKey\`, \`now\` an instant; \`fault\` stands in place of \`response\` when no answer came.
What is absent from \`expect\` is not checked, but for \`until\` (on an \`api\` row), \`scope\` and \`confirm\`.`

type Row = Rule | "dots"

const withDots = (rules: ReadonlyArray<Rule>, last: string): ReadonlyArray<Row> =>
  rules.flatMap((rule): ReadonlyArray<Row> => (rule.id === last ? [rule, "dots"] : [rule]))

const ruleTable = (rules: ReadonlyArray<Row>, withSurface = false): string =>
  table([
    ["rule", ...(withSurface ? ["surface"] : []), "matches", "concludes", "known from"],
    ...rules.map((rule) =>
      rule === "dots"
        ? ["...", ...(withSurface ? [""] : []), "the provider's own rules", "", ""]
        : [
            `${code(rule.id)}${rule.version === 1 ? "" : `, version ${rule.version}`}`,
            ...(withSurface ? [rule.surface] : []),
            conditionOf(rule.when),
            conclusionOf(rule),
            rule.source
          ]
    )
  ])
