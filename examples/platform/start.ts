import { createHash } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type Config, type ConfigInput, configSchema } from '../../core/catalog/schema.ts'
import { fault } from '../../core/errors.ts'
import { answers, endAgent, killAll, pause, spawnAgent, whenAnswering, whenEnded } from './agents.ts'
import { defaultBasePort, exampleConfig, exampleFolder, scriptOf } from './layout.ts'
import { type ExampleMember, membersOf, processesOf } from './members.ts'
import { isStill } from './processes.ts'
import { tokenFile } from './service.ts'
import { type AgentRecord, agentTokenFile, configFile, type ExampleState, openExample, readMarks, readState, writeState } from './state.ts'

export interface StartOptions {
  dataFolder: string
  basePort?: number
  controllerUrl: string
  /** What the controller shows to the hooks of members and agents. */
  controlToken: string
  /** What the agents show to the controller (role `agent`). */
  agentToken: string
  /** One sentence at a time. */
  onProgress?: (text: string) => void
  /** Command line of an agent; by default the script beside this file. */
  agentCommand?: (agent: string, folder: string) => string[]
}

export interface Example {
  config: ConfigInput
  /** Ends agents and members in good order, and leaves nothing behind. */
  stop(): Promise<void>
}

/**
 * Starts the example platform: three agents as processes of their own, which start their members. Agents that an earlier
 * controller left running are used again when nothing has changed. Throws `address-in-use` when a stranger has a port.
 */
export async function startExample(options: StartOptions): Promise<Example> {
  const { dataFolder, basePort = defaultBasePort, controllerUrl, onProgress = () => {} } = options
  const folder = exampleFolder(dataFolder)
  const config = exampleConfig({ basePort, dataFolder })
  const parsed = configSchema.parse(config)
  const members = membersOf(parsed)
  const command =
    options.agentCommand ??
    ((agent: string) => [process.execPath, scriptOf('agent-main'), agent, '--folder', folder, '--controller', controllerUrl])
  prepare(folder, parsed, options)

  const before = readState(folder)
  const state: ExampleState = { basePort, controllerUrl, fingerprint: fingerprintOf(config, options), agents: {} }
  state.agents = await reuse(before, state, parsed, onProgress)
  const { lost } = readMarks(folder)
  const toStart = parsed.agents.filter(({ id }) => !state.agents[id] && !lost.includes(id))
  await clearWay(toStart, members, Object.keys(state.agents))
  if (Object.keys(state.agents).length === 0) forgetEarlierLife(folder)
  for (const { id } of toStart) state.agents[id] = spawnAgent(folder, id, command(id, folder))
  // A lost node keeps its record, so that it can be brought back.
  for (const id of lost) state.agents[id] ??= { command: command(id, folder), pid: 0, startedAt: '' }
  writeState(folder, state)
  for (const { id, url } of toStart) {
    await whenAnswering(folder, id, url, state.agents[id] as AgentRecord)
    onProgress(
      `${id} is up: ${members
        .filter((member) => member.node === id)
        .map((member) => member.id)
        .join(', ')}`,
    )
  }
  for (const node of lost) onProgress(`${node} stays lost: bring it back with jidoka example restore ${node}`)
  await membersAnswer(folder, members, onProgress)
  return { config, stop: () => stopExample(dataFolder) }
}

/** Ends what runs of the example on a data folder, whoever started it. */
export async function stopExample(dataFolder: string): Promise<void> {
  const { folder, state, config } = openExample(dataFolder)
  await Promise.all(Object.values(state.agents).map((record) => endAgent(record)))
  await sweep(membersOf(config))
  const agents = Object.fromEntries(Object.entries(state.agents).map(([id, record]) => [id, { ...record, pid: 0, startedAt: '' }]))
  writeState(folder, { ...state, agents })
}

function prepare(folder: string, config: Config, { controlToken, agentToken }: StartOptions): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(tokenFile(folder), controlToken, { mode: 0o600 })
  writeFileSync(agentTokenFile(folder), agentToken, { mode: 0o600 })
  writeFileSync(configFile(folder), JSON.stringify(config, null, 2))
}

/** No process of it is left: its route, its generations and its fences say nothing about what starts now. */
function forgetEarlierLife(folder: string): void {
  rmSync(join(folder, 'route.json'), { force: true })
  rmSync(join(folder, 'members'), { recursive: true, force: true })
}

function fingerprintOf(config: ConfigInput, { controllerUrl, controlToken, agentToken }: StartOptions): string {
  return createHash('sha256')
    .update(JSON.stringify([config, controllerUrl, controlToken, agentToken]))
    .digest('hex')
}

/** Agents that still run and were started with the same; those started with something else are ended. */
async function reuse(before: ExampleState | null, now: ExampleState, config: Config, onProgress: (text: string) => void) {
  const kept: Record<string, AgentRecord> = {}
  for (const { id, url } of config.agents) {
    const record = before?.agents[id]
    if (!record || !isStill(record)) continue
    if (before?.fingerprint === now.fingerprint && (await answers(url))) {
      kept[id] = record
      onProgress(`${id} still runs (pid ${record.pid}): it is used again`)
    } else {
      onProgress(`${id} runs with another configuration, or does not answer: it is replaced`)
      await endAgent(record)
    }
  }
  return kept
}

/** Members without an agent are ended; a port that is still taken then belongs to somebody else. */
async function clearWay(agents: Config['agents'], members: readonly ExampleMember[], kept: readonly string[]): Promise<void> {
  const concerned = members.filter(({ node }) => !kept.includes(node))
  await sweep(concerned)
  const starting = new Set(agents.map(({ id }) => id))
  const ports = [
    ...agents.map(({ url }) => Number(new URL(url).port)),
    ...concerned.filter(({ node }) => starting.has(node)).map(({ port }) => port),
  ]
  for (const port of ports)
    if (!(await isFree(port))) throw fault('address-in-use', { address: `127.0.0.1:${port} (needed by the example platform)` })
}

async function sweep(members: readonly ExampleMember[]): Promise<void> {
  const left = [...processesOf(members).values()]
  killAll(left)
  await whenEnded(left, 2_000)
}

/** Nobody listens there on loopback. */
export function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** Members that do not come up are named, and left to the control plane: mending them is its work. */
async function membersAnswer(
  folder: string,
  members: readonly ExampleMember[],
  onProgress: (text: string) => void,
  limitMs = 10_000,
): Promise<void> {
  const { broken, lost } = readMarks(folder)
  const expected = members.filter(({ id, node }) => !broken.includes(id) && !lost.includes(node))
  let waiting = expected
  for (const startedAt = performance.now(); waiting.length > 0 && performance.now() - startedAt < limitMs; await pause(20)) {
    const up = await Promise.all(waiting.map(({ url }) => answers(url, 500)))
    waiting = waiting.filter((_, i) => !up[i])
  }
  for (const id of broken) onProgress(`${id} stays broken: mend it with jidoka example restore ${id}`)
  onProgress(waiting.length === 0 ? `${expected.length} processes answer` : `still silent: ${waiting.map(({ id }) => id).join(', ')}`)
}
