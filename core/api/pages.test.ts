import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { virtualClock } from '../../test/virtual-clock.ts'
import { safePath } from './board.ts'
import { type Fixture, openFixture } from './fixture.ts'

const clock = virtualClock(Date.UTC(2026, 0, 31, 3))
let parent: string
let house: Fixture
let bare: Fixture

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'jidoka-board-'))
  const boardFolder = join(parent, 'board')
  await mkdir(join(boardFolder, 'assets'), { recursive: true })
  await writeFile(join(boardFolder, 'index.html'), '<!doctype html><title>Board</title>')
  await writeFile(join(boardFolder, 'assets/main-8Hx2_aB1.js'), 'export {}')
  await writeFile(join(boardFolder, 'assets/plain.css'), 'body{}')
  await writeFile(join(boardFolder, 'notes.key'), 'not for the web')
  await writeFile(join(parent, 'secret.txt'), 'secret')
  house = await openFixture({ clock, boardFolder })
  bare = await openFixture({ clock })
})
afterAll(async () => {
  await Promise.all([house.close(), bare.close()])
  await rm(parent, { recursive: true })
})

describe('the board', () => {
  test('is served with a policy that lets nothing in from elsewhere, and nothing inline', async () => {
    const answer = await house.api.request('/')
    expect(await answer.text()).toContain('<title>Board</title>')
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    const policy = answer.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
  })

  test('keeps for ever what has its content in its name, and nothing else', async () => {
    const hashed = await house.api.request('/assets/main-8Hx2_aB1.js')
    expect([hashed.headers.get('content-type'), hashed.headers.get('cache-control')]).toEqual([
      'text/javascript; charset=utf-8',
      'public, max-age=31536000, immutable',
    ])
    expect((await house.api.request('/assets/plain.css')).headers.get('cache-control')).toBe('no-cache')
  })

  test.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/..%5csecret.txt',
    '/%00',
    '/%',
    '/assets',
    '/notes.key',
    '/nothing.js',
    '//etc/passwd',
  ])('%s leads nowhere', async (path) => {
    const answer = await house.api.request(`http://localhost${path}`)
    expect(answer.status).toBe(404)
    expect(await answer.text()).not.toContain('secret\n')
  })

  test('a path stays below its folder, whatever it says', () => {
    expect(safePath('/data/board', '/assets/a.js')).toBe('/data/board/assets/a.js')
    expect(safePath('/data/board', '/../board-2/a.js')).toBeNull()
    expect(safePath('/data/board', '/%2e%2e/board')).toBeNull()
  })

  test('that was not built says how to build it', async () => {
    const answer = await bare.api.request('/')
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('npm run build')
    expect((await bare.api.request('/index.html')).status).toBe(404)
  })
})

describe('the page of the API', () => {
  test('needs nothing from elsewhere', async () => {
    const page = await bare.api.request('/docs')
    const text = await page.text()
    expect(text).not.toMatch(/https?:\/\//)
    expect(page.headers.get('content-security-policy')).not.toMatch(/script-src|unsafe-eval|https?:/)
    const script = /src="([^"]+)"/.exec(text)?.[1] as string
    const answer = await bare.api.request(script)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8'])
    expect((await answer.text()).length).toBeGreaterThan(100_000)
  })

  test('reads its script from a folder when there is no package', async () => {
    const folder = join(parent, 'docs')
    await mkdir(folder)
    await writeFile(join(folder, 'openapi-explorer.min.js'), '/* bundled */')
    const bundled = await openFixture({ clock, options: { docsFolder: folder } })
    expect(await (await bundled.api.request('/docs/openapi-explorer.min.js')).text()).toBe('/* bundled */')
    await bundled.close()
  })
})
