import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { deleteCookie, setCookie } from 'hono/cookie'
import { fault } from '../errors.ts'
import type { ApiEnv } from './env.ts'
import { type Gate, requireSameOrigin } from './gate.ts'
import { type ApiPorts, apiRoles } from './ports.ts'
import { type Sessions, sessionCookie } from './sessions.ts'
import { body, iso, json, problems, timeSchema } from './wire.ts'

const roleSchema = z.enum(apiRoles).openapi('Role')
const sessionSchema = z.object({ name: z.string(), role: roleSchema, expiresAt: timeSchema }).openapi('Session')
const newTokenSchema = z
  .object({ name: z.string(), role: roleSchema, token: z.string().openapi({ description: 'Shown this once; only its hash is kept' }) })
  .openapi('NewToken')

/** The cookie of the board, and new tokens. */
export function credentialRoutes(api: OpenAPIHono<ApiEnv>, ports: ApiPorts, gate: Gate, sessions: Sessions): void {
  const cookie = { httpOnly: true, sameSite: 'Strict', path: '/' } as const

  api.openapi(
    createRoute({
      method: 'post',
      path: '/v1/session',
      tags: ['access'],
      summary: 'Open the board: exchange a token for a cookie',
      ...gate.open,
      request: { body: body(z.strictObject({ token: z.string().min(1).max(500) })) },
      responses: {
        200: json(sessionSchema, 'The cookie is set (HttpOnly, SameSite=Strict, 12 hours)'),
        ...problems(400, 401, 403, 408, 413, 422),
      },
    }),
    (c) => {
      requireSameOrigin(c, false)
      const who = ports.tokens.check(c.req.valid('json').token)
      if (!who) throw fault('unauthorized')
      if (who.role === 'agent') throw fault('forbidden', { role: who.role, needs: 'viewer' })
      const { value, expiresAt } = sessions.issue(who)
      setCookie(c, sessionCookie, value, { ...cookie, expires: new Date(expiresAt), secure: new URL(c.req.url).protocol === 'https:' })
      return c.json({ ...who, expiresAt: iso(expiresAt) }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/v1/session',
      tags: ['access'],
      summary: 'Close the board: drop the cookie',
      security: [],
      responses: { 204: { description: 'Dropped' }, ...problems(403) },
    }),
    (c) => {
      requireSameOrigin(c, false)
      deleteCookie(c, sessionCookie, cookie)
      return c.body(null, 204)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/v1/tokens',
      tags: ['access'],
      summary: 'Make a token',
      description: 'The answer is not kept for Idempotency-Key: a token is shown once.',
      ...gate.writeUnremembered('admin'),
      request: { body: body(z.strictObject({ name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/i), role: roleSchema })) },
      responses: { 201: json(newTokenSchema, 'The token'), ...problems(400, 401, 403, 408, 409, 413, 422) },
    }),
    async (c) => {
      const { name, role } = c.req.valid('json')
      return c.json({ name, role, token: await ports.tokens.create(name, role) }, 201)
    },
  )
}
