import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import type { IncidentView, RunView } from '../../cli/views.ts'
import { freePort } from '../bench/victim.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import { type WatchedPlatform, watchedPlatform } from '../watched-platform.ts'
import { type Running, run, until } from './harness.ts'

/** A controller as its users start it, on a real PostgreSQL; what it does is seen from where it arrives. */
export interface Controller {
  url: string
  data: string
  up: Running
  get<T>(path: string): Promise<T>
  send(method: string, path: string, body?: object, token?: string): Promise<Response>
  token(): string
}

/** For each test of a file: an empty database, a platform that is watched, and no controller yet. */
export function openStage() {
  const stage = {} as { postgres: TestPostgres; platform: WatchedPlatform; store: string; folder: string }
  const controllers: Pick<Controller, 'up'>[] = []

  beforeAll(async () => {
    stage.postgres = await startPostgres({ own: true })
  }, 120_000)
  afterAll(() => stage.postgres?.stop())
  beforeEach(async () => {
    stage.store = await stage.postgres.database()
    stage.platform = await watchedPlatform()
    stage.folder = mkdtempSync(join(tmpdir(), 'jidoka-controllers-'))
    writeFileSync(join(stage.folder, 'config.json'), JSON.stringify(stage.platform.config))
  })
  afterEach(async () => {
    for (const { up } of controllers.splice(0)) {
      up.child.kill('SIGCONT')
      await up.end('SIGKILL')
    }
    await stage.platform.close()
    rmSync(stage.folder, { recursive: true, force: true })
  })

  async function start(name: string, ...args: string[]): Promise<Controller> {
    const data = join(stage.folder, name)
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const given = [
      'up',
      '--config',
      join(stage.folder, 'config.json'),
      '--data',
      data,
      '--port',
      String(port),
      '--store',
      stage.store,
      ...args,
    ]
    const up = run(given, { JIDOKA_CONTROL_TOKEN: stage.platform.controlToken })
    const token = () => readFileSync(join(data, 'token'), 'utf8').trim()
    const controller: Controller = {
      ...{ url, data, up, token },
      send: (method, path, body, as = token()) =>
        fetch(url + path, {
          ...{ method, headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' }, signal: AbortSignal.timeout(8_000) },
          ...(body ? { body: JSON.stringify(body) } : {}),
        }),
      async get<T>(path: string) {
        const answer = await controller.send('GET', path)
        if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
        return (await answer.json()) as T
      },
    }
    controllers.push(controller)
    await up.says('is up at')
    return controller
  }

  const restarts = () => stage.platform.calls.filter(({ action }) => action === 'restart')
  const renewals = () => stage.platform.calls.filter(({ action }) => action === 'lease')
  /** Each engine names itself in the keys of its renewals. */
  const renewers = () => [...new Set(renewals().map(({ key }) => key.split('/').slice(0, 4).join('/')))]
  /** Somebody is active, so that there is a lease to renew. */
  const settled = () => until('the pair has an active member, whose lease is renewed', () => renewals().length > 2)

  async function two(): Promise<[Controller, Controller]> {
    const a = await start('a')
    const b = await start('b')
    expect([await roleOf(a), await roleOf(b)]).toEqual(['leader', 'follower'])
    await settled()
    return [a, b]
  }

  return Object.assign(stage, { start, restarts, renewals, renewers, settled, two, ends: (up: Running) => void controllers.push({ up }) })
}

export const roleOf = async ({ url }: Controller) => ((await (await fetch(`${url}/health`)).json()) as { role: string }).role
export const incidents = async (at: Controller, query = '') =>
  (await at.get<{ items: IncidentView[] }>(`/v1/incidents?limit=50${query}`)).items
export const runs = async (at: Controller) => (await at.get<{ items: RunView[] }>('/v1/runs?limit=50')).items
