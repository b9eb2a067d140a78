import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Catalog } from '../../catalog/catalog.ts'
import type { Member } from '../../catalog/schema.ts'
import { type Clock, every } from '../../clock.ts'
import { fault } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { Random } from '../../random.ts'
import type { GuardLink } from '../guard/link.ts'
import type { GenerationMemory } from '../kit/gate.ts'
import { type FallbackLimits, startFallback } from './fallback.ts'
import { type Supervised, supervise } from './member.ts'
import { type OutputFile, openOutput } from './output.ts'
import { prepareDatabases } from './postgres/prepare.ts'
import { startReporter } from './reports.ts'
import { serveAgent } from './server.ts'
import { identityOf, isAlive, type MemberState, type ProcessIdentity, stateFile } from './strays.ts'

export interface AgentOptions {
  id: string
  catalog: Catalog
  host: string
  /** 0: any free one. */
  port: number
  /** Asked for by this agent's control hooks; its members get it as JIDOKA_CONTROL_TOKEN. */
  controlToken: string
  /** Whom exits are reported to. Absent: the agent is alone, and restarts its members by itself. */
  controller?: { url: string; token: string; others?: readonly string[] }
  dataFolder: string
  /** The environment that members inherit: `process.env` of the agent. */
  env: Record<string, string | undefined>
  clock: Clock
  random: Random
  log: Log
  /** Closes by itself when it heard of nobody for so long. */
  exitAfterSilenceMs?: number
  fallback?: FallbackLimits
  /** Starts the command line, for the guard of databases: program and arguments before `guard AGENT`. */
  guardCommand?: readonly string[]
  /** Another guard than the process that `guardCommand` starts. */
  guardLink?: GuardLink
}

export interface Agent {
  url: string
  port: number
  /** Ends every member (TERM, KILL) and the server. */
  close(): Promise<void>
  /** Resolves when it is closed, also by silence. */
  closed: Promise<void>
}

const rotateEveryMs = 5_000

/**
 * The host agent: starts the members of the catalogue that name it and have a `process` or are a database, and supervises them.
 * Resolves when each was started, or told why not. Faults: `address-in-use`, `conflict` (another agent uses the folder),
 * `database-unusable`.
 */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { id, clock, random, log, controller } = options
  const owner = takeFolder(options)
  const silence = options.exitAfterSilenceMs === undefined ? null : silenceWatch(clock, options.exitAfterSilenceMs, () => void close())
  const onHeard = () => silence?.heard()
  const reporter = controller ? startReporter({ agent: id, controller, clock, random, log, onHeard }) : null
  const told = (member: string) => ({
    onExit: ({ pid, detail }: { pid: number | null; detail: string }) =>
      reporter?.send({ member, event: 'exited', pid, detail, at: clock.now() }),
    onDown: () => fallback.watch(member),
    onStarted: (pid: number) => reporter?.send({ member, event: 'started', pid, detail: `process ${pid}`, at: clock.now() }),
  })
  const databases = await prepareDatabases(options, told).catch((error) => {
    owner.release()
    throw error
  })
  const members = membersOf(options).map((member) => prepare(options, member, told(member.id)))
  const all = [...members, ...databases.members]
  const fallback = startFallback({ members: all.map(({ member }) => member), reporter, clock, log, limits: options.fallback })
  const stopRotating = every(clock, rotateEveryMs, () => rotateAll(all, log))
  const closed = Promise.withResolvers<void>()
  let server: Awaited<ReturnType<typeof serveAgent>> | null = null
  let closing = false

  async function close(): Promise<void> {
    if (closing) return closed.promise
    closing = true
    silence?.stop()
    fallback.close()
    await server?.close()
    for (const end of await Promise.allSettled(all.map(({ member }) => member.stop()))) {
      if (end.status === 'rejected') log.error({ err: String(end.reason) }, 'a member did not end')
    }
    stopRotating()
    reporter?.close()
    for (const { member, output } of members) {
      member.close()
      output.close()
    }
    await databases.close()
    owner.release()
    log.info({ agent: id }, 'agent closed')
    closed.resolve()
  }

  try {
    server = await serveAgent({ ...options, members, databases: databases.members.map(({ member }) => member), onHeard })
  } catch (error) {
    await close()
    throw error
  }
  if (!existsSync('/proc/self/stat')) {
    log.warn(
      { agent: id },
      'no /proc on this host: processes of an earlier life cannot be proven to be ours, and stopped ones are not seen',
    )
  }
  await Promise.all(all.map(({ member }) => member.boot()))
  return { url: server.url, port: server.port, close, closed: closed.promise }
}

type Supervisable = Member & { process: NonNullable<Member['process']> }

const membersOf = ({ catalog, id }: AgentOptions): Supervisable[] =>
  catalog.components
    .flatMap((component) => component.members)
    .filter((member): member is Supervisable => member.agent === id && member.process !== undefined)

interface Prepared {
  member: Supervised
  output: OutputFile
  generations: GenerationMemory
}

function prepare(
  options: AgentOptions,
  { id, process: spec }: Supervisable,
  told: Pick<Parameters<typeof supervise>[0], 'onExit' | 'onDown' | 'onStarted'>,
): Prepared {
  const { dataFolder, controlToken, clock, log } = options
  const file = stateFile<MemberState>(join(dataFolder, 'members', `${id}.json`))
  const damaged = (problem: string) =>
    log.warn({ member: id, file: file.path, problem }, 'the state of this member is damaged: it begins anew, unfenced, at generation 0')
  const state: MemberState = file.read(damaged) ?? { process: null, generation: 0, fenced: false }
  const output = openOutput(join(dataFolder, 'logs', `${id}.log`))
  const env = { ...options.env, ...spec.env, JIDOKA_CONTROL_TOKEN: controlToken, JIDOKA_MEMBER: id }
  const member = supervise({ id, process: spec, env, outputFd: output.fd, clock, log, state, save: file.write, ...told })
  const generations: GenerationMemory = {
    load: () => state.generation,
    save(generation) {
      file.write({ ...state, generation })
      state.generation = generation
    },
  }
  return { member, output, generations }
}

function rotateAll(members: readonly { member: { id: string }; output: OutputFile }[], log: Log) {
  for (const { member, output } of members) {
    try {
      output.rotate()
    } catch (error) {
      log.warn({ member: member.id, err: String(error) }, 'its output could not be rotated')
    }
  }
}

/** Two agents over one folder would take each other's members for strays. */
function takeFolder({ id, dataFolder }: AgentOptions): { release(): void } {
  const file = stateFile<ProcessIdentity>(join(dataFolder, `agent-${id}.json`))
  const earlier = file.read(() => {})
  if (earlier && isAlive(earlier) === 'alive') {
    throw fault('conflict', {
      problem: `The agent ${id} already runs with ${dataFolder} (process ${earlier.pid}).`,
      hint: 'Stop it first, or give this one its own --data.',
    })
  }
  file.write(identityOf(process.pid))
  return { release: () => rmSync(file.path, { force: true }) }
}

function silenceWatch(clock: Clock, limitMs: number, onSilence: () => void) {
  let heardAt = clock.monotonic()
  let cancel = clock.after(limitMs, look)
  function look() {
    const leftMs = heardAt + limitMs - clock.monotonic()
    if (leftMs <= 0) return onSilence()
    cancel = clock.after(leftMs, look)
  }
  return {
    heard() {
      heardAt = clock.monotonic()
    },
    stop: () => cancel(),
  }
}
