/**
 * What lets a browser in: an address that works once, and the cookie that it is exchanged for. Both are 256 random bits
 * in the memory of this process, and nowhere else. Browsers send cookies of one host to all its ports, and who listens
 * there may be another user: so the page lies below a path that nobody knows either, and the cookie is for that path.
 */
import { hash, randomBytes, timingSafeEqual } from "node:crypto"

export class Keys {
  readonly cookieName: string
  /** Where the page is: the path of a folder. */
  readonly room = `/${secret()}/`
  private readonly session = secret()
  private token: string | undefined

  constructor(port: number) {
    this.cookieName = `daybook-view-${port}`
  }

  /** A new one; the one before it, if nobody has used it yet, is worth nothing from now on. */
  newToken(): string {
    this.token = secret()
    return this.token
  }

  /** Whether it is the newest token, which nobody has used before. */
  spend(token: string): boolean {
    if (this.token === undefined || !isSame(token, this.token)) return false
    this.token = undefined
    return true
  }

  /** For the header `Set-Cookie`. It ends with the browser's session. */
  cookie(): string {
    return `${this.cookieName}=${this.session}; HttpOnly; SameSite=Strict; Path=${this.room}`
  }

  /** Whether a header `Cookie` has it. */
  isIn(cookies: string | undefined): boolean {
    const begin = `${this.cookieName}=`
    const own = (cookies ?? "").split(";").map((cookie) => cookie.trim())
    return own.some((cookie) => cookie.startsWith(begin) && isSame(cookie.slice(begin.length), this.session))
  }
}

const secret = (): string => randomBytes(32).toString("base64url")

/** In the same time, wherever they differ. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))

const digest = (text: string): Buffer => hash("sha256", text, "buffer")
