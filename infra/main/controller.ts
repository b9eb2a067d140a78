import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pagerDutyPath } from '../../bots/pager/inbound.ts'
import { openPager } from '../../bots/pager/open.ts'
import { slackPath } from '../../bots/slack/path.ts'
import { createApi, type Feature } from '../../core/api/app.ts'
import type { ApiPorts, TokenStore } from '../../core/api/ports.ts'
import { serve } from '../../core/api/serve.ts'
import { openTokens } from '../../core/api/tokens.ts'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import type { Config } from '../../core/catalog/schema.ts'
import { sleep, systemClock } from '../../core/clock.ts'
import { fault, problemOf } from '../../core/errors.ts'
import { hookClient } from '../../core/hooks/client.ts'
import { problemType } from '../../core/hooks/contract.ts'
import { idMint } from '../../core/ids.ts'
import { openJournal } from '../../core/journal/open.ts'
import type { Log } from '../../core/log.ts'
import { lookAtMember } from '../../core/probes/look.ts'
import { watchMembers } from '../../core/probes/watch.ts'
import { systemRandom } from '../../core/random.ts'
import { createCommands } from '../../remediation/commands.ts'
import { createEngine } from '../../remediation/engine.ts'
import type { Runbook } from '../../remediation/runbook.ts'
import { storeAlarm } from './alarm.ts'
import { openAwsDoor } from './aws-door.ts'
import { openFixes } from './fixes.ts'
import { inFolder } from './folder.ts'
import { openIntake } from './intake.ts'
import { openPeople } from './people.ts'
import { agentReports } from './reports.ts'
import { feedKeyOf } from './secrets.ts'
import { unitsOf } from './units.ts'
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
  /** How the configuration is called in errors. */
  configFile: string
  /**
   * Called when the store and the address are ours, before anything is heard, looked at or touched: what is to be watched may
   * be started here, and never belongs to another controller.
   */
  beforeWatch?(taken: { url: string; tokens: TokenStore }): Promise<void>
}

export interface Controller {
  url: string
  token: string
  close(): Promise<void>
}

/** A run that goes on for longer when it closes is taken up by the next start, as after a crash. */
const closesWithinMs = 3_000

/** Everything that one controller is, put together. Fails before it listens when anything that it needs is not there. */
export async function startController(options: ControllerOptions): Promise<Controller> {
  const { config, data, log } = options
  const clock = systemClock
  const random = systemRandom
  const mint = idMint(clock, random)
  const { runbooks, actions } = unitsOf(config, options.configFile)
  const tokens = await inFolder(data, () => openTokens({ folder: data, random, clock }))
  const url = options.store ?? `sqlite:${join(data, 'jidoka.db')}`
  const journal = await openJournal({ url, clock, mint, log, migrationsFolder: options.migrationsFolder })
  const catalog = indexCatalog(config)
  const hooks = hookClient({ token: () => options.controlToken, clock })
  const pagers = config.pagers.map((pager) => openPager(pager, { clock, write: options.write, environment: options.environment }))
  const store = storeAlarm({ pagers, clock, log })
  let closing = false
  const alarm: typeof store.alarm = (error, alerts) => closing || store.alarm(error, alerts)

  const intake = openIntake({ journal, clock, log, wake: (component) => engine.consider(component), alarm })
  const door = openAwsDoor({ clock, random, environment: options.environment, accounts: config.guardians.accounts.map(fixing) })
  const watch = watchMembers({ catalog, clock, random, hooks, role: (component) => engine.role(component), onAlerts: intake.tell, log })
  const engine = createEngine({
    catalog,
    journal,
    world: realWorld({ catalog, hooks, aws: door.aws, look: lookAtMember(catalog, { clock, hooks, lastBeat: watch.lastBeat }) }),
    ...{ status: watch.status, clock, log, holder: mint('req'), runbooks, actions },
    onStoreFailure: alarm,
  })

  const ownRunbooks = new Set((config.runbooks as Runbook[]).map((runbook) => runbook.id))
  const commands = createCommands({ catalog, journal, planner: engine.planner, ownRunbooks, wake: engine.consider })
  const fix = openFixes({ journal, planner: engine.planner, aws: door.aws, clock, wake: engine.consider })
  const people = await openPeople({
    fix,
    ...{ catalog, journal, status: watch.status, clock, random, mint, log, commands, pagers, data, feedKey: await feedKeyOf(data, random) },
    ...{ environment: options.environment, write: options.write },
  })
  const ports: ApiPorts = {
    catalog,
    journal,
    status: watch.status,
    clock,
    log,
    tokens,
    commands,
    ingest: intake.ingest,
    beat: watch.beat,
    agentReport: agentReports({ catalog, journal, watch, intake }),
    cannotRecord: store.lasts,
    boardFolder: options.boardFolder,
    version: options.version,
  }
  const api = apiOf(ports, people.features, tokens.sessionKey, options)
  /** What has to be ended, the last one first. */
  const ends: (() => unknown)[] = [
    () => journal.close(),
    () => hooks.close(),
    door.close,
    intake.stop,
    () => Promise.race([engine.stop(), sleep(clock, closesWithinMs)]),
  ]
  const close = async () => {
    closing = true
    for (let end = ends.pop(); end; end = ends.pop()) await end()
  }
  let app: Pick<typeof api, 'fetch'> = starting
  try {
    const served = await serve({ fetch: (...request) => app.fetch(...request) }, { host: options.host, port: options.port, clock })
    ends.push(() => served.close())
    await inFolder(data, () => writeFile(join(data, 'address'), `${served.url}\n`, { mode: 0o600 }))
    await options.beforeWatch?.({ url: served.url, tokens })
    ends.splice(3, 0, people.stop)
    await people.start()
    app = api
    await engine.start()
    watch.start()
    ends.push(watch.stop)
    return { url: served.url, token: tokens.local, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** A role that only looks changes nothing: fixes have one of their own. */
const fixing = ({ account, fixRoleArn: roleArn, externalId }: Config['guardians']['accounts'][number]) => ({ account, roleArn, externalId })

/** Answers until the controller can: whoever reports something keeps it, and tells it again. */
const starting = {
  fetch(request: Request) {
    const problem = problemOf(fault('unreachable', { url: new URL(request.url).origin, problem: 'it is starting' }))
    return Response.json(problem, { status: problem.status, headers: { 'content-type': problemType, 'retry-after': '1' } })
  },
}

const loopbackNames = ['127.0.0.1', 'localhost', '::1']

function apiOf(ports: ApiPorts, features: readonly Feature[], sessionKey: string, { host, docsFolder }: ControllerOptions) {
  const hosts = loopbackNames.includes(host) ? [] : 'any'
  return createApi(ports, { hosts, sessionKey, docsFolder, features, signedPaths: [slackPath, pagerDutyPath] })
}
