import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startPostgres } from '../postgres.ts'
import { watchedPlatform } from '../watched-platform.ts'
import { type Bench, median } from './report.ts'
import { freePort } from './victim.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const bundle = here('../../dist/jidoka.js')
const source = here('../../cli/main.ts')
const limitMs = 30_000

/** Milliseconds from `kill -9` of the leader to the first word of the other one to a member. */
async function takeover(store: string | null): Promise<number> {
  const platform = await watchedPlatform()
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-bench-'))
  writeFileSync(join(folder, 'config.json'), JSON.stringify(platform.config))
  const running: ChildProcess[] = []
  const renewals = () => platform.calls.filter(({ action }) => action === 'lease')
  /** Each engine names itself in the keys of its renewals. */
  const renewerOf = (key: string) => key.split('/').slice(0, 4).join('/')
  const until = async (what: () => boolean) => {
    for (const from = performance.now(); !what(); await pause(1)) if (performance.now() - from > limitMs) throw new Error(`never: ${what}`)
  }
  async function start(name: string, ...args: string[]): Promise<ChildProcess> {
    const port = String(await freePort())
    const given = ['up', '--config', join(folder, 'config.json'), '--data', join(folder, name), '--port', port]
    const child = spawn(
      process.execPath,
      [existsSync(bundle) ? bundle : source, ...given, '--store', store ?? `sqlite:${join(folder, 'jidoka.db')}`, ...args],
      { env: { ...process.env, JIDOKA_CONTROL_TOKEN: platform.controlToken }, stdio: ['ignore', 'pipe', 'ignore'] },
    )
    running.push(child)
    let said = ''
    child.stdout?.on('data', (text) => {
      said += text
    })
    await until(() => /is up at|waits/.test(said))
    return child
  }
  try {
    const first = await start('a')
    await until(() => renewals().length > 1)
    await start('b', ...(store === null ? ['--standby'] : []))
    // The second one has looked at everything, and its connections are warm.
    await pause(1_500)
    const before = renewerOf(renewals().at(-1)?.key as string)
    const from = performance.now()
    first.kill('SIGKILL')
    await until(() => renewals().some(({ key }) => renewerOf(key) !== before))
    return (renewals().find(({ key }) => renewerOf(key) !== before)?.at as number) - from
  } finally {
    for (const child of running) child.kill('SIGKILL')
    await platform.close()
    await pause(50)
    rmSync(folder, { recursive: true, force: true })
  }
}

export const takeoverBench: Bench = {
  name: 'takeover',
  summary: 'kill -9 of the controller that leads -> the first action of the other, ms, on PostgreSQL and on SQLite',
  async run({ runs = 10, progress }) {
    const postgres = await startPostgres()
    const onPostgres: number[] = []
    const onSqlite: number[] = []
    try {
      for (let round = 1; round <= runs; round++) {
        onPostgres.push(await takeover(await postgres.database()))
        onSqlite.push(await takeover(null))
        progress(`round ${round} of ${runs}: PostgreSQL ${onPostgres.at(-1)?.toFixed(0)} ms, SQLite ${onSqlite.at(-1)?.toFixed(0)} ms`)
      }
    } finally {
      await postgres.stop()
    }
    return {
      figures: {
        postgresMedianMs: median(onPostgres),
        postgresWorstMs: Math.max(...onPostgres),
        sqliteMedianMs: median(onSqlite),
        sqliteWorstMs: Math.max(...onSqlite),
      },
      ratios: {},
      peers: {},
      absent: [],
      targets: { postgresMedianMs: 100, sqliteMedianMs: 200 },
    }
  },
}
