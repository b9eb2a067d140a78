import { rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { constants, setPriority } from 'node:os'
import { type Clock, every } from '../../clock.ts'
import { fault } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { killDatabase } from '../agent/postgres/kill.ts'
import { identityOf, isAlive } from '../agent/strays.ts'
import { createDuty } from './duty.ts'
import { identityFile, settingsFile, socketOf } from './files.ts'
import { serveGuard } from './server.ts'
import type { GuardedMember, Watch } from './watch.ts'
import { type Event, onLines, protocol, type Request, refusal, writeLine } from './wire.ts'

export interface GuardOptions {
  agent: string
  /** The agent's. */
  folder: string
  controlToken: string
  /** With the host's monotonic time: `hostClock`. */
  clock: Clock
  log: Log
}

export interface Guard {
  url: string
  /** Ends when nothing is armed any more. */
  close(): void
  closed: Promise<void>
}

const idleLookMs = 250

/**
 * The guard of an agent: a process of its own that ends the agent's databases when the agent does not move their deadlines,
 * because it is frozen, dead, or busy. It outlives the agent, and ends by itself when it has nothing to do.
 * Faults: `conflict` (there is one already), `address-in-use`, `not-found` (no settings).
 */
export async function startGuard({ agent, folder, controlToken, clock, log }: GuardOptions): Promise<Guard> {
  const settings = settingsFile(folder).read(() => {})
  if (settings?.agent !== agent)
    throw fault('not-found', { what: 'guard of an agent in this folder', id: agent, list: 'the agent starts it itself' })
  const owner = identityFile(folder)
  const earlier = owner.read(() => {})
  if (earlier && earlier.pid !== process.pid && isAlive(earlier) === 'alive')
    throw fault('conflict', { problem: `The agent ${agent} has a guard already (process ${earlier.pid}).`, hint: 'It is enough.' })
  const members = new Map(settings.members.map((member) => [member.member, member]))
  const agents = new Set<Socket>()
  /** The newest generation that each member was fenced at. */
  const fenced = new Map<string, number>()
  const duty = createDuty({
    clock,
    log,
    interrupt: ({ target }) => interrupt(target),
    runs: ({ target }) => isAlive(target) === 'alive',
    kill: (target, scope) => killDatabase(target, { clock, scope }),
    fencedAt: (member) => fenced.get(member) ?? 0,
    onEnding: (watch, why) => tell(agents, { event: 'ending', watch, why }),
  })
  // Whoever has the port is the only one: so this comes first.
  const http = await serveGuard({ agent, url: settings.url, host: settings.host, folder, controlToken, clock, log, members, fenced, duty })
  owner.write(identityOf(process.pid))
  const closed = Promise.withResolvers<void>()
  let idleSince = clock.monotonic()
  let closing = false
  const socket = await listen(folder, (peer) => {
    agents.add(peer)
    peer.on('error', () => {}) // 'close' follows
    peer.on('close', () => {
      agents.delete(peer)
      idleSince = clock.monotonic()
    })
    onLines(peer, (line) => {
      const request = line as Request
      try {
        carryOut(request)
        writeLine(peer, { id: request.id, ok: true })
      } catch (error) {
        writeLine(peer, refusal(request.id, error))
      }
    })
  })

  function carryOut(request: Request): void {
    switch (request.op) {
      case 'hello':
        closing = false
        greet(request, { agent, url: settings?.url ?? '' }, members)
        break
      case 'arm':
        if (request.again) duty.restore(request.watch)
        else duty.arm(request.watch)
        break
      case 'disarm':
        duty.disarm(request.member, request.target)
        break
      case 'bye':
        closing = true
        break
      case 'ping':
        break
    }
  }

  const stopLooking = every(clock, idleLookMs, () => {
    const idle = agents.size === 0 && clock.monotonic() - idleSince >= settings.idleMs
    if (duty.count() === 0 && (closing || idle)) void end(closing ? 'it was told to' : 'no agent has been here')
  })
  async function end(why: string) {
    stopLooking()
    duty.close()
    for (const peer of agents) peer.destroy()
    socket.close()
    await http.close()
    for (const path of [socketOf(folder), owner.path]) rmSync(path, { force: true })
    log.info({ agent, why }, 'guard ends')
    closed.resolve()
  }

  standOut(log)
  log.info({ agent, url: http.url, members: [...members.keys()] }, 'guard listens')
  return {
    url: http.url,
    close() {
      closing = true
    },
    closed: closed.promise,
  }
}

type Hello = Extract<Request, { op: 'hello' }>

/** A guard of another configuration is replaced by the agent; what it keeps until then is kept. */
function greet(hello: Hello, own: { agent: string; url: string }, members: Map<string, GuardedMember>): void {
  if (hello.protocol !== protocol || hello.agent !== own.agent || hello.url !== own.url)
    throw fault('conflict', {
      problem: `This guard is of the agent ${own.agent}, at ${own.url}, protocol ${protocol}.`,
      hint: 'Start another one.',
    })
  members.clear()
  for (const member of hello.members) members.set(member.member, member)
}

function tell(agents: ReadonlySet<Socket>, event: Event): void {
  for (const peer of agents) writeLine(peer, event)
}

function interrupt({ pid, startTime }: Watch['target']): void {
  if (isAlive({ pid, startTime }) !== 'alive') return
  try {
    process.kill(pid, 'SIGINT')
  } catch {
    // It ended in this moment, or is not ours: the kill at the hard deadline says so.
  }
}

async function listen(folder: string, onAgent: (peer: Socket) => void): Promise<Server> {
  const path = socketOf(folder)
  // Left behind by a guard that was killed; nobody listens there, or we would not have got the port.
  rmSync(path, { force: true })
  const server = createServer(onAgent)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => resolve())
  })
  return server
}

/** On a host that has no time or memory left, the guard is needed most. Best effort: needs privileges. */
function standOut(log: Log): void {
  for (const step of [() => setPriority(constants.priority.PRIORITY_HIGH), () => writeFileSync('/proc/self/oom_score_adj', '-900')]) {
    try {
      step()
    } catch (error) {
      log.debug({ err: String(error) }, 'has no right to stand out')
    }
  }
}
