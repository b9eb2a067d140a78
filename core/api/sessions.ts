import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { hours } from '../clock.ts'
import { type ApiRole, apiRoles } from './ports.ts'

export const sessionCookie = 'jidoka_session'
const sessionMs = hours(12)

/**
 * The board's cookie: name, role and end of the session, signed. Nothing is kept of it, so a session outlives a restart of the
 * controller as long as the key stays the same, and the token itself never lies in the browser: cookies go to every port of a host.
 */
export interface Sessions {
  issue(who: { name: string; role: ApiRole }): { value: string; expiresAt: number }
  /** Who it was issued to, and when (epoch ms), or null: forged, altered, or over. */
  open(cookie: string): { name: string; role: ApiRole; issuedAt: number } | null
}

export function openSessions(key: string, clock: Clock): Sessions {
  const sign = (payload: string) => createHmac('sha256', key).update(payload).digest()
  return {
    issue({ name, role }) {
      const expiresAt = clock.now() + sessionMs
      const payload = Buffer.from(JSON.stringify([name, role, expiresAt])).toString('base64url')
      return { value: `${payload}.${sign(payload).toString('base64url')}`, expiresAt }
    },
    open(cookie) {
      const [payload, signature, ...rest] = cookie.split('.')
      if (!payload || !signature || rest.length > 0) return null
      const given = Buffer.from(signature, 'base64url')
      const right = sign(payload)
      if (given.length !== right.length || !timingSafeEqual(given, right)) return null
      const [name, role, expiresAt] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as [string, ApiRole, number]
      return expiresAt > clock.now() && apiRoles.includes(role) ? { name, role, issuedAt: expiresAt - sessionMs } : null
    },
  }
}
