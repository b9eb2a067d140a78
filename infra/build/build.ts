import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

/** `npm run build`: everything that is shipped, into dist/. `--console` builds the board alone; `npm ci` does that. */
const root = resolve(import.meta.dirname, '../..')
const dist = join(root, 'dist')

/** The web board: static files, served by the controller. */
async function buildBoard(): Promise<void> {
  const { build } = await import('vite')
  const folder = join(root, 'console')
  await build({
    root: folder,
    configFile: join(folder, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: join(dist, 'console'), emptyOutDir: true },
  })
}

async function buildProgram(): Promise<void> {
  const { bundle, starter } = await import('./bundle.ts')
  await bundle(root, dist)
  const program = join(dist, 'jidoka.js')
  writeFileSync(program, starter)
  chmodSync(program, 0o755)
}

/** Files that the program reads at run time. */
async function copyAssets(): Promise<void> {
  cpSync(join(root, 'migrations'), join(dist, 'migrations'), { recursive: true })
  const script = 'openapi-explorer.min.js'
  mkdirSync(join(dist, 'assets'), { recursive: true })
  cpSync(createRequire(import.meta.url).resolve(`openapi-explorer/dist/browser/${script}`), join(dist, 'assets', script))
}

/** The Lambdas, and the templates that deploy them: what `aws cloudformation package` wants. */
async function buildLambdas(): Promise<void> {
  const { bundleLambdas } = await import('./lambdas.ts')
  await bundleLambdas(root, join(dist, 'lambda'))
  const { writeTemplates } = await import('../aws/app.ts')
  writeTemplates(join(dist, 'aws'))
}

async function emitTypes(): Promise<void> {
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', 'infra/build/tsconfig.types.json'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`tsc could not write the types:\n${stdout}${stderr}`)
}

async function timed(name: string, work: () => Promise<void>): Promise<void> {
  const start = performance.now()
  await work()
  console.log(`built ${name} in ${((performance.now() - start) / 1000).toFixed(1)} s`)
}

const { values } = parseArgs({ options: { console: { type: 'boolean', default: false } } })
const hasBoard = existsSync(join(root, 'console/vite.config.ts'))
if (values.console) {
  await timed('the board', buildBoard)
} else {
  // The board stays until it is built anew: a controller that runs from this clone serves it.
  const old = existsSync(dist) ? readdirSync(dist).filter((name) => name !== 'console') : []
  for (const name of old) rmSync(join(dist, name), { recursive: true, force: true })
  await timed('the program', buildProgram)
  await timed('its files', copyAssets)
  await timed('the types', emitTypes)
  await timed('the Lambdas', buildLambdas)
  if (hasBoard) await timed('the board', buildBoard)
}
