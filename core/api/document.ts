import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiEnv } from './env.ts'

const description = `Detects, mends, verifies, and pulls the cord for a human only when that fails. All that a person can do, this API can.

Times are ISO 8601 in UTC. Lists are pages: \`limit\` (1 to 200, 50 by default), \`after\`, \`next\`. Writes take \`Idempotency-Key\`:
the same key from the same token on the same path within 24 hours gets the first answer again (kept in memory, the newest
10,000; another body with it is refused with 422). Errors are RFC 9457 problem documents with a stable \`code\`.
Roles: viewer, responder, operator, admin, each may what the ones before it may; and agent.`

/** The OpenAPI 3.1 document of an app. */
export function documentOf(api: OpenAPIHono<ApiEnv>): object {
  const registry = api.openAPIRegistry
  if (!registry.definitions.some((one) => one.type === 'component')) {
    registry.registerComponent('securitySchemes', 'bearer', {
      type: 'http',
      scheme: 'bearer',
      description: 'The local one lies in the data folder (.jidoka/token)',
    })
    registry.registerComponent('securitySchemes', 'cookie', {
      type: 'apiKey',
      in: 'cookie',
      name: 'jidoka_session',
      description: 'The cookie of the board, from POST /v1/session',
    })
  }
  return api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Jidoka', version: '1', description, license: { name: 'MIT', url: 'https://spdx.org/licenses/MIT' } },
    servers: [{ url: '/' }],
  })
}
