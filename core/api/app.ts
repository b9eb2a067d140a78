import { OpenAPIHono } from '@hono/zod-openapi'
import { fault } from '../errors.ts'
import { idMint } from '../ids.ts'
import { systemRandom } from '../random.ts'
import { agentRoutes } from './agents.ts'
import { alertRoutes } from './alerts.ts'
import { boardRoutes } from './board.ts'
import { budgetRoutes } from './budgets.ts'
import { componentRoutes } from './components.ts'
import { controllerRoutes } from './controllers.ts'
import { credentialRoutes } from './credentials.ts'
import { docsRoutes } from './docs.ts'
import type { ApiEnv } from './env.ts'
import { eventRoutes } from './events.ts'
import { checkHost, type Gate, openGate } from './gate.ts'
import { healthRoutes } from './health.ts'
import { incidentRoutes } from './incidents.ts'
import { type LiveLimits, liveLimits, openLive } from './live.ts'
import { maintenanceRoutes } from './maintenance.ts'
import { countIngested, metricRoutes } from './metrics.ts'
import type { ApiPorts } from './ports.ts'
import { answerProblem, describeIssues, noSuchRoute } from './problems.ts'
import { runbookRoutes } from './runbooks.ts'
import { runRoutes } from './runs.ts'
import { openSessions } from './sessions.ts'
import { switchRoutes } from './switches.ts'

export interface ApiOptions {
  /** Names, beside those of loopback, under which it may be asked; `any` when it listens for others. */
  hosts?: readonly string[] | 'any'
  /** Paths that let nobody in without a signature of the sender; they may be asked under any name. */
  signedPaths?: readonly string[]
  /** Signs the cookies of the board; by default a new one, which ends them with the process. `openTokens` has a lasting one. */
  sessionKey?: string
  /** Where openapi-explorer.min.js lies, when the package is not beside us. */
  docsFolder?: string
  bodyLimitBytes?: number
  bodyTimeoutMs?: number
  live?: Partial<LiveLimits>
  /** Routes of the features that stand outside of core. */
  features?: readonly Feature[]
}

/** Adds the routes of one feature. */
export type Feature = (api: Api, gate: Gate) => void

export type Api = OpenAPIHono<ApiEnv>

/** The whole HTTP API, to be served by `serve`, or asked in tests by `app.request()`. */
export function createApi(given: ApiPorts, options: ApiOptions = {}): Api {
  const ingested = new Map<string, number>()
  const ports = { ...given, ingest: countIngested(given.ingest, ingested) }
  const { bodyLimitBytes = 2 ** 20, bodyTimeoutMs = 15_000 } = options
  const mint = idMint(ports.clock, systemRandom)
  const sessions = openSessions(options.sessionKey ?? Array.from({ length: 4 }, () => mint('req')).join(), ports.clock)
  const gate = openGate(ports, { bodyLimitBytes, bodyTimeoutMs, sessions })
  const live = openLive(ports, { ...liveLimits, ...options.live })
  const api: Api = new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (!result.success) throw fault('bad-request', { problems: describeIssues(result.target, result.error.issues) })
    },
  })
  api.onError(answerProblem(ports.log, mint))
  api.notFound((c) => {
    throw noSuchRoute(c)
  })
  api.use(checkHost(options.hosts ?? [], options.signedPaths))
  api.use(async (c, next) => {
    c.header('x-content-type-options', 'nosniff')
    c.header('referrer-policy', 'no-referrer')
    if (c.req.path.startsWith('/v1/')) c.header('cache-control', 'no-store')
    await next()
  })
  componentRoutes(api, ports, gate)
  alertRoutes(api, ports, gate)
  incidentRoutes(api, ports, gate)
  runRoutes(api, ports, gate)
  runbookRoutes(api, ports, gate)
  switchRoutes(api, ports, gate)
  maintenanceRoutes(api, ports, gate)
  budgetRoutes(api, ports, gate)
  agentRoutes(api, ports, gate)
  eventRoutes(api, live, gate)
  controllerRoutes(api, ports, gate)
  credentialRoutes(api, ports, gate, sessions)
  for (const feature of options.features ?? []) feature(api, gate)
  healthRoutes(api, ports)
  metricRoutes(api, ports, gate, live, ingested)
  docsRoutes(api, options.docsFolder ?? null)
  boardRoutes(api, ports.boardFolder, ports.controllers)
  return api
}
