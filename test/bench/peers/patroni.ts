import { spawn } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { databaseUser } from '../../fleet/host.ts'

/** Patroni, struck by the script of the baselines (`JIDOKA_BASELINES` names their folder). */
export interface PatroniRun {
  what: string
  /** ttl, loop_wait, retry_timeout in seconds. */
  params: string
  sync: boolean
}

const root = resolve(import.meta.dirname, '../../..')
const scriptOf = () =>
  [process.env.JIDOKA_BASELINES, join(root, '../shared/bench/baselines')]
    .filter((folder) => folder !== undefined)
    .map((folder) => join(folder, 'pg-failover.py'))
    .find((path) => existsSync(path))

/** What is not there, and how to get it; null: all is. */
export function patroniMissing(): string | null {
  if (!scriptOf()) return 'patroni: the folder of the baselines is not here; name it in JIDOKA_BASELINES'
  const programs = ['/usr/bin/patroni', '/usr/bin/etcd', '/usr/sbin/haproxy', '/usr/lib/postgresql/15/bin/postgres']
  const missing = programs.filter((path) => !existsSync(path))
  return missing.length > 0
    ? `patroni: ${missing.join(', ')}; apt install patroni etcd-server haproxy postgresql-15 python3-psycopg2`
    : null
}

/** Median seconds, and commits lost over all its rounds. */
export async function patroni(
  { what, params, sync }: PatroniRun,
  runs: number,
  progress: (text: string) => void,
): Promise<Record<string, number>> {
  const name = `patroni ${params} ${what}${sync ? ' synchronous' : ''}`
  progress(`${name}: ${runs} rounds`)
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-patroni-'))
  try {
    chmodSync(folder, 0o777)
    // Its user may not be able to read where we are.
    const script = join(folder, 'pg-failover.py')
    copyFileSync(scriptOf() as string, script)
    chmodSync(script, 0o755)
    const args = [
      script,
      'patroni',
      '--what',
      what,
      '--tight',
      '--params',
      params,
      '--runs',
      String(runs),
      '--dir',
      join(folder, 'run'),
      ...['--lock', join(folder, 'lock')],
      ...(sync ? ['--sync'] : []),
    ]
    const output = await outputOf('/usr/bin/python3', args, folder)
    const seconds = Number(/median ([\d.]+)s/.exec(output)?.[1] ?? Number.NaN)
    if (!Number.isFinite(seconds)) throw new Error(`${name} told no median: ${output.slice(-500)}`)
    progress(`${name}: ${seconds} s`)
    return { [`${name}, s`]: seconds, [`${name}, lost`]: lostOf(output) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** `lost=[1, 0]`, or per side: `lost=[{'acked by old': 3, 'acked by new': 0}]`. */
function lostOf(output: string): number {
  const list = /lost=(\[.*?\])(\s|$)/.exec(output)?.[1] ?? '[]'
  return [...list.matchAll(/\d+/g)].reduce((sum, [count]) => sum + Number(count), 0)
}

function outputOf(program: string, args: readonly string[], cwd: string): Promise<string> {
  const user = databaseUser()
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], ...(user ? { uid: user.uid, gid: user.gid } : {}) })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${program} ended with ${code}: ${output.slice(-1_000)}`)),
    )
  })
}
