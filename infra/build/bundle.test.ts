import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { engines, oldestNode, placed, starter } from './bundle.ts'

const folder = mkdtempSync(join(tmpdir(), 'jidoka-starter-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function startOn(version: string) {
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'jidoka.js'), starter)
  writeFileSync(join(folder, 'cli.js'), "console.log('started')")
  const pretend = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'${version}'}})`
  return spawnSync(process.execPath, ['--import', pretend, join(folder, 'jidoka.js')], { encoding: 'utf8' })
}

describe('the program on an older Node', () => {
  test.each(['18.20.4', '20.19.5', '22.17.1'])('%s is told what it needs, with exit code 2, and nothing is loaded', (version) => {
    const { status, stdout, stderr } = startOn(version)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(`Node ${version} is too old; it needs 22.18 or newer`)
  })

  test.each(['22.18.0', '24.21.0', '26.0.0'])('%s starts', (version) => {
    expect(startOn(version)).toMatchObject({ status: 0, stdout: 'started\n' })
  })

  test('the limit is the one of package.json', () => {
    expect(engines(resolve(import.meta.dirname, '../..'))).toBe(`>=${oldestNode.join('.')}`)
  })
})

describe('paths relative to a source file', () => {
  const root = '/repository'
  const from = `${root}/core/store/migrate.ts`

  test('lead to the copy beside the bundle', () => {
    expect(placed(root, from, "const at = new URL('../../migrations/', import.meta.url)")).toBe(
      "const at = new URL('./migrations/', import.meta.url)",
    )
  })

  test('stop the build when nothing is copied there', () => {
    expect(() => placed(root, from, "new URL('../words/ja.json', import.meta.url)")).toThrow(
      'core/store/migrate.ts: core/words/ja.json is not shipped',
    )
    expect(() => placed(root, from, 'join(import.meta.dirname, name)')).toThrow('import.meta.dirname moves when bundled')
  })
})
