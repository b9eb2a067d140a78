import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Clock, systemClock } from '../../clock.ts'
import { causeChain, fault } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { type Health, healthType, type MemberRole } from '../contract.ts'
import { type ControlOrder, createGate, type GenerationMemory, type Outcome } from './gate.ts'
import { type HealthOptions, healthReader } from './health.ts'
import { type HookAnswer, type HookHandler, type HookRequest, jsonAnswer, nodeRequest, pathOnly, problemAnswer, sendNode } from './http.ts'
import { createRoles, detailsOf, type HookCallback, isRoleAction, refused, roleActions } from './roles.ts'

export interface KitOptions extends HealthOptions {
  serviceId: string
  version?: string
  /** The bearer token of the control hook. Absent or empty: every control call is refused. */
  token: string | undefined
  /** Keeps a role: starts as standby; promote, demote, fence, unfence and lease are known. */
  roles?: boolean
  /**
   * Callbacks per action. Must bear being called again: `demote` and `fence` are called even when the role is that already.
   * `restart` must end the process; the answer has left by then. `lease` may refuse: then the lease is not prolonged. Any other
   * name is an action of the service's own.
   */
  on?: Partial<Record<string, HookCallback>>
  /** How long before the end of a role lease the service steps down, so that it is done by then; 0. */
  endsEarlyMs?: (leaseMs: number) => number
  /** `restart` is an action like any other, answered when it is done: it does not end the process that answers. */
  outlivesRestart?: boolean
  /** Fenced in an earlier life: it begins as such. */
  fenced?: boolean
  /** Where the hooks live, when not at the root: `/ops`. */
  base?: string
  /** The process behind the hooks, where that is another one than ours. */
  process?: () => Health['process']
  /** Keeps the newest generation over a restart; without it the process forgets what it saw. */
  generations?: GenerationMemory
  /** How long a body may take; 5 s. */
  bodyLimitMs?: number
  clock?: Clock
  log?: Pick<Log, 'warn' | 'error'>
}

/** Both hooks of a service. */
export interface Kit extends HookHandler {
  /** True while this member may act as the active one. Cheap: ask it in front of every write. Always false without `roles`. */
  isActive(): boolean
  /** `unknown` without `roles`. */
  role(): MemberRole
  /** The newest generation seen; 0 while none was. */
  generation(): number
  health(): Promise<Health>
  /** The service cannot be active any more: it steps down in this tick, and `on.demote` is called with the cause `lost`. */
  release(): void
}

/** How long the answer to `restart` may take to leave before the process ends. */
const restartDelayMs = 50

/**
 * The health hook and the control hook for a Node service:
 *
 *     const hooks = createHooks({ serviceId: 'polaris-1', token: process.env.JIDOKA_CONTROL_TOKEN, roles: true })
 *     const handled = nodeHooks(hooks)
 *     createServer((req, res) => handled(req, res) || serve(req, res))
 */
export function createHooks(options: KitOptions): Kit {
  const { serviceId, on = {}, clock = systemClock, log, base = '' } = options
  const life = `${process.pid}-${clock.now().toString(36)}`
  const roles = options.roles ? createRoles({ ...options, member: serviceId, life, clock, on, generation: () => gate.generation() }) : null
  const known = [...new Set([...(roles ? roleActions : []), ...Object.keys(on)])]
  const restarts = restartOperations({ serviceId, life: `restart-${life}`, clock, log, end: on.restart })
  const gate = createGate({ ...options, member: serviceId, clock, known: () => known, act })
  const read = healthReader(options, clock)

  async function act(order: ControlOrder): Promise<Outcome> {
    if (roles && isRoleAction(order.action)) return roles.act(order)
    if (order.action === 'restart' && !options.outlivesRestart) return restarts.begin(order)
    const target = done[order.action] ?? `what "${order.action}" asks`
    try {
      const details = detailsOf(await on[order.action]?.({ ...order, cause: 'order', grant: null }))
      return { ...details, ...(roles ? { role: roles.role() } : {}), generation: order.generation }
    } catch (error) {
      throw refused(serviceId, target, error)
    }
  }

  async function health(): Promise<Health> {
    const { status, ...part } = await read()
    return {
      status,
      ...(options.version === undefined ? {} : { version: options.version }),
      serviceId,
      ...(roles ? { role: roles.role() } : {}),
      generation: gate.generation(),
      ...(roles ? { stamp: roles.stamp() } : {}),
      ...(options.process ? { process: options.process() } : {}),
      ...part,
    }
  }

  function routeOf(method: string, path: string): { name: 'health' | 'active' } | { name: 'control' | 'operation'; id: string } | null {
    const whole = pathOnly(path)
    if (!whole.startsWith(`${base}/`)) return null
    const local = whole.slice(base.length)
    const reads = method === 'GET' || method === 'HEAD'
    if (reads && local === '/health') return { name: 'health' }
    if (reads && local === '/health/active') return { name: 'active' }
    const [, operation] = /^\/control\/operations\/([^/]+)$/.exec(local) ?? []
    if (reads && operation !== undefined) return { name: 'operation', id: operation }
    const [, action] = /^\/control\/([^/]+)$/.exec(local) ?? []
    return method === 'POST' && action !== undefined ? { name: 'control', id: decoded(action) } : null
  }

  async function handle(request: HookRequest): Promise<HookAnswer | null> {
    const route = routeOf(request.method, request.path)
    if (route === null) return null
    try {
      switch (route.name) {
        case 'health': {
          const now = await health()
          return jsonAnswer(now.status === 'fail' ? 503 : 200, now, healthType)
        }
        case 'active':
          if (roles?.isActive())
            return jsonAnswer(200, { status: 'pass', serviceId, role: 'active', generation: gate.generation() }, healthType)
          return problemAnswer(fault('not-active', { member: serviceId }), 503)
        case 'operation':
          gate.authorize(request)
          return restarts.read(route.id)
        case 'control':
          return await gate.control(request, route.id)
      }
    } catch (error) {
      return problemAnswer(error)
    }
  }

  return {
    owns: (method, path) => routeOf(method, path) !== null,
    handle,
    isActive: () => roles?.isActive() ?? false,
    role: () => roles?.role() ?? 'unknown',
    generation: gate.generation,
    health,
    release: () => roles?.release(),
  }
}

