import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { hostClock, systemClock } from '../core/clock.ts'
import { identityOf, isAlive, type ProcessIdentity } from '../core/hooks/agent/strays.ts'
import { identityFile } from '../core/hooks/guard/files.ts'
import { type GuardLinkOptions, openGuard } from '../core/hooks/guard/link.ts'
import type { Watch, WatchTarget } from '../core/hooks/guard/watch.ts'
import { silentLog } from '../core/log.ts'

/** For tests: something that looks like a PostgreSQL to whoever wants to end it, and a guard in a folder of its own. */
export interface FakeDatabase {
  member: string
  target: WatchTarget
  /** The backend: a child that works in the folder and could commit. */
  backend: ProcessIdentity
  child: ChildProcess
  alive(): boolean
  /** How it heard SIGINT. */
  interrupted(): boolean
}

export type Guarded = Pick<FakeDatabase, 'member' | 'target'>

export const root = resolve(import.meta.dirname, '..')

/** Listens; on SIGINT it ends with its child, or (`deaf`) goes on. Both processes are called postgres, and work in the folder. */
const script = `
process.title = 'postgres'
const [port, deaf] = process.argv.slice(1)
const child = require('node:child_process').spawn(process.execPath, ['-e', "process.title = 'postgres'; setInterval(() => {}, 1000); process.stdout.write('.')"], { stdio: ['ignore', 'pipe', 'ignore'] })
require('node:http').createServer((_, res) => res.end('yes')).listen(Number(port), '127.0.0.1', () => child.stdout.once('data', () => console.log(child.pid)))
process.on('SIGINT', () => { require('node:fs').writeFileSync('heard', ''); if (!deaf) { child.kill('SIGKILL'); process.exit(0) } })
`

export function openYard() {
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-guard-'))
  const children: ChildProcess[] = []
  const identities: ProcessIdentity[] = []
  return {
    folder,
    freePort,
    /** Ends with the yard, whatever state it is in. */
    mine(identity: ProcessIdentity) {
      identities.push(identity)
    },
    async database(member: string, { deaf = false } = {}): Promise<FakeDatabase> {
      const port = await freePort()
      const data = join(folder, 'data', member)
      mkdirSync(data, { recursive: true })
      const child = spawn(process.execPath, ['-e', script, String(port), ...(deaf ? ['deaf'] : [])], {
        cwd: data,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      children.push(child)
      const backend = identityOf(Number(String((await once(child.stdout as NonNullable<typeof child.stdout>, 'data'))[0])))
      const { pid, startTime } = identityOf(child.pid as number)
      identities.push({ pid, startTime }, backend)
      return {
        member,
        target: { pid, startTime, folder: data, host: '127.0.0.1', port },
        backend,
        child,
        alive: () => isAlive({ pid, startTime }) === 'alive' || isAlive(backend) === 'alive',
        interrupted: () => exists(join(data, 'heard')),
      }
    },
    guard: () => identityFile(folder).read(() => {}),
    close() {
      const guard = identityFile(folder).read(() => {})
      for (const one of guard ? [...identities, guard] : identities) if (isAlive(one) === 'alive') process.kill(one.pid, 'SIGKILL')
      for (const child of children) child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type Yard = ReturnType<typeof openYard>

/** How an agent opens its guard; `url` is where that listens. */
export const linkOptions = (yard: Yard, url: string, databases: readonly Guarded[]): GuardLinkOptions => ({
  agent: 'a',
  folder: yard.folder,
  url,
  members: databases.map(({ member, target: { folder, host, port } }) => ({ member, folder, host, port })),
  command: [process.execPath, join(root, 'cli/main.ts')],
  env: process.env,
  controlToken: 'secret',
  clock: systemClock,
  hostClock,
  log: silentLog,
})

export const openTestGuard = (yard: Yard, url: string, databases: readonly Guarded[], more: Partial<GuardLinkOptions> = {}) =>
  openGuard({ ...linkOptions(yard, url, databases), ...more })

/** A deadline in so many ms; the kill comes `hardMs` after the soft end. */
export const watchOf = ({ member, target }: Guarded, softInMs: number, hardMs = 100, generation = 1): Watch => ({
  member,
  generation,
  softAt: systemClock.monotonic() + softInMs,
  hardAt: systemClock.monotonic() + softInMs + hardMs,
  target,
})

function exists(path: string): boolean {
  try {
    return readFileSync(path) !== null
  } catch {
    return false
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** Polls until it holds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  for (const endsAt = performance.now() + withinMs; ; ) {
    if (await holds()) return
    if (performance.now() > endsAt) throw new Error(`not within ${withinMs} ms: ${what}`)
    await new Promise((go) => setTimeout(go, 5))
  }
}
