import type { Context, MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import { fault } from '../errors.ts'
import { limitBody } from './body.ts'
import type { ApiEnv, Who } from './env.ts'
import { openIdempotency } from './idempotency.ts'
import type { ApiPorts, ApiRole, TokenStore } from './ports.ts'
import { type Sessions, sessionCookie } from './sessions.ts'

export type Needs = 'viewer' | 'responder' | 'operator' | 'admin' | 'agent' | 'agent-or-responder'

const ranks: Record<Exclude<ApiRole, 'agent'>, number> = { viewer: 0, responder: 1, operator: 2, admin: 3 }

/** Each role may do all that the ones before it may; an agent may only do what agents do, which an admin may do too. */
export function mayDo(role: ApiRole, needs: Needs): boolean {
  if (needs === 'agent') return role === 'agent' || role === 'admin'
  if (needs === 'agent-or-responder') return role === 'agent' || ranks[role] >= ranks.responder
  return role !== 'agent' && ranks[role] >= ranks[needs]
}

export interface GateOptions {
  bodyLimitBytes: number
  bodyTimeoutMs: number
  sessions: Sessions
}

/** What stands before a route: who asks, what they may, how much they may send, and whether they asked before. */
export function openGate(ports: Pick<ApiPorts, 'tokens' | 'clock'>, options: GateOptions) {
  const takeBody = limitBody(ports.clock, options.bodyLimitBytes, options.bodyTimeoutMs)
  const remember = openIdempotency(ports.clock)
  const security: Record<string, string[]>[] = [{ bearer: [] }, { cookie: [] }]
  const admit =
    (needs: Needs): MiddlewareHandler<ApiEnv> =>
    async (c, next) => {
      const who = identify(c, ports.tokens, options.sessions)
      if (!mayDo(who.role, needs)) throw fault('forbidden', { role: who.role, needs })
      if (who.by === 'cookie' && c.req.method !== 'GET' && c.req.method !== 'HEAD') requireSameOrigin(c, true)
      c.set('who', who)
      await next()
    }
  return {
    /** Reads: a token or the cookie of the board. */
    read: (needs: Needs) => ({ security, middleware: [admit(needs)] }),
    /** Writes: a bounded JSON body, taken once, and Idempotency-Key. */
    write: (needs: Needs) => ({ security, middleware: [admit(needs), takeBody, remember] }),
    /** Writes whose answer is not kept: a new token, or what is the same when it is done twice. */
    writeUnremembered: (needs: Needs) => ({ security, middleware: [admit(needs), takeBody] }),
    /** Writes without a token: a login. */
    open: { security: [], middleware: [takeBody] },
  }
}

export type Gate = ReturnType<typeof openGate>

function identify(c: Context<ApiEnv>, tokens: TokenStore, sessions: Sessions): Who {
  const header = c.req.header('authorization')
  if (header !== undefined) {
    const token = /^Bearer +(\S+) *$/i.exec(header)?.[1]
    const found = token === undefined ? null : tokens.check(token)
    if (!found) throw fault('unauthorized')
    return { ...found, by: 'bearer' }
  }
  const cookie = getCookie(c, sessionCookie)
  const session = cookie === undefined ? null : sessions.open(cookie)
  // A cookie must not outlive the token that it was given for.
  if (!session || !tokens.stands(session.name, session.role, session.issuedAt)) throw fault('unauthorized')
  return { name: session.name, role: session.role, by: 'cookie' }
}

/**
 * The cookie is sent by the browser whoever wrote the page, and SameSite does not tell ports apart: another service on this
 * host could otherwise act with it. `required`: a request that tells nothing about its origin is refused as well.
 */
export function requireSameOrigin(c: Context<ApiEnv>, required: boolean): void {
  const site = c.req.header('sec-fetch-site')
  const origin = c.req.header('origin')
  if (site === undefined && origin === undefined && !required) return
  if (site !== undefined ? site !== 'same-origin' : origin !== new URL(c.req.url).origin) throw fault('cross-origin')
}

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]'])

/** DNS rebinding: a page whose name was made to point at this machine still tells its own name as the host. */
export function checkHost(hosts: readonly string[] | 'any', signed: readonly string[] = []): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const host = new URL(c.req.url).hostname
    const known = hosts === 'any' || loopbackNames.has(host) || hosts.includes(host)
    // A browser that was lured here has no signature; who calls there comes by a name that we do not know.
    if (!known && !signed.includes(c.req.path)) throw fault('host-refused', { host })
    await next()
  }
}
