import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { boundaries } from '../infra/build/boundaries.ts'

/** Each way to import; `§` stands for the module. */
const forms = {
  static: "import { thing } from '§'\nexport const used = thing\n",
  type: "import type { Thing } from '§'\nexport type Used = Thing\n",
  'side effect': "import '§'\n",
  're-export': "export { thing } from '§'\n",
  'type re-export': "export type { Thing } from '§'\n",
  dynamic: "export const load = () => import('§')\n",
}

const refused: [file: string, module: string][] = [
  ...['remediation/plan.ts', 'runbooks/page.ts', 'guardians/run.ts', 'bots/pager/page.ts', 'infra/main/up.ts', 'cli/main.ts'].map(
    (other) => ['core/alerts/x.ts', `../../${other}`] as [string, string],
  ),
  ['core/alerts/y.ts', '../../console/main.ts'],
  ['core/alerts/y.ts', '../../examples/platform/main.ts'],
  ['core/alerts/y.ts', '../../test/virtual-clock.ts'],
  ['core/alerts/y.test.ts', '../../remediation/plan.ts'],
  ['core/store/x.ts', '../../remediation/plan.ts'],
  ['core/api/x.ts', '../../bots/pager/page.ts'],
  ['remediation/x.ts', '../runbooks/page.ts'],
  ['remediation/x.ts', '../bots/pager/page.ts'],
  ['remediation/actions/x.ts', '../../infra/main/up.ts'],
  ['runbooks/x.ts', '../bots/pager/page.ts'],
  ['runbooks/x.ts', '../infra/main/up.ts'],
  ['guardians/x.ts', '../remediation/plan.ts'],
  ['guardians/x.ts', '../bots/pager/page.ts'],
  ['bots/pager/x.ts', '../../remediation/actions/page.ts'],
  ['bots/pager/x.ts', '../../runbooks/page.ts'],
  ['bots/pager/x.ts', '../../cli/main.ts'],
  ['console/map/x.ts', '../../core/ids.ts'],
  ['examples/platform/x.ts', '../../infra/main/up.ts'],
  ['core/alerts/x.ts', 'drizzle-orm'],
  ['core/alerts/x.ts', 'drizzle-orm/sqlite-core'],
  ['core/alerts/x.ts', 'better-sqlite3'],
  ['core/alerts/x.ts', 'pg'],
  ['infra/main/x.ts', 'drizzle-orm'],
  ['cli/x.ts', 'pg'],
  ['core/alerts/x.ts', 'hono'],
  ['core/hooks/x.ts', '@hono/node-server'],
  ['remediation/x.ts', 'hono/client'],
  ['infra/build/x.ts', 'hono'],
  ['core/api/x.ts', 'pino'],
  ['infra/main/x.ts', 'commander'],
  ['core/api/x.ts', 'yaml'],
  ['bots/pager/x.ts', '@slack/bolt'],
  ['core/alerts/x.ts', 'node-cron'],
  ['infra/main/x.ts', 'node-cron'],
  ['core/alerts/x.ts', 'jidoka'],
]

const allowed: [file: string, module: string][] = [
  ['core/alerts/ok.ts', '../ids.ts'],
  ['core/alerts/ok.test.ts', '../../test/virtual-clock.ts'],
  ['core/hooks/ok.test.ts', 'hono'],
  ['core/store/ok.ts', 'drizzle-orm/sqlite-core'],
  ['core/store/ok.ts', 'better-sqlite3'],
  ['core/api/ok.ts', '@hono/zod-openapi'],
  ['core/log.ts', 'pino'],
  ['core/catalog/ok.ts', 'yaml'],
  ['remediation/ok.ts', '../core/ids.ts'],
  ['remediation/ok.test.ts', '../runbooks/page.ts'],
  ['runbooks/ok.ts', '../remediation/runbook.ts'],
  ['guardians/ok.ts', '../core/ids.ts'],
  ['bots/pager/ok.ts', '../../remediation/escalate.ts'],
  ['bots/slack/ok.ts', '@slack/bolt'],
  ['infra/main/ok.ts', '../../remediation/actions/page.ts'],
  ['infra/main/ok.ts', 'hono'],
  ['infra/main/schedule.ts', 'node-cron'],
  ['cli/ok.ts', '../infra/main/up.ts'],
  ['cli/ok.ts', 'commander'],
  ['console/ok.test.ts', '../infra/main/up.ts'],
  ['examples/ok.ts', 'hono'],
  ['test/ok.ts', '../cli/main.ts'],
  ['test/bench/ok.ts', 'pg'],
]

const root = resolve(import.meta.dirname, '..')
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'jidoka-boundaries-')))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Writes every case as a file of its own into a copy of the folder shape, and lints all of them with the real configuration. */
function lint(cases: [file: string, module: string][]): Map<string, string> {
  const written = cases.flatMap(([file, module], index) =>
    Object.entries(forms).map(([form, text], nth) => {
      // A file with rules of its own keeps its name; the others are numbered.
      const own = ['core/log.ts', 'infra/main/schedule.ts'].includes(file)
      const path = own ? file : file.replace(/(\.test)?\.ts$/, (end) => `-${index}-${nth}${end}`)
      return { path, text: text.replace('§', module), name: `${file} ${form} ${module}` }
    }),
  )
  for (const { path, text } of written) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  mkdirSync(join(folder, 'infra/build'), { recursive: true })
  for (const file of ['biome.json', 'infra/build/boundaries.json', 'package.json']) copyFileSync(join(root, file), join(folder, file))
  const args = [
    'lint',
    '--vcs-enabled=false',
    '--only=style/noRestrictedImports',
    '--max-diagnostics=none',
    '--reporter=github',
    '--colors=off',
  ]
  const { stdout, stderr, error } = spawnSync(join(root, 'node_modules/.bin/biome'), [...args, '.'], { cwd: folder, encoding: 'utf8' })
  if (error) throw error
  const hits = new Set([...stdout.matchAll(/noRestrictedImports,file=([^,]+),/g)].map((match) => relative(folder, match[1] as string)))
  if (hits.size === 0 && !/Checked \d+ files/.test(stdout + stderr)) throw new Error(`biome did not run: ${stderr}`)
  return new Map(written.map(({ path, name }) => [name, hits.has(path) ? 'refused' : 'allowed']))
}

const verdicts = (cases: [string, string][], wanted: string) =>
  [...lint(cases)].filter(([, verdict]) => verdict !== wanted).map(([name]) => name)

test('an import against the rules fails, in every form that an import has', () => {
  expect(verdicts(refused, 'refused')).toEqual([])
})

test('an import within the rules passes', () => {
  expect(verdicts(allowed, 'allowed')).toEqual([])
})

test('the rules that biome reads are the rules of the table', async () => {
  const { default: written } = await import('../infra/build/boundaries.json', { with: { type: 'json' } })
  expect(written).toEqual({ overrides: boundaries() })
})