/** How a refusal of these reads: "refused to become drained". */
const done: Record<string, string> = { drain: 'drained', resume: 'resumed', throttle: 'throttled' }

/**
 * A restart is answered before it happens. Its operation names this life of the process: the same life says `accepted`, or what
 * went wrong; the next life says `done`, since it is what was asked for.
 */
function restartOperations({
  serviceId,
  life,
  clock,
  log,
  end,
}: {
  serviceId: string
  life: string
  clock: Clock
  log: KitOptions['log']
  end?: HookCallback
}) {
  const operation = `/control/operations/${life}`
  let problem: unknown = null
  return {
    async begin(order: ControlOrder): Promise<Outcome> {
      problem = null
      clock.after(restartDelayMs, () => {
        Promise.resolve()
          .then(() => end?.({ ...order, cause: 'order', grant: null }))
          .catch((error) => {
            problem = refused(serviceId, 'restarted', error)
            log?.error({ serviceId, err: causeChain(error) }, 'restart failed')
          })
      })
      return { status: 'accepted', operation }
    },
    read(id: string): HookAnswer {
      if (!id.startsWith('restart-')) throw fault('not-found', { what: 'operation', id, list: 'POST control/restart' })
      if (id !== life) return jsonAnswer(200, { status: 'done' })
      return problem === null ? jsonAnswer(202, { status: 'accepted', operation }) : problemAnswer(problem)
    },
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** For `node:http`: true when the request was a hook's, and will be answered. */
export const nodeHooks =
  (kit: HookHandler) =>
  (request: IncomingMessage, response: ServerResponse): boolean => {
    const asked = nodeRequest(request)
    if (!kit.owns(asked.method, asked.path)) return false
    void kit.handle(asked).then((answer) => answer && sendNode(response, answer))
    return true
  }

/** Express middleware; before or after a body parser. */
export function expressHooks(kit: HookHandler) {
  const handled = nodeHooks(kit)
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    if (!handled(request, response)) next()
  }
}

/** The part of hono's context that is needed. */
interface HonoLike {
  req: { method: string; path: string; raw: Request; text(): Promise<string> }
}

/** Hono middleware: `app.use(honoHooks(kit))`. */
export function honoHooks(kit: HookHandler) {
  // biome-ignore lint/suspicious/noConfusingVoidType: hono's own type of a middleware
  return async (c: HonoLike, next: () => Promise<void>): Promise<Response | void> => {
    const { method, path, raw } = c.req
    // hono keeps a body that an earlier middleware took.
    const body = (limitBytes: number) => (raw.bodyUsed ? c.req.text() : readStream(raw, limitBytes))
    const answer = await kit.handle({ method, path, headers: raw.headers, body })
    if (!answer) return next()
    return new Response(method === 'HEAD' ? null : answer.body, { status: answer.status, headers: answer.headers })
  }
}

async function readStream(request: Request, limitBytes: number): Promise<string> {
  if (Number(request.headers.get('content-length')) > limitBytes) throw fault('body-too-large', { limitBytes })
  const parts: Uint8Array[] = []
  let size = 0
  const reader = request.body?.getReader()
  for (;;) {
    const piece = await reader?.read()
    if (!piece || piece.done) return Buffer.concat(parts).toString()
    size += piece.value.length
    // Not cancelled: under Node that would cut the connection before the answer is out.
    if (size > limitBytes) throw fault('body-too-large', { limitBytes })
    parts.push(piece.value)
  }
}
