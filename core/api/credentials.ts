import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { deleteCookie, setCookie } from 'hono/cookie'
import { fault } from '../errors.ts'
import type { ApiEnv } from './env.ts'
import { type Gate, requireSameOrigin } from './gate.ts'
import { type ApiPorts, apiRoles, type TokenInfo } from './ports.ts'
import { type Sessions, sessionCookie } from './sessions.ts'
import { body, idSchema, iso, isoOrNull, json, listOf, pageOf, pageQuery, problems, timeSchema } from './wire.ts'

const roleSchema = z.enum(apiRoles).openapi('Role')
const sessionSchema = z.object({ name: z.string(), role: roleSchema, expiresAt: timeSchema }).openapi('Session')
const newTokenSchema = z
  .object({ name: z.string(), role: roleSchema, token: z.string().openapi({ description: 'Shown this once; only its hash is kept' }) })
  .openapi('NewToken')
const tokenSchema = z
  .object({
    name: z.string(),
    role: roleSchema,
    createdAt: timeSchema.nullable().openapi({ description: 'null: the local one, made on the first start' }),
  })
  .openapi('Token')

const tokenView = ({ name, role, createdAt }: TokenInfo): z.infer<typeof tokenSchema> => ({ name, role, createdAt: isoOrNull(createdAt) })

/** The cookie of the board, and the tokens. */
export function credentialRoutes(api: OpenAPIHono<ApiEnv>, ports: ApiPorts, gate: Gate, sessions: Sessions): void {
  sessionRoutes(api, ports, gate, sessions)
  tokenRoutes(api, ports, gate)
}

function sessionRoutes(api: OpenAPIHono<ApiEnv>, ports: ApiPorts, gate: Gate, sessions: Sessions): void {
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
}

function tokenRoutes(api: OpenAPIHono<ApiEnv>, ports: ApiPorts, gate: Gate): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/tokens',
      tags: ['access'],
      summary: 'Whose tokens there are; never the tokens themselves',
      ...gate.read('admin'),
      request: { query: z.strictObject(pageQuery) },
      responses: { 200: json(listOf(tokenSchema), 'Tokens, the local one first'), ...problems(401, 403, 422) },
    }),
    async (c) => {
      const { items, next } = pageOf(c.req.valid('query'), await ports.tokens.list(), (token) => token.name)
      return c.json({ items: items.map(tokenView), next }, 200)
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

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/v1/tokens/{name}',
      tags: ['access'],
      summary: 'Revoke a token, and the cookies of the board that it was exchanged for',
      description: 'The local token cannot be revoked.',
      ...gate.writeUnremembered('admin'),
      request: { params: z.strictObject({ name: idSchema }) },
      responses: { 204: { description: 'Revoked' }, ...problems(401, 403, 404, 409) },
    }),
    async (c) => {
      const { name } = c.req.valid('param')
      if (!(await ports.tokens.revoke(name))) throw fault('not-found', { what: 'token', id: name, list: 'GET /v1/tokens' })
      return c.body(null, 204)
    },
  )
}
