import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { app, team } from './emulate.ts'
import type { Fields, PersonOptions } from './types.ts'

/**
 * `local-slack`, a prebuilt program that speaks Socket Mode: `apps.connections.open`, hello, envelopes, acknowledgements.
 * By itself it would listen on every interface. It is a compiled Bun program, and Bun honours a `bunfig.toml` in the working folder:
 * the preload named there confines it to loopback before it listens, and ends it when its standard input ends, so it cannot outlive
 * the test process, not even when that is killed.
 */
const preload = `const serve = Bun.serve
Bun.serve = (options) => serve.call(Bun, { ...options, hostname: '127.0.0.1' })
process.stdin.on('end', () => process.exit(0))
process.stdin.resume()
`

/** Its path, or null where there is no build for this machine (only Linux on x64 has one here). */
export function localSlackProgram(): string | null {
  const require = createRequire(import.meta.url)
  try {
    return require.resolve('local-slack-linux-x64/bin/local-slack')
  } catch {
    return null
  }
}

export interface LocalSlackOptions {
  people: PersonOptions[]
  ids: ReadonlyMap<string, string>
  botToken: string
  appToken: string
  signingSecret: string
}

export type LocalSlack = Awaited<ReturnType<typeof startLocalSlack>>

const startMs = 20_000

export async function startLocalSlack(program: string, { people, ids, botToken, appToken, signingSecret }: LocalSlackOptions) {
  const folder = await mkdtemp(join(tmpdir(), 'local-slack-'))
  const config = {
    workspace: { name: team.name, domain: team.domain, teamId: team.id },
    app: { appId: app.id, botUserId: app.botUserId, botName: app.name, botToken, appToken, signingSecret, mode: 'socket' },
    users: people.map(({ name, realName, tz }) => ({ id: ids.get(name), name, real_name: realName ?? name, tz: tz ?? 'Asia/Tokyo' })),
    // It needs one. Rooms live in emulate; this program is never asked about them.
    channels: [{ id: 'C000000001', name: 'general', members: [...ids.values()] }],
  }
  await writeFile(join(folder, 'config.json'), JSON.stringify(config))
  await writeFile(join(folder, 'preload.js'), preload)
  await writeFile(join(folder, 'bunfig.toml'), 'preload = ["./preload.js"]\n')
  const args = ['--config', 'config.json', '--port', '0', '--base-host', '127.0.0.1', '--files-dir', join(folder, 'files')]
  const child = spawn(program, args, { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] })
  const close = async () => {
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined
    child.kill('SIGKILL')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  const url = await listening(child).catch(async (error: unknown) => {
    await close()
    throw error
  })

  async function post(path: string, body: Fields, token?: string): Promise<Fields> {
    const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) }
    const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    return (await response.json()) as Fields
  }

  return {
    url,
    pid: child.pid as number,
    /** The `ws://` address of one new connection. */
    connect: async () => (await post('/api/apps.connections.open', {}, appToken)).url as string,
    /** Has it send a slash command, or tell that a Home was opened. */
    command: (body: { channel: string; user: string; command: string; text: string }) => post('/_control/command', body),
    openHome: (user: string) => post('/_control/open-home', { user }),
    close,
  }
}

function listening(child: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let output = ''
    const timer = setTimeout(() => fail(new Error(`local-slack did not start: ${output}`)), startMs)
    const read = (chunk: Buffer) => {
      output += chunk.toString()
      const port = /Web API base:\s+http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1]
      if (!port) return
      clearTimeout(timer)
      done(`http://127.0.0.1:${port}`)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('error', fail)
    child.once('exit', () => fail(new Error(`local-slack ended: ${output}`)))
  })
}
