import { createRoute, z } from '@hono/zod-openapi'
import type { Feature } from '../core/api/app.ts'
import { idParams, isoOrNull, json, keyHeaders, problems, timeSchema } from '../core/api/wire.ts'
import { fault } from '../core/errors.ts'
import type { Catalogue } from './say.ts'

/** Who lets guardians run; see infra/main/guardians.ts. */
export interface Keeper {
  /** By guardian: what is known of its last run, and whether it is looking now. */
  state(): Promise<ReadonlyMap<string, { lastRun: string | null; lastAt: number | null; problem: string | null; looking: boolean }>>
  /** When all of them run next, epoch ms; null: they do not run by themselves. */
  nextAt(): number | null
  /** Begins to look now; answers at once. @throws fault `conflict` while it is looking */
  start(guardians: readonly string[], by: string): Promise<{ run: string }>
}

const guardianSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    checks: z.array(
      z.object({
        id: z.string(),
        number: z.int(),
        severity: z.enum(['low', 'medium', 'high']),
        title: z.string(),
        runbook: z.string().nullable(),
      }),
    ),
    lastRun: z.string().nullable(),
    lastAt: timeSchema.nullable(),
    problem: z.string().nullable().openapi({ description: 'Why its last run gave no report; null: it did' }),
    looking: z.boolean(),
    nextAt: timeSchema.nullable(),
  })
  .openapi('Guardian')

export function guardianRoutes({ keeper, guardians }: { keeper: Keeper; guardians: Catalogue }): Feature {
  const tags = ['guardians']
  return (api, gate) => {
    api.openapi(
      createRoute({
        method: 'get',
        path: '/v1/guardians',
        tags,
        summary: 'Guardians, their checks, and when they looked last',
        ...gate.read('viewer'),
        responses: { 200: json(z.object({ items: z.array(guardianSchema) }).openapi('Guardians'), 'All of them'), ...problems(401, 403) },
      }),
      async (c) => {
        const state = await keeper.state()
        const nextAt = isoOrNull(keeper.nextAt())
        const items = guardians.map(({ id, title, checks }) => {
          const { lastRun = null, lastAt = null, problem = null, looking = false } = state.get(id) ?? {}
          return {
            ...{ id, title: title.en, lastRun, lastAt: isoOrNull(lastAt), problem, looking, nextAt },
            checks: checks.map((check) => ({
              ...{ id: check.id, number: check.number, severity: check.severity, title: check.title.en, runbook: check.runbook },
            })),
          }
        })
        return c.json({ items }, 200)
      },
    )

    api.openapi(
      createRoute({
        method: 'post',
        path: '/v1/guardians/{id}/scans',
        tags,
        summary: 'Let one guardian look now',
        description:
          'Answers at once; `GET /v1/guardians` tells when it has looked, `GET /v1/findings` what it found. `all` is every guardian.',
        ...gate.write('responder'),
        request: { params: idParams, headers: keyHeaders },
        responses: {
          202: json(z.object({ run: z.string() }).openapi('ScanStarted'), 'It is looking'),
          ...problems(401, 403, 404, 409, 422),
        },
      }),
      async (c) => {
        const { id } = c.req.valid('param')
        const chosen =
          id === 'all' ? guardians.map((guardian) => guardian.id) : guardians.flatMap((guardian) => (guardian.id === id ? [id] : []))
        if (chosen.length === 0) throw fault('not-found', { what: 'guardian', id, list: 'GET /v1/guardians' })
        return c.json(await keeper.start(chosen, c.get('who').name), 202)
      },
    )
  }
}
