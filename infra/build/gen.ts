import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { markOf } from '../../console/api/generate.ts'
import { boundaries } from './boundaries.ts'
import { registries } from './registries.ts'

/**
 * `npm run gen`: writes everything in the tree that is derived from something else in it.
 * `--check` writes nothing, and exits with 1 when a file is not what it would be.
 */
const root = resolve(import.meta.dirname, '../..')

type Files = ReadonlyMap<string, string>

/** Gives `keep` path and text of each generated file. The registries come first: the pages read them. */
async function generate(keep: (files: Files) => void): Promise<void> {
  keep(formatted(registries(root)))
  keep(new Map([['infra/build/boundaries.json', `${JSON.stringify({ overrides: boundaries() })}\n`]]))
  const { configurationPage } = await import('./page-configuration.ts')
  const { errorsPage } = await import('./page-errors.ts')
  const { actionsPage, runbooksPage } = await import('./page-units.ts')
  const { catalogueText, guardiansPages, policyText } = await import('./page-guardians.ts')
  keep(formatted(new Map([['guardians/catalogue.ts', catalogueText()]])))
  const { manifest } = await import('../../bots/slack/manifest.ts')
  const { wholeDocument } = await import('../main/document.ts')
  keep(
    new Map([
      ['docs/configuration.md', configurationPage()],
      ['docs/errors.md', errorsPage()],
      ['docs/runbooks.md', runbooksPage()],
      ['docs/actions.md', actionsPage()],
      ...guardiansPages(),
      ['docs/guardians-policy.json', policyText()],
      ['docs/slack-manifest.json', `${JSON.stringify(manifest({ mode: 'socket' }), null, 2)}\n`],
      ['docs/openapi.json', `${JSON.stringify(wholeDocument(), null, 2)}\n`],
    ]),
  )
}

/** As `biome format` would leave it, so that a registry may grow past one line. */
function formatted(files: Files): Files {
  const biome = (path: string, input: string) => {
    const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin/biome'), ['format', `--stdin-file-path=${path}`], {
      cwd: root,
      input,
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`biome could not format ${path}: ${stderr}`)
    return stdout
  }
  return new Map([...files].map(([path, text]) => [path, biome(path, text)]))
}

const present = (path: string) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null)

const clientTypes = 'console/api/schema.d.ts'
/** The client's types name the document that they were made from, because the tool that makes them is fetched only when needed. */
const clientTypesAreStale = () => present(clientTypes)?.split('\n')[0] !== markOf(present('docs/openapi.json') ?? '')

async function check(): Promise<number> {
  const stale: string[] = []
  await generate((files) => stale.push(...[...files].filter(([path, text]) => present(path) !== text).map(([path]) => path)))
  if (clientTypesAreStale()) stale.push(clientTypes)
  for (const path of stale) console.log(`${path} is not what it would be generated as`)
  if (stale.length > 0) console.log('Run `npm run gen` and commit what it writes.')
  return stale.length === 0 ? 0 : 1
}

async function write(): Promise<number> {
  await generate((files) => {
    for (const [path, text] of files) {
      if (present(path) === text) continue
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
      console.log(`wrote ${path}`)
    }
  })
  if (!clientTypesAreStale()) return 0
  const { status, stderr } = spawnSync(process.execPath, ['console/api/generate.ts'], { cwd: root, encoding: 'utf8', timeout: 180_000 })
  if (status === 0) console.log(`wrote ${clientTypes}`)
  else console.log(`${clientTypes} is old, and npx could not run what makes it: ${stderr.trim()}`)
  return status === 0 ? 0 : 1
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
process.exitCode = values.check ? await check() : await write()
