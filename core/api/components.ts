import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Component } from '../catalog/schema.ts'
import { fault } from '../errors.ts'
import type { Switch } from '../journal/journal.ts'
import type { MemberStatus } from '../probes/probe.ts'
import type { Role } from '../runs/run.ts'
import { answerCommand, commandSchema, planSchema } from './commands.ts'
import type { ApiEnv } from './env.ts'
import type { Gate } from './gate.ts'
import type { ApiPorts } from './ports.ts'
import { runDetailSchema } from './runs.ts'
import { body, idParams, idSchema, iso, json, keyHeaders, listOf, pageOf, pageQuery, problems, timeSchema } from './wire.ts'

const statusSchema = z.enum(['pass', 'warn', 'fail', 'unknown'])

export const memberSchema = z
  .object({
    id: z.string(),
    site: z.string().nullable(),
    role: z.enum(['active', 'standby', 'fenced', 'unknown']).openapi({
      description: 'As the member says; unknown while it does not answer, or when another one is active at a newer generation',
    }),
    status: statusSchema,
    generation: z.int().nullable(),
    summary: z.string(),
    since: timeSchema.openapi({ description: 'Since when it has this status' }),
    process: z
      .object({ state: z.enum(['running', 'exited', 'starting', 'stopped']), pid: z.int().nullable(), restarts: z.int().nullable() })
      .nullable()
      .openapi({ description: 'As its agent sees it; null when no agent supervises it' }),
  })
  .openapi('Member')

export const componentSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    topology: z.enum(['active-standby', 'pool']),
    status: statusSchema,
    active: z.string().nullable().openapi({ description: 'The active member, as the journal knows it' }),
    generation: z.int(),
    inSync: z
      .array(z.string())
      .nullable()
      .openapi({ description: 'Standbys that have every acknowledged commit; null where nobody keeps count' }),
    dependsOn: z.array(z.string()),
    owner: z.string().nullable(),
    automation: z.enum(['on', 'off']),
    members: z.array(memberSchema),
  })
  .openapi('Component')

export function memberView(site: string | undefined, status: MemberStatus): z.infer<typeof memberSchema> {
  const process = status.health?.process
  return {
    id: status.member,
    site: site ?? null,
    role: status.role,
    status: status.status,
    generation: status.generation,
    summary: status.summary,
    since: iso(status.since),
    process: process ? { state: process.state, pid: process.pid ?? null, restarts: process.restarts ?? null } : null,
  }
}

/**
 * One word for a component. `fail`: it serves nobody (no member of the pool, or not the active one). `warn`: it serves, but
 * less than it should. `unknown`: nothing fails, and not all is known.
 */
export function componentStatus(
  topology: Component['topology'],
  members: readonly Pick<MemberStatus, 'status' | 'role'>[],
): z.infer<typeof statusSchema> {
  const count = (status: MemberStatus['status']) => members.filter((member) => member.status === status).length
  if (count('pass') === members.length) return topology === 'pool' || members.some((member) => member.role === 'active') ? 'pass' : 'fail'
  if (count('unknown') === members.length) return 'unknown'
  if (topology === 'active-standby') {
    const active = members.find((member) => member.role === 'active' && member.status !== 'unknown')
    if (!active) return count('fail') > 0 ? 'fail' : 'unknown'
    if (active.status === 'fail') return 'fail'
  } else if (count('pass') + count('warn') === 0) return count('fail') > 0 ? 'fail' : 'unknown'
  return count('fail') + count('warn') > 0 ? 'warn' : 'unknown'
}

/** What a member said before the role was given to somebody else is not told any more: nobody is to see two actives where there is one. */
function withoutOldActives(statuses: readonly MemberStatus[]): MemberStatus[] {
  const generations = statuses.flatMap((status) => (status.role === 'active' ? [status.generation ?? 0] : []))
  const newest = Math.max(...generations)
  return statuses.map((status) =>
    status.role === 'active' && (status.generation ?? 0) < newest ? { ...status, role: 'unknown', generation: null } : status,
  )
}

function componentView(
  ports: Pick<ApiPorts, 'status'>,
  component: Component,
  roles: readonly Role[],
  switches: readonly Switch[],
): z.infer<typeof componentSchema> {
  const statuses = withoutOldActives(component.members.map((member) => ports.status.of(member.id)))
  const members = component.members.map((member, at) => ({ member, status: statuses[at] as MemberStatus }))
  const role = roles.find((one) => one.component === component.id)
  const off = switches.some((one) => one.off && (one.scope === 'global' || one.scope === component.id))
  return {
    id: component.id,
    title: component.title || component.id,
    topology: component.topology,
    status: componentStatus(
      component.topology,
      members.map(({ status }) => status),
    ),
    active: role?.active ?? null,
    generation: role?.generation ?? 0,
    inSync: role?.inSync ? [...role.inSync] : null,
    dependsOn: component.dependsOn,
    owner: component.owner ?? null,
    automation: off ? 'off' : 'on',
    members: members.map(({ member, status }) => memberView(member.site, status)),
  }
}

export function componentRoutes(api: OpenAPIHono<ApiEnv>, ports: ApiPorts, gate: Gate): void {
  const tags = ['components']

  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/components',
      tags,
      summary: 'All components, with their members as they are now',
      ...gate.read('viewer'),
      request: { query: z.strictObject(pageQuery) },
      responses: { 200: json(listOf(componentSchema), 'Components, in the order of the configuration'), ...problems(401, 403, 422) },
    }),
    async (c) => {
      const [roles, switches] = await Promise.all([ports.journal.roles(), ports.journal.switches()])
      const { items, next } = pageOf(c.req.valid('query'), ports.catalog.components, (component) => component.id)
      return c.json({ items: items.map((component) => componentView(ports, component, roles, switches)), next }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/v1/components/{id}',
      tags,
      summary: 'One component',
      ...gate.read('viewer'),
      request: { params: idParams },
      responses: { 200: json(componentSchema, 'The component'), ...problems(401, 403, 404) },
    }),
    async (c) => {
      const component = ports.catalog.component(c.req.valid('param').id)
      const [role, switches] = await Promise.all([ports.journal.role(component.id), ports.journal.switches()])
      return c.json(componentView(ports, component, [role], switches), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/v1/components/{id}/actions/{action}',
      tags,
      summary: 'Restart, fail over, ... a component',
      description:
        'Orders a run. With `dryRun` it answers with the plan and touches nothing. What a guard refuses is answered with 409 and its reason.',
      ...gate.write('operator'),
      request: {
        headers: keyHeaders,
        params: z.strictObject({ id: idSchema, action: idSchema.openapi({ example: 'failover' }) }),
        body: body(commandSchema, false),
      },
      responses: {
        200: json(planSchema, 'Dry run: what would be done'),
        202: json(runDetailSchema, 'The run that was ordered'),
        ...problems(400, 401, 403, 404, 408, 409, 413, 422),
      },
    }),
    async (c) => {
      const { id, action } = c.req.valid('param')
      const order = c.req.valid('json')
      const component = ports.catalog.component(id)
      requireMember(ports, component.id, order.member)
      return answerCommand(c, await ports.commands.act(component.id, action, { ...order, by: c.get('who').name }))
    },
  )
}

/** The member, when one is named, has to be of this component. */
export function requireMember(ports: Pick<ApiPorts, 'catalog'>, component: string, member: string | undefined): void {
  if (member !== undefined && ports.catalog.member(member).component.id !== component) {
    throw fault('bad-request', { problems: `member: "${member}" is not a member of ${component}` })
  }
}
