import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { budgetOf, roomAt, type Spent } from '../runs/spend.ts'
import type { ApiEnv } from './env.ts'
import type { Gate } from './gate.ts'
import type { ApiPorts } from './ports.ts'
import { isoOrNull, json, problems, timeSchema } from './wire.ts'

const spanSchema = z.object({ spent: z.int(), limit: z.int() })
const budgetSchema = z
  .object({
    scope: z.string().openapi({ description: '`fleet`, `runbook:ID`, `component:ID` or `member:ID`' }),
    hour: spanSchema,
    day: spanSchema,
    roomAt: timeSchema.nullable().openapi({ description: 'When there is room again; null: there is' }),
  })
  .openapi('Budget')
const budgetsSchema = z.object({
  items: z.array(budgetSchema).openapi({ description: 'The fleet, and whatever was spent from within a day; the fullest first' }),
})

const nothing = (scope: string, now: number): Spent => ({ scope, hour: 0, day: 0, hourFrom: null, dayFrom: now })

/** What automatic runs have cost, and what they may. */
export function budgetRoutes(api: OpenAPIHono<ApiEnv>, { journal, catalog, clock }: ApiPorts, gate: Gate): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/budgets',
      tags: ['automation'],
      summary: 'What automatic runs have spent of their budgets',
      ...gate.read('viewer'),
      responses: { 200: json(budgetsSchema, 'The budgets'), ...problems(401, 403) },
    }),
    async (c) => {
      const spent = await journal.spent()
      const all = spent.some(({ scope }) => scope === 'fleet') ? spent : [nothing('fleet', clock.now()), ...spent]
      const items = all.flatMap((one) => {
        const limits = budgetOf(one.scope, catalog)
        if (!limits) return []
        const hour = { spent: one.hour, limit: limits.perHour }
        const day = { spent: one.day, limit: limits.perDay }
        return [{ scope: one.scope, hour, day, roomAt: isoOrNull(roomAt(one, limits)), full: fullness(hour, day) }]
      })
      return c.json({ items: items.toSorted((a, b) => b.full - a.full).map(({ full: _, ...item }) => item) }, 200)
    },
  )
}

const fullness = (...spans: z.infer<typeof spanSchema>[]) => Math.max(...spans.map(({ spent, limit }) => spent / limit))
