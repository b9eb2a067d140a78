import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { configSchema } from '../../core/catalog/schema.ts'
import { errorCodes } from '../../core/errors.ts'
import { actions } from '../../remediation/actions/registry.ts'
import { runbooks } from '../../runbooks/registry.ts'
import { configurationPage } from './page-configuration.ts'
import { errorsPage } from './page-errors.ts'
import { actionsPage, runbooksPage } from './page-units.ts'
import { registries, shelves } from './registries.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function tree(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'jidoka-gen-'))
  folders.push(root)
  for (const { folder } of shelves) mkdirSync(join(root, folder), { recursive: true })
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

describe('a registry', () => {
  test('lists the one unit of each file, and leaves helpers, tests and definitions out', () => {
    const root = tree({
      'runbooks/page.ts': "export const page = defineRunbook('page', {})",
      'runbooks/fail-over.ts': "export const failOver: Runbook = defineRunbook('fail-over', {})",
      'runbooks/words.ts': 'export const words = 1',
      'runbooks/define.ts': 'export const defineRunbook = define()',
      'runbooks/page.test.ts': "export const other = defineRunbook('other', {})",
    })
    const text = registries(root).get('runbooks/registry.ts')
    expect(text).toContain('export const runbooks = [failOver, page] as const')
    expect(text).toContain("import { failOver } from './fail-over.ts'")
    expect(text).not.toMatch(/words|other|define/)
  })

  test('refuses a file with two units, naming both', () => {
    const root = tree({ 'runbooks/two.ts': "export const a = defineRunbook('a', {})\nexport const b = defineRunbook('b', {})" })
    expect(() => registries(root)).toThrow('runbooks/two.ts defines a, b')
  })
})

describe('the pages', () => {
  test('the example on the configuration page is a valid configuration', () => {
    const [, example] = /```json\n([\s\S]*?)```/.exec(configurationPage()) ?? []
    expect(configSchema.parse(JSON.parse(example ?? '')).components[0]?.members).toHaveLength(2)
  })

  test('the configuration page has a row for each key, down to the probes', () => {
    const page = configurationPage()
    for (const key of ['components', 'members', 'stopGraceMs', 'roleLease', 'ttlMs', 'everyMs', 'secretEnv', 'maxFailingShare'])
      expect(page).toContain(`| \`${key}\` |`)
    expect(page).toContain('## `components[].probes[] kind: heartbeat`')
    expect(page).toMatch(/`failAfter` \| whole number, 1 to 100 \| `3`/)
  })

  test('the errors page tells each error with what is filled in', () => {
    const page = errorsPage()
    for (const code of errorCodes) expect(page).toContain(`\n## ${code}\n`)
    expect(page).toContain('The configuration {file} is not valid: {problems}')
  })

  test('each runbook shows steps, and each of them is an action with a section', () => {
    const [runbookText, actionText] = [runbooksPage(), actionsPage()]
    for (const { id } of actions) expect(actionText).toContain(`\n## ${id}\n`)
    for (const { id } of runbooks) {
      const section = runbookText.split(`\n## ${id}\n`)[1]?.split('\n## ')[0] ?? ''
      expect(section, id).toMatch(/^1\. \[`/m)
      for (const [, action] of section.matchAll(/^\d+\. \[`([\w-]+)`\]/gm)) expect(actionText).toContain(`\n## ${action}\n`)
    }
  })
})
