/**
 * Someone at a browser: opens the page that a device or a program showed, follows it, keeps its cookies, fills in its forms, and
 * clicks on what was decided.
 */
export type Decision = "approve" | "deny"

interface Page {
  readonly url: URL
  readonly html: string
}

/** Opens `uri` and goes on until a page has nothing more to fill in; answers what that page says. */
export const visit = async (uri: string, decision: Decision): Promise<string> => {
  const open = browser()
  let page = await open(new URL(uri))
  for (let form = formIn(page); form !== undefined; form = formIn(page)) {
    const { action, fields, isConfirmation } = form
    const cancel = decision === "deny" ? cancelIn(page) : undefined
    if (cancel !== undefined) return wordsIn(await open(cancel))
    const click = isConfirmation && decision === "deny" ? { abort: "yes" } : {}
    page = await open(action, new URLSearchParams({ ...fields, ...click }))
  }
  return wordsIn(page)
}

/** Where a person last was sent, and what stands in a browser's address line though nobody answers there. */
let address = ""

export const lastRedirect = (): string => address

const browser = () => {
  const cookies = new Map<string, string>()
  const open = async (url: URL, body?: URLSearchParams): Promise<Page> => {
    const cookie = Array.from(cookies, ([name, value]) => `${name}=${value}`).join("; ")
    const method = body === undefined ? "GET" : "POST"
    const response = await fetch(url, { method, body: body ?? null, headers: { cookie }, redirect: "manual" })
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === "") cookies.delete(name)
      else cookies.set(name, value)
    }
    const location = response.headers.get("location")
    if (location === null) return { url, html: await response.text() }
    address = new URL(location, url).href
    return open(new URL(address))
  }
  return open
}

const attribute = (tag: string, name: string): string | undefined => new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1]

/** The first form, with what it holds already and, where it is empty, whatever a person would type. */
const formIn = ({ html, url }: Page) => {
  const [form, tag = ""] = /(<form\b[^>]*>)[^]*?<\/form>/.exec(html) ?? []
  if (form === undefined || html.includes('class="red"')) return undefined
  const inputs = Array.from(form.matchAll(/<input\b[^>]*>/g), ([input]) => input)
  const typed = (input: string): [string, string] => [
    attribute(input, "name") ?? "",
    attribute(input, "value") ?? "alice"
  ]
  return {
    action: new URL(attribute(tag, "action") ?? "", url),
    fields: Object.fromEntries(inputs.map(typed)),
    isConfirmation: attribute(tag, "id") === "op.deviceConfirmForm"
  }
}

/** The link with which a page of the code flow lets a person go back without an answer. */
const cancelIn = ({ html, url }: Page): URL | undefined => {
  const [, path] = /<a href="([^"]*\/abort)"/.exec(html) ?? []
  return path === undefined ? undefined : new URL(path, url)
}

const wordsIn = ({ html }: Page): string =>
  html
    .replace(/<style>[^]*?<\/style>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim()
