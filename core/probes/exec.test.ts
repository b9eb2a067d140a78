import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { looker } from './fixture.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jidoka-exec-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const run = (command: string[], more: object = {}) =>
  looker({ address: 'http://127.0.0.1:9' }, { kind: 'exec', command, timeoutMs: 5_000, ...more }).look()
const node = (script: string) => [process.execPath, '-e', script]

test('0 passes; anything else fails with the last line of its output', async () => {
  expect(await run(['true'])).toMatchObject({ outcome: 'pass' })
  expect(await run(node('console.log("first"); console.error("queue is full"); process.exitCode = 3'))).toMatchObject({
    outcome: 'fail',
    signal: 'fail',
    summary: `${process.execPath} ended with code 3: queue is full`,
  })
  expect(await run(node('process.kill(process.pid, "SIGTERM")'))).toMatchObject({
    outcome: 'fail',
    summary: expect.stringContaining('ended with SIGTERM'),
  })
})

test('no shell reads its arguments; the member is filled in', async () => {
  const seen = await run([
    ...node('console.log(process.argv.slice(1).join("|")); process.exit(1)'),
    '{member}',
    '{component}',
    '{address}',
    '$HOME;{other}',
  ])
  expect(seen.summary).toMatch(/: leo-1\|leo\|http:\/\/127\.0\.0\.1:9\|\$HOME;\{other\}$/)
})

test('of endless output only the end is kept', async () => {
  const seen = await run(
    node('for (let i = 0; i < 2000; i++) console.log("x".repeat(1000)); console.log("y".repeat(5000)); process.exitCode = 1'),
  )
  expect(seen.summary.length).toBeLessThan(500)
  expect(seen.summary).toMatch(/y$/)
})

test('when its time is up, the command and all that it started are killed', async () => {
  const file = join(folder, 'pids')
  const script = `const c = require("child_process").spawn("sleep", ["60"]); require("fs").writeFileSync(${JSON.stringify(file)}, process.pid + " " + c.pid); setInterval(() => {}, 1000)`
  const looking = run(node(script), { timeoutMs: 1_500 })
  expect(await looking).toMatchObject({ outcome: 'fail', signal: 'timeout', summary: `${process.execPath} did not end within 1500 ms` })
  await gone(readFileSync(file, 'utf8').split(' ').map(Number))
})

test('a child that a command leaves behind does not hold the look up, and is not left behind', async () => {
  const file = join(folder, 'orphan')
  const script = `const c = require("child_process").spawn("sleep", ["60"], { stdio: "inherit" }); require("fs").writeFileSync(${JSON.stringify(file)}, "" + c.pid); c.unref(); process.exit(1)`
  const seen = await run(node(script))
  expect(seen).toMatchObject({ outcome: 'fail', signal: 'fail' })
  expect(seen.tookMs).toBeLessThan(4_000)
  await gone([Number(readFileSync(file, 'utf8'))])
})

test('a command that does not exist says nothing about the member', async () => {
  expect(await run([join(folder, 'nothing')])).toMatchObject({
    outcome: 'warn',
    signal: 'warn',
    summary: expect.stringContaining('ENOENT'),
  })
})

/** Waits until none of them runs any more: killed ones are zombies until somebody reaps them. */
async function gone(pids: number[]): Promise<void> {
  const runs = (pid: number) => existsSync(`/proc/${pid}/stat`) && !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  await expect.poll(() => pids.filter(runs)).toEqual([])
}
