import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Check } from './define.ts'

/**
 * `failed`: a test (or an invariant) said no; that is what a mutant is to be met with. `broken`: nothing was tested, because the
 * code did not load or no test has that name. `stuck`: it did not end.
 */
export type Verdict = { is: 'passed' } | { is: 'failed'; by: string } | { is: 'broken'; why: string } | { is: 'stuck' }

const limitMs = 120_000
/** A defence that is missing may make a test wait for what never comes; half a minute of that each would cost too much. */
const testTimeoutMs = 15_000

/** Runs one check in a tree. */
export const run = (folder: string, check: Check): Promise<Verdict> =>
  'file' in check ? runTests(folder, [check.file], check.only, true) : runSeeds(folder, check)

/** Runs test files; `only` is text that the names of the tests hold. `bail`: the first failure is enough. */
export async function runTests(folder: string, files: readonly string[], only: string | undefined, bail: boolean): Promise<Verdict> {
  const out = mkdtempSync(join(tmpdir(), 'jidoka-verdict-'))
  const report = join(out, 'report.json')
  const names = only === undefined ? [] : ['-t', pattern(only)]
  const args = ['run', ...files, ...names, ...(bail ? ['--bail', '1'] : []), '--testTimeout', String(testTimeoutMs)]
  try {
    const ended = await start(folder, ['node_modules/vitest/vitest.mjs', ...args, '--reporter=json', '--outputFile', report])
    return ended.stuck ? { is: 'stuck' } : judge(readReport(report), ended.errors, only)
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

/** The runner joins the names of suites with ` > ` where it looks for one, and with a space where it reports it. */
const pattern = (only: string) => only.replace(/[.*+?^${}()[\]\\]/g, '\\$&').replaceAll(' ', '(?: > | )')

interface Report {
  testResults: { name: string; message: string; assertionResults: { fullName: string; status: string; failureMessages: string[] }[] }[]
}

function readReport(path: string): Report | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Report
  } catch {
    return null
  }
}

/** `only` may name several tests with `|`; each of them must have been run. */
export function judge(report: Report | null, errors: string, only: string | undefined): Verdict {
  if (!report) return { is: 'broken', why: errors.trim().split('\n').slice(-3).join(' / ') || 'no report' }
  const results = report.testResults.flatMap((file) => file.assertionResults)
  const failed = results.find(({ status }) => status === 'failed')
  if (failed) return { is: 'failed', by: failed.fullName.trim() }
  const unloaded = report.testResults.find(({ message }) => message)
  if (unloaded) return { is: 'broken', why: unloaded.message.split('\n')[0] ?? '' }
  const passed = results.filter(({ status }) => status === 'passed')
  const missing = (only?.split('|') ?? ['']).find((name) => !passed.some(({ fullName }) => fullName.includes(name)))
  return missing === undefined ? { is: 'passed' } : { is: 'broken', why: `no test is called "${missing}"` }
}

async function runSeeds(folder: string, { seeds, from }: { seeds: number; from: number }): Promise<Verdict> {
  const ended = await start(folder, ['test/sim/main.ts', '--seeds', String(seeds), '--from', String(from), '--workers', '1', '--json'])
  if (ended.stuck) return { is: 'stuck' }
  if (ended.code === 0) return { is: 'passed' }
  const [found] = ended.errors.split('\n').filter((line) => line.startsWith('seed '))
  return found ? { is: 'failed', by: found.slice(0, 160) } : { is: 'broken', why: ended.errors.trim().split('\n').slice(-3).join(' / ') }
}

interface Ended {
  code: number | null
  errors: string
  stuck: boolean
}

/** In a process group of its own: what a mutant leaves running ends with it. */
function start(folder: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, TEST_REPORT: '', JIDOKA_TESTS: 'fleet', FORCE_COLOR: '0' }
    const child = spawn(process.execPath, args, { cwd: folder, detached: true, stdio: ['ignore', 'ignore', 'pipe'], env })
    let errors = ''
    let stuck = false
    child.stderr.on('data', (data) => {
      errors = (errors + data).slice(-8_000)
    })
    const timer = setTimeout(() => {
      stuck = true
      endGroup(child.pid)
    }, limitMs)
    child.once('exit', () => {
      clearTimeout(timer)
      endGroup(child.pid)
    })
    child.once('close', (code) => resolve({ code, errors, stuck }))
  })
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody of it is left.
  }
}
