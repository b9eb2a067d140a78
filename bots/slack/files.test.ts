import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import { silentLog } from '../../core/log.ts'
import { openWorkspace } from '../../test/slack/workspace.ts'
import { type fileLimits, openFiles, type SharedFile, safeName } from './files.ts'
import { openWeb } from './web.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function begin(limits: Partial<typeof fileLimits> = {}) {
  const workspace = await openWorkspace({ mode: 'http', channels: [{ name: 'ops' }] })
  open.push(workspace.close)
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-files-'))
  open.push(() => rmSync(folder, { recursive: true }))
  const fetch = workspace.clientOptions.fetch as never
  const web = openWeb({ token: workspace.botToken, apiUrl: workspace.apiUrl, fetch, clock: systemClock, log: silentLog })
  const files = openFiles({ web, folder, log: silentLog, limits })
  const share = async (name: string, content: string | Buffer) => {
    const message = await workspace.as('aki').message('ops', 'look', { file: { name, content } })
    return (message.files as SharedFile[])[0] as SharedFile
  }
  return { workspace, folder, share, keep: (...shared: SharedFile[]) => files.keep({ id: 'and_1' }, shared) }
}

test('a file is kept for its owner alone, and once', async () => {
  const { workspace, folder, share, keep } = await begin()
  const file = await share('graph.png', Buffer.from('picture'))
  const [kept] = await keep(file)
  expect(kept).toEqual({ name: 'graph.png', path: `files/and_1/${file.id}-graph.png`, bytes: 7 })
  expect(readFileSync(join(folder, kept?.path as string), 'utf8')).toBe('picture')
  expect(statSync(join(folder, kept?.path as string)).mode & 0o777).toBe(0o600)
  expect(await keep(file)).toEqual([kept])
  expect(workspace.count('file')).toBe(1)
})

test('what is too large, too many or not there is left in Slack, and nothing is left half', async () => {
  const { folder, share, keep } = await begin({ bytes: 10, perAndon: 2 })
  const large = await share('large.txt', 'x'.repeat(50))
  expect(await keep(large)).toEqual([])
  expect(await keep({ id: large.id, url_private: large.url_private as string, name: 'large.txt' })).toEqual([])
  expect(readdirSync(join(folder, 'files', 'and_1'))).toEqual([])
  const small = [await share('1.txt', 'a'), await share('2.txt', 'b'), await share('3.txt', 'c')]
  expect((await keep(...small)).map(({ name }) => name)).toEqual(['1.txt', '2.txt'])
})

test('an address elsewhere is not asked', async () => {
  const { workspace, keep } = await begin()
  expect(await keep({ id: 'F1', name: 'x', url_private: 'https://evil.example/x' })).toEqual([])
  expect(workspace.count('elsewhere')).toBe(0)
})

test.each([
  ['../../etc/passwd', 'etc-passwd'],
  ['.ssh', 'ssh'],
  ['a/b\\c.png', 'a-b-c.png'],
  ['障害 グラフ.png', '障害-グラフ.png'],
  ['\u202egnp.exe', 'gnp.exe'],
  ['', 'file'],
  [`${'x'.repeat(500)}.png`, `${'x'.repeat(116)}.png`],
])('%s is kept as %s', (name, safe) => {
  expect(safeName(name)).toBe(safe)
})
