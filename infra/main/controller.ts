import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deliverPages, openPager, pageOf } from '../../bots/pager/deliver.ts'
import type { AlertInput } from '../../core/alerts/alert.ts'
import { createApi } from '../../core/api/app.ts'
import type { AgentReport, ApiPorts } from '../../core/api/ports.ts'
import { serve } from '../../core/api/serve.ts'
import { openTokens } from '../../core/api/tokens.ts'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import type { Config } from '../../core/catalog/schema.ts'
import { systemClock } from '../../core/clock.ts'
import { causeChain, problemOf } from '../../core/errors.ts'
import { hookClient } from '../../core/hooks/client.ts'
import { idMint } from '../../core/ids.ts'
import type { Ingested } from '../../core/journal/journal.ts'
import { openJournal } from '../../core/journal/open.ts'
import type { Log } from '../../core/log.ts'
import { lookAtMember } from '../../core/probes/look.ts'
import { watchMembers } from '../../core/probes/watch.ts'
import { systemRandom } from '../../core/random.ts'
import type { AnyAction } from '../../remediation/actions/define.ts'
import { actions } from '../../remediation/actions/registry.ts'
import { createCommands } from '../../remediation/commands.ts'
import { createEngine } from '../../remediation/engine.ts'
import type { Runbook } from '../../remediation/runbook.ts'
import { runbooks } from '../../runbooks/registry.ts'
import { realWorld } from './world.ts'

export interface ControllerOptions {
  config: Config
  /** Data folder: the store, the tokens, the address. */
  data: string
  host: string
  port: number
  /** `sqlite:FILE` or `postgres://...`; default: SQLite in the data folder. */
  store?: string
  /** What control calls carry. */
  controlToken: string
  version: string
  /** Folders of the built board, of the migrations and of the API page, when they do not lie where the source has them. */
  boardFolder: string | null
  migrationsFolder?: string
  docsFolder?: string
  log: Log
  environment(name: string): string | undefined
  /** Where the pager `log` writes. */
  write(line: string): void
}

export interface Controller {
  url: string
  token: string
  close(): Promise<void>
}

/** Everything that one controller is, put together. Fails before it listens when anything that it needs is not there. */
export async function startController(options: ControllerOptions): Promise<Controller> {
  const { config, data, log } = options
  const clock = systemClock
  const random = systemRandom
  const mint = idMint(clock, random)
  await mkdir(data, { recursive: true, mode: 0o700 })
  const tokens = await openTokens({ folder: data, random, clock })
  const journal = await openJournal({ url: options.store ?? `sqlite:${join(data, 'jidoka.db')}`, clock, mint, log, migrationsFolder: options.migrationsFolder })
  const catalog = indexCatalog(config)
  const hooks = hookClient({ token: () => options.controlToken, clock })
  const pagers = config.pagers.map((pager) => openPager(pager, { clock, write: options.write, environment: options.environment }))

  const watch = watchMembers({ catalog, clock, random, hooks, role: (component) => engine.role(component), onAlerts: tell, log })
  const engine = createEngine({
    catalog,
    journal,
    world: realWorld({ catalog, hooks, look: lookAtMember(catalog, { clock, hooks, lastBeat: watch.lastBeat }) }),
    status: watch.status,
    clock,
    log,
    holder: mint('req'),
    runbooks: [...runbooks, ...(config.runbooks as Runbook[])],
    actions: [...actions, ...(config.actions as AnyAction[])],
    onStoreFailure: alarm,
  })

  /** The detector hands over without waiting; whoever has to answer for it waits for `told`. */
  let told: Promise<unknown> = Promise.resolve()
  function tell(alerts: readonly AlertInput[]): void {
    told = ingest(alerts)
    told.catch(() => {}) // alarmed already; the detector tells it again
  }

  async function ingest(alerts: readonly AlertInput[]): Promise<Ingested[]> {
    try {
      const results = await journal.ingest(alerts)
      const component = new Map(alerts.map((alert) => [alert.key, alert.component]))
      for (const { key, result } of results) if (result !== 'repeated' && result !== 'ignored') engine.consider(component.get(key) as string)
      return results
    } catch (error) {
      alarm(error)
      throw error
    }
  }

  /** The store is away: nothing is touched, but somebody hears of it, by a way that needs no store. Once a minute is enough. */
  let alarmedAt = Number.NEGATIVE_INFINITY
  function alarm(error: unknown): void {
    log.error({ err: causeChain(error) }, 'the journal cannot be written or read; nothing is touched until it can')
    if (clock.monotonic() - alarmedAt < 60_000) return
    alarmedAt = clock.monotonic()
    const { title, detail } = problemOf(error)
    const payload = { component: 'jidoka', title: 'Jidoka itself', owner: null, failure: 'failing', members: [], urgency: 'high', evidence: title, reason: detail, tried: [], refused: [] }
    const page = pageOf({ dedupe: `jidoka/store/${Math.floor(clock.now() / 60_000)}`, incident: null, payload })
    for (const pager of pagers) pager.deliver(page).catch((problem) => log.error({ err: causeChain(problem) }, 'a pager failed'))
  }

  async function agentReport(agent: string, report: AgentReport): Promise<void> {
    if (report.event === 'exited') {
      watch.exited(report.member, report.detail, report.pid, `agent:${agent}`)
      await told
    } else {
      await journal.note(`agent.${report.event}`, { component: catalog.member(report.member).component.id }, { agent, member: report.member, detail: report.detail })
      watch.started(report.member)
    }
  }

  const ports: ApiPorts = {
    catalog,
    journal,
    status: watch.status,
    clock,
    log,
    tokens,
    commands: createCommands({ catalog, journal, planner: engine.planner, ownRunbooks: new Set((config.runbooks as Runbook[]).map((runbook) => runbook.id)), wake: engine.consider }),
    ingest,
    beat: watch.beat,
    agentReport,
    boardFolder: options.boardFolder,
    version: options.version,
  }
  const loopback = ['127.0.0.1', 'localhost', '::1'].includes(options.host)
  const api = createApi(ports, { hosts: loopback ? [] : 'any', sessionKey: tokens.sessionKey, docsFolder: options.docsFolder })
  const served = await serve(api, { host: options.host, port: options.port, clock }).catch(async (error) => {
    hooks.close()
    await journal.close()
    throw error
  })
  const pages = deliverPages({ journal, pagers, clock, log })
  await writeFile(join(data, 'address'), `${served.url}\n`, { mode: 0o600 })
  await engine.start()
  watch.start()

  return {
    url: served.url,
    token: tokens.local,
    async close() {
      watch.stop()
      await served.close()
      await engine.stop()
      await pages.stop()
      hooks.close()
      await journal.close()
    },
  }
}
