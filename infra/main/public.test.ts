import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadConfig } from '../../core/config.ts'
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
