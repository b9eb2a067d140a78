import { writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { pagerDutyPath } from '../../bots/pager/inbound.ts'
import { openPager } from '../../bots/pager/open.ts'
import { slackPath } from '../../bots/slack/path.ts'
import { type Api, createApi, type Feature } from '../../core/api/app.ts'
import type { ApiPorts, TokenStore } from '../../core/api/ports.ts'
import { serve } from '../../core/api/serve.ts'
import { type OpenTokens, openTokens } from '../../core/api/tokens.ts'
import { openSharedTokens, type SharedTokens } from '../../core/api/tokens-shared.ts'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import type { Config } from '../../core/catalog/schema.ts'
import { type Clock, systemClock } from '../../core/clock.ts'
import { fault, problemOf } from '../../core/errors.ts'
import { hookClient } from '../../core/hooks/client.ts'
import { problemType } from '../../core/hooks/contract.ts'
import { idMint, type Mint } from '../../core/ids.ts'
import type { Journal } from '../../core/journal/journal.ts'
import { openStore } from '../../core/journal/open.ts'
import type { Log } from '../../core/log.ts'
import { lookAtMember } from '../../core/probes/look.ts'
import { watchMembers } from '../../core/probes/watch.ts'
import { type Random, systemRandom } from '../../core/random.ts'
import { createCommands } from '../../remediation/commands.ts'
import { createEngine, type EnginePorts, plannerOf } from '../../remediation/engine.ts'
import type { Runbook } from '../../remediation/runbook.ts'
import { storeAlarm } from './alarm.ts'
import { openAwsDoor } from './aws-door.ts'
import { openFixes } from './fixes.ts'
import { inFolder } from './folder.ts'
import { forwarding } from './forward.ts'
import { openIntake } from './intake.ts'
import { isAlive, knowPeers } from './peers.ts'
import { openPeople } from './people.ts'
import { agentReports } from './reports.ts'
import { feedKeyOf, sharedSecret } from './secrets.ts'
import { advertised, openShared } from './shared.ts'
import { openTerms } from './terms.ts'
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
  /** Under which address other controllers, and browsers, reach this one; default: where it listens. */
  advertise?: string
  /** SQLite: waits for the store while another controller has it; `onWait` is called once, when it has to, `signal` ends it. */
  standby?: { onWait(): void; signal: AbortSignal } | undefined
  /** How the configuration is called in errors. */
  configFile: string
  /** For trials: stands between everybody and the store. */
  trap?(journal: Journal): Journal
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

interface Opened {
  journal: Journal
  /** Other controllers may write into it. */
  isShared: boolean
  tokens: SharedTokens | OpenTokens
  feedKey: string
  /** Names us in what we write. */
  id: string
  clock: Clock
  mint: Mint
  random: Random
}

/** All parts of a controller, none of which does anything yet. */
async function assemble(options: ControllerOptions, { journal, isShared, tokens, feedKey, id, clock, mint, random }: Opened) {
  const { config, data, log } = options
  const { runbooks, actions } = unitsOf(config, options.configFile)
  const catalog = indexCatalog(config)
  const hooks = hookClient({ token: () => options.controlToken, clock })
  const pagers = config.pagers.map((pager) => openPager(pager, { clock, write: options.write, environment: options.environment }))
  const store = storeAlarm({ pagers, clock, log })
  let closing = false
  const alarm: typeof store.alarm = (error, alerts) => closing || store.alarm(error, alerts)

  const wake = (component: string) => terms.engine()?.consider(component)
  const intake = openIntake({ journal, clock, log, wake, alarm })
  const door = openAwsDoor({ clock, random, environment: options.environment, accounts: config.guardians.accounts.map(fixing) })
  const role = (component: string) => terms.engine()?.role(component) ?? shared?.role(component)
  const watch = watchMembers({ catalog, clock, random, hooks, role, onAlerts: intake.tell, log })
  const { status } = watch
  const planner = plannerOf({ catalog, status, runbooks, actions })
  const ownRunbooks = new Set((config.runbooks as Runbook[]).map((runbook) => runbook.id))
  const commands = createCommands({ catalog, journal, planner, ownRunbooks, wake })
  const people = await openPeople({
    fix: openFixes({ journal, planner, aws: door.aws, clock, wake }),
    ...{ catalog, journal, status, clock, random, mint, log, commands, pagers, data, feedKey },
    ...{ environment: options.environment, write: options.write },
  })
  const world = realWorld({ catalog, hooks, aws: door.aws, look: lookAtMember(catalog, { clock, hooks, lastBeat: watch.lastBeat }) })
  const makeEngine = (term: Pick<EnginePorts, 'term' | 'mayAct' | 'mayRenew' | 'earlierMs'>) =>
    createEngine({ catalog, journal, world, status, clock, log, holder: mint('req'), runbooks, actions, onStoreFailure: alarm, ...term })
  const terms = openTerms({ makeEngine, people, watch, intake, clock })
  const refreshTokens = 'refresh' in tokens ? tokens.refresh : async () => {}
  const shared = isShared ? openShared({ catalog, journal, id, watch, engine: terms.engine, refreshTokens, clock, log }) : null
  const ports: Omit<ApiPorts, 'controllers'> = {
    ...{ catalog, journal, status, clock, log, tokens, commands, ingest: intake.ingest, beat: watch.beat },
    agentReport: agentReports({ catalog, journal, watch, intake, shared: shared?.reports }),
    cannotRecord: store.lasts,
    boardFolder: options.boardFolder,
    version: options.version,
  }
  return {
    ...{ alarm, watch, intake, people, terms, shared, ports },
    /** What has to be ended, the last one first. */
    ends: [() => journal.close(), () => hooks.close(), door.close, people.close, intake.stop] as (() => unknown)[],
    closing() {
      closing = true
    },
  }
}

/** Everything that one controller is, put together. Fails before it listens when anything that it needs is not there. */
export async function startController(options: ControllerOptions): Promise<Controller> {
  const { data, log, host, port } = options
  const clock = systemClock
  const random = systemRandom
  const mint = idMint(clock, random)
  unitsOf(options.config, options.configFile)
  const own = await inFolder(data, () => openTokens({ folder: data, random, clock }))
  const url = options.store ?? `sqlite:${join(data, 'jidoka.db')}`
  const { journal: stored, leadership } = await openStore({
    ...{ url, clock, mint, random, log, migrationsFolder: options.migrationsFolder },
    ...(options.standby ? { wait: true, ...options.standby } : {}),
  })
  const journal = options.trap?.(stored) ?? stored
  const isShared = !url.startsWith('sqlite:')
  const keys = await keysOf(own, { journal, isShared, data, clock, random })
  const id = `${hostname()}/${mint('req').slice(-8)}`
  const parts = await assemble(options, { journal, isShared, ...keys, id, clock, mint, random })
  const { ends, terms, shared, watch, people } = parts
  const close = async () => {
    parts.closing()
    for (let end = ends.pop(); end; end = ends.pop()) await end()
  }
  let app: { fetch: Api['fetch'] } = starting
  try {
    const served = await serve({ fetch: (...request) => app.fetch(...request) }, { host, port, clock })
    ends.push(() => served.close())
    await inFolder(data, () => writeFile(join(data, 'address'), `${served.url}\n`, { mode: 0o600 }))
    await options.beforeWatch?.({ url: served.url, tokens: keys.tokens })
    const self = { id, url: advertised(served.url, options.advertise), version: options.version }
    const peers = knowPeers({ leadership, url: self.url, clock, ...terms, firing: watch.firing, alarm: parts.alarm, lives: isAlive })
    const api = apiOf(
      { ...parts.ports, controllers: { leads: terms.leads, list: peers.list } },
      people.features,
      keys.tokens.sessionKey,
      options,
    )
    await people.open()
    if (shared) {
      terms.follow()
      await shared.start()
      peers.start(shared.tick)
      ends.splice(-1, 0, peers.stop, shared.news.stop)
      app = { fetch: forwarding(api.fetch, { only: ofTheLeader, leads: terms.leads, leaderUrl: peers.leaderUrl }) }
    }
    const standing = leadership.stand(self, terms.on)
    ends.splice(-1, 0, terms.letGo, () => standing.stop())
    await Promise.race([terms.begun, ...(shared ? [peers.followed] : [])])
    if (!shared) app = api
    watch.start()
    ends.push(watch.stop)
    terms.started()
    return { url: served.url, token: keys.tokens.local, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** With a shared store, whoever is let in by one controller is let in by all. */
async function keysOf(
  own: OpenTokens,
  { journal, isShared, data, clock, random }: Pick<Opened, 'journal' | 'isShared' | 'clock' | 'random'> & { data: string },
): Promise<Pick<Opened, 'tokens' | 'feedKey'>> {
  const feedKey = await feedKeyOf(data, random)
  if (!isShared) return { tokens: own, feedKey }
  const place = `${hostname()}:${data}`
  const sessionKey = await sharedSecret(journal, 'session', own.sessionKey)
  const tokens = await openSharedTokens({ journal, own: { ...own, sessionKey }, folder: data, place, random, clock })
  return { tokens, feedKey: await sharedSecret(journal, 'calendar', feedKey) }
}

/** What only the memory of the leader has, or only it does. */
const ofTheLeader = [/^POST \/v1\/members\/[^/]+\/beats$/, /^POST \/v1\/guardians\/[^/]+\/scans$/, new RegExp(`^POST ${slackPath}$`)]

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
