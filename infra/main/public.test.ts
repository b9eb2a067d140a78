import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import { loadConfig } from '../../core/config.ts'
import { systemRandom } from '../../core/random.ts'
import type { Guardian } from '../../guardians/define.ts'
import { platformOf } from './platform.ts'
import { scanHere } from './scan.ts'
import { unitsOf } from './units.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jidoka-config-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function written(text: string) {
  writeFileSync(join(folder, 'jidoka.config.ts'), text)
  return loadConfig({ cwd: folder })
}

test('a configuration that takes only types from the package needs no package beside it', async () => {
  const { config } = await written(`
    import type { ConfigInput } from 'jidoka'
    export default { components: [{ id: 'leo', members: [{ id: 'leo-1' }] }] } satisfies ConfigInput
  `)
  expect(config.components[0]?.ladder).toEqual(['restart-process', 'page'])
})

test('a configuration brings runbooks and actions of its own, made with the functions of the package', async () => {
  const { config, file } = await written(`
    import { defineAction, defineConfig, defineRunbook, ownStep, step } from '${pathToFileURL(join(import.meta.dirname, 'public.ts')).href}'
    const greet = defineAction('greet', {
      title: 'Greet', kind: 'idempotent', timeoutMs: 1_000, attempts: 1,
      apply: async ({ member }: { member: string }) => ({ greeted: member }),
    })
    const politely = defineRunbook('restart-politely', {
      title: 'Greet, then restart', answers: ['hung'], requires: [], cooldownMs: 0,
      steps: ({ targets, graceMs }) => targets.flatMap((member) => [ownStep('greet', { member }), step('restart', { member, graceMs })]),
    })
    export default defineConfig({
      components: [{ id: 'leo', members: [{ id: 'leo-1' }], ladder: ['restart-politely', 'page'] }],
      actions: [greet],
      runbooks: [politely],
    })
  `)
  const { runbooks, actions } = unitsOf(config, file)
  expect(runbooks.at(-1)?.id).toBe('restart-politely')
  expect(actions.at(-1)?.id).toBe('greet')
})

test('what the package exports is this file', () => {
  const { exports } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'))
  expect(exports['.']).toEqual({ types: './dist/types/infra/main/public.d.ts', default: './dist/public.js' })
})

test('a configuration brings a guardian of its own, which looks beside the others', async () => {
  const { config } = await written(`
    import { defineCheck, defineConfig, defineGuardian, defineInventory, fail, pass } from '${pathToFileURL(join(import.meta.dirname, 'public.ts')).href}'
    const both = (text: string) => ({ en: text, ja: text })
    const rooms = defineInventory('rooms', {
      title: both('Rooms'), scope: 'platform', calls: [],
      page: async () => ({ rows: [{ arn: 'house:kitchen', windows: 2 }, { arn: 'house:cellar', windows: 0 }] }),
    })
    const dark = defineCheck('house-dark', {
      number: 101, severity: 'low', title: both('Dark room'), why: both('x'), fix: both('x'), peers: [],
      says: { dark: both('{windows} windows') }, subject: rooms,
      judge: ({ windows }) => (windows === 0 ? fail('dark', { windows }) : pass),
    })
    export default defineConfig({ guardians: { own: [defineGuardian('house', { title: both('House'), checks: [dark] })] } })
  `)
  const clock = systemClock
  const report = await scanHere({
    ...{ config: config.guardians, guardians: config.guardians.own as Guardian[], run: 'scan_1', clock, random: systemRandom },
    environment: () => undefined,
    platform: platformOf({ config, clock, environment: () => undefined, data: folder }),
  })
  expect(report.findings).toMatchObject([{ check: 'house-dark', resource: 'house:cellar', evidence: { windows: 0 } }])
  expect(report.coverage).toMatchObject([{ looked: 2, passed: 1, failed: 1, complete: true }])
})
