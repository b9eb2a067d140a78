import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { sleep } from '../clock.ts'
import { healthType } from '../hooks/contract.ts'
import type { ApiEnv } from './env.ts'
import type { ApiPorts } from './ports.ts'
import { iso, timeSchema } from './wire.ts'

const storeLimitMs = 1_000

const checkSchema = z.object({
  componentType: z.string(),
  status: z.enum(['pass', 'fail']),
  observedValue: z.number().optional(),
  observedUnit: z.string().optional(),
  output: z.string().optional(),
  time: timeSchema,
})
const healthSchema = z
  .object({
    status: z.enum(['pass', 'fail']),
    version: z.string(),
    serviceId: z.string(),
    role: z.enum(['leader', 'follower']).openapi({ description: 'Of several controllers that share a store, one leads and acts' }),
    checks: z.record(z.string(), z.array(checkSchema)),
  })
  .openapi('Health', { description: 'draft-inadarei-api-health-check' })

/** Our own health hook: no token, and nothing in it that a stranger may not know. It fails when the store does not answer, or takes nothing. */
export function healthRoutes(api: OpenAPIHono<ApiEnv>, ports: ApiPorts): void {
  const content = { [healthType as 'application/health+json']: { schema: healthSchema } }
  api.openapi(
    createRoute({
      method: 'get',
      path: '/health',
      tags: ['health'],
      summary: 'The health of the controller itself',
      security: [],
      responses: {
        200: { description: 'It works', content },
        503: { description: 'Its store does not answer, or cannot be written', content },
      },
    }),
    async (c) => {
      const store = await checkStore(ports)
      const role = (ports.controllers?.leads() ?? true) ? ('leader' as const) : ('follower' as const)
      const health = { status: store.status, version: ports.version, serviceId: 'jidoka', role, checks: { 'store:responseTime': [store] } }
      return c.json(health, store.status === 'pass' ? 200 : 503, { 'content-type': healthType, 'cache-control': 'no-store' })
    },
  )
}

async function checkStore({
  journal,
  clock,
  cannotRecord,
}: Pick<ApiPorts, 'journal' | 'clock' | 'cannotRecord'>): Promise<z.infer<typeof checkSchema>> {
  const began = clock.monotonic()
  const given = new AbortController()
  const problem = await Promise.race([
    journal.lastEvent().then(
      () => (cannotRecord?.() ? 'it cannot be written' : null),
      () => 'it cannot be read',
    ),
    sleep(clock, storeLimitMs, given.signal).then(() => `no answer within ${storeLimitMs} ms`),
  ])
  given.abort()
  const common = {
    componentType: 'datastore',
    observedValue: Math.round(clock.monotonic() - began),
    observedUnit: 'ms',
    time: iso(clock.now()),
  }
  return problem === null ? { ...common, status: 'pass' } : { ...common, status: 'fail', output: problem }
}
