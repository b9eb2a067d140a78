import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { tidy } from './tidy.ts'

/** `npm run check`: all that can be known of the tree without running it. Prints every failure, not the first one. */
const root = resolve(import.meta.dirname, '..')
const bin = (name: string) => join(root, 'node_modules/.bin', name)

interface Step {
  name: string
  /** The report, when it fails; null when it passes. */
  run(): Promise<string | null>
}

const command = (name: string, program: string, args: string[]): Step => ({
  name,
  run: () =>
    new Promise((done) => {
      const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, FORCE_COLOR: '0' } })
      let output = ''
      child.stdout.on('data', (chunk) => (output += chunk))
      child.stderr.on('data', (chunk) => (output += chunk))
      child.on('error', (error) => done(error.message))
      child.on('close', (code, signal) => done(code === 0 ? null : `${output.trim()}\n(ended with ${signal ?? code})`))
    }),
})

const tree: Step = {
  name: 'tidy',
  run: async () => {
    const problems = tidy(root).map(({ file, line, rule, text }) => `${file}:${line} ${rule}: ${text}`)
    return problems.length === 0 ? null : problems.join('\n')
  },
}

// The slowest first, so that two cores end together.
const steps: Step[] = [
  command('types', bin('tsc'), ['-p', '.']),
  command('lint, format, imports', bin('biome'), [
    'ci',
    '--error-on-warnings',
    '--colors=off',
    '--reporter=concise',
    '--max-diagnostics=none',
    '.',
  ]),
  command('unused code', bin('knip'), ['--no-progress']),
  command('generated files', process.execPath, ['infra/build/gen.ts', '--check']),
  ...(existsSync(join(root, 'console/tsconfig.json')) ? [command('types of the board', bin('tsc'), ['-p', 'console'])] : []),
  tree,
]

const failures: { name: string; report: string }[] = []

async function worker(): Promise<void> {
  for (let step = steps.shift(); step; step = steps.shift()) {
    const start = performance.now()
    const report = await step.run().catch((error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error)))
    console.log(`${report === null ? 'pass' : 'FAIL'}  ${step.name}  ${((performance.now() - start) / 1000).toFixed(1)} s`)
    if (report !== null) failures.push({ name: step.name, report })
  }
}

const total = steps.length
await Promise.all(Array.from({ length: Math.max(2, Math.min(4, availableParallelism())) }, worker))
for (const { name, report } of failures) console.log(`\n== ${name}\n${report}`)
console.log(`\ncheck: ${total - failures.length} passed, ${failures.length} failed`)
process.exitCode = failures.length === 0 ? 0 : 1
